"""What a dry run remembers in place of the database, which forgets each chunk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

import orjson

from addrsvc.registry.bulk.matching import refuse_difference
from addrsvc.registry.bulk.model import Document, Prepared
from addrsvc.registry.bulk.storing import NewAddress
from addrsvc.registry.model import CommuneRef, Part, Status, Visibility
from addrsvc.registry.parts import Place


class Rehearsal:
    """Addresses a dry run would have registered; on disk, so that memory stays bounded."""

    def __init__(self) -> None:
        # an empty name is a temporary file of SQLite's own, gone when it is closed
        self._said = sqlite3.connect("", isolation_level=None)
        self._said.execute(
            "CREATE TABLE said (key TEXT PRIMARY KEY, ref TEXT, document BLOB) WITHOUT ROWID"
        )
        self._said.execute(
            "CREATE TABLE in_use (code TEXT PRIMARY KEY, part TEXT, commune TEXT, since TEXT,"
            " visibility TEXT) WITHOUT ROWID"
        )
        self.counters: dict[str, int] = {}
        """How far prefixes would be drawn."""

    def find(self, each: Prepared) -> tuple[str, Document] | None:
        """Give what an earlier row of the same identity said; None: there was none."""
        found = self._said.execute(
            "SELECT ref, document FROM said WHERE key = ?", (each.key,)
        ).fetchone()
        return None if found is None else (found[0], orjson.loads(found[1]))

    def compare(
        self, each: Prepared, earlier: tuple[str, Document], stated: frozenset[str]
    ) -> None:
        """Pass a row that says what the earlier one said.

        Raises:
            RowDiffers: it says something else of the same address.
        """
        if each.code is not None or each.has_ext_id:
            ref, document = earlier
            refuse_difference(each, [document], stated, ref)

    def remember(self, new: Sequence[NewAddress], counters: dict[str, int]) -> None:
        """Keep what a chunk would have registered."""
        self.counters.update(counters)
        self._said.execute("BEGIN")
        self._said.executemany("INSERT INTO said VALUES (?, ?, ?)", _rows(new))
        in_use = [
            (each.code, part.value, commune.code, commune.valid_from.isoformat(), seen.value)
            for each in new
            for part, commune, seen in [each.place]
            if each.status is Status.CURRENT and each.code
        ]
        self._said.executemany("INSERT INTO in_use VALUES (?, ?, ?, ?, ?)", in_use)
        self._said.execute("COMMIT")

    def in_use(self, codes: Iterable[str]) -> dict[str, Place]:
        """Give those of some codes that parts may name as their building, with their places."""
        asked = "SELECT part, commune, since, visibility FROM in_use WHERE code = ?"
        places = {}
        for code in codes:
            found = self._said.execute(asked, (code,)).fetchone()
            if found is not None:
                part, commune, since, seen = found
                there = CommuneRef(commune, date.fromisoformat(since))
                places[code] = Place(Part(part), there, Visibility(seen))
        return places

    def close(self) -> None:
        """Forget everything."""
        self._said.close()


def _rows(new: Sequence[NewAddress]) -> Iterable[tuple[str, str, bytes]]:
    for each in new:
        document = each.row.document
        compared = each.row.code is not None or each.row.has_ext_id
        ref = each.code or f"#{each.row.line}"
        yield each.row.key, ref, orjson.dumps(document) if compared else b"{}"
