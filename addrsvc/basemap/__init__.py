"""The basemap: vector tiles, style and glyphs of our own data, and tiles operators add."""
