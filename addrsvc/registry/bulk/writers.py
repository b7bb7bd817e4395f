"""Write exported rows in each format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from addrsvc.tabular.errors import FormatUnknown
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import open_writer

COLUMNS: Final = (
    "ref",
    "code",
    "issuer",
    "status",
    "kind",
    "name",
    "unit",
    "floor",
    "building",
    "house_number",
    "thoroughfare",
    "localities",
    "commune_code",
    "commune_name",
    "lon",
    "lat",
    "accuracy_m",
    "method",
    "marks",
    "visibility",
    "parent",
    "source",
    "text",
    "aliases",
    "valid_from",
)
_LAYOUT: Final = Layout(
    header=(),
    added=COLUMNS,
    numbers=frozenset({"lon", "lat", "accuracy_m"}),
    lon="lon",
    lat="lat",
)
FORMATS: Final = frozenset({".csv", ".xlsx", ".gpkg", ".geojson"})

Flat = dict[str, str]


class ExportWriter:
    """An export being written, batch after batch, by the extension of its file."""

    def __init__(self, path: Path) -> None:
        """Begin the file.

        Raises:
            FormatUnknown: no such format.
        """
        if path.suffix.lower() not in FORMATS:
            raise FormatUnknown(file=path.name)
        self._writer = open_writer(path, _LAYOUT)

    def write(self, rows: Sequence[Flat]) -> None:
        """Add rows.

        Raises:
            SheetFull: a spreadsheet holds no more.
        """
        self._writer.write([[row.get(name, "") for name in COLUMNS] for row in rows])

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
