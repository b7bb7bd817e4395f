"""Pure: what printed things share: fonts, pages and their foot, styles of texts, codes to scan."""
