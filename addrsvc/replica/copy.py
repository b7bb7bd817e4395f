"""The copy: addresses and the number reached, in one SQLite file.

``state`` has one row: which server, what the key saw there, the number of the last event taken in
and, where the key sees every event, its hash. ``address`` holds each address as ``/v1/snapshot``
and ``/v1/events`` give it; ``number`` is the event it was last written at. Both change in one
transaction.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from addrsvc.replica.errors import CopyInUse, CopyMissing, CopyUnusable

FILE: Final = "copy.sqlite"

_SCHEMA: Final = """
CREATE TABLE state (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    url      TEXT NOT NULL,
    number   INTEGER NOT NULL,
    hash     TEXT,
    is_exact INTEGER NOT NULL,
    sight    TEXT NOT NULL
);
CREATE TABLE address (
    id       INTEGER PRIMARY KEY,
    code     TEXT UNIQUE,
    version  INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    document TEXT NOT NULL
);
-- what the key may not see any more, or is not there: for comparing with a later snapshot
CREATE TABLE removed (ref TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""

_PUT: Final = """
INSERT INTO address (id, code, version, number, document)
VALUES (:id, :code, :version, :number, :document)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, version = excluded.version,
    number = excluded.number, document = excluded.document
WHERE excluded.version >= address.version
"""


class Place(NamedTuple):
    """How far a copy is."""

    url: str
    number: int
    hash: str | None
    """None: the key does not see every event, so there is no chain to verify."""
    is_exact: bool
    """It was built on a snapshot that had nothing later than its number."""
    sight: str
    """What the key saw, as the server marks it."""


class Copy:
    """An open copy."""

    def __init__(self, path: Path, *, is_new: bool = False) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        if is_new:
            # what dies half-way is thrown away whole
            self._db.executescript(
                f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}"
            )
        else:
            # the transaction that was going on when we are killed is gone, no other
            self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")

    def close(self, *, for_good: bool = False) -> None:
        """Close it; ``for_good``: nothing is left beside its file, which may be replaced."""
        if for_good:
            self._db.execute("PRAGMA journal_mode = DELETE")
        self._db.close()

    @property
    def place(self) -> Place:
        """Tell how far it is."""
        found = self._db.execute("SELECT url, number, hash, is_exact, sight FROM state").fetchone()
        url, number, last_hash, is_exact, sight = found
        return Place(url, number, last_hash, bool(is_exact), sight)

    def count(self) -> int:
        """Count its addresses."""
        counted: int = self._db.execute("SELECT count(*) FROM address").fetchone()[0]
        return counted

    def fill(self, rows: Iterable[Mapping[str, Any]], number: int) -> None:
        """Put addresses of a snapshot in."""
        with self._db:
            self._db.execute("BEGIN")
            self._db.executemany(_PUT, (_row(each, number) for each in rows))

    def begin_at(self, place: Place) -> None:
        """Say how far a new copy is: it is whole."""
        self._db.execute("INSERT INTO state VALUES (1, ?, ?, ?, ?, ?)", place)

    def take_in(
        self,
        addresses: Iterable[Mapping[str, Any]],
        missing: Iterable[str],
        number: int,
        last_hash: str | None,
    ) -> None:
        """Take in a page of events, all of it or nothing; the same page again changes nothing.

        Args:
            addresses: those that have events on the page, as they stand now.
            missing: references of those that are not to be seen any more.
            number: up to here.
            last_hash: of the event of that number.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(_PUT, [_row(each, number) for each in addresses])
            for ref in missing:
                proposal = int(ref[1:]) if ref.startswith("p") else None
                self._db.execute("DELETE FROM address WHERE code = ? OR id = ?", (ref, proposal))
                self._db.execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (ref, number))
            self._db.execute("UPDATE state SET number = ?, hash = ?", (number, last_hash))

    def differences(self, other: Path, number: int) -> Iterator[tuple[str, str | None, str | None]]:
        """Compare with a copy of the number given, which this one is not behind.

        What was written at later events is passed over. Gives reference, document here, document
        there; None: it has none.
        """
        self._db.execute("ATTACH ? AS other", (str(other),))
        try:
            yield from self._db.execute(_DIFFERENCES, {"number": number})
        finally:
            self._db.execute("DETACH other")


_DIFFERENCES: Final = """
SELECT coalesce(t.code, 'p' || t.id), h.document, t.document
FROM other.address t LEFT JOIN main.address h ON h.id = t.id
WHERE (h.id IS NULL OR h.document <> t.document AND h.number <= :number)
  AND NOT EXISTS (SELECT 1 FROM main.removed r
                  WHERE r.ref IN (t.code, 'p' || t.id) AND r.number > :number)
UNION ALL
SELECT coalesce(h.code, 'p' || h.id), h.document, NULL
FROM main.address h LEFT JOIN other.address t ON t.id = h.id
WHERE t.id IS NULL AND h.number <= :number
ORDER BY 1
"""


def _row(address: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        "id": address["id"],
        "code": address["code"],
        "version": address["version"],
        "number": number,
        "document": orjson.dumps(address, option=orjson.OPT_SORT_KEYS).decode(),
    }


@contextmanager
def kept(folder: Path, lock_name: str = "copy.lock") -> Iterator[None]:
    """Hold a folder against other processes; the kernel lets go when we are killed.

    Who only compares takes a lock of its own: a follower goes on meanwhile.

    Raises:
        CopyInUse: another keeps it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / lock_name).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CopyInUse(folder=str(folder)) from None
        yield


@contextmanager
def opened(folder: Path) -> Iterator[Copy]:
    """Open the copy of a folder.

    Raises:
        CopyMissing: there is none.
        CopyUnusable: its file is damaged, or cannot be written to.
    """
    path = folder / FILE
    if not path.is_file():
        raise CopyMissing(folder=str(folder))
    with usable(folder), closing(Copy(path)) as copy:
        yield copy


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Tell of what goes wrong with a file of a folder.

    Raises:
        CopyUnusable: it is damaged, or cannot be written to.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise CopyUnusable(folder=str(folder), reason=str(error)) from error


def put_in_place(new: Path, folder: Path) -> None:
    """Make a whole new copy the folder's, in place of the one there."""
    path = folder / FILE
    if path.is_file():
        # a journal left beside the file would be taken for the new one's
        with suppress(sqlite3.DatabaseError):  # a file that is damaged is replaced all the same
            Copy(path).close(for_good=True)
        for journal in (f"{FILE}-wal", f"{FILE}-shm"):
            (folder / journal).unlink(missing_ok=True)
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(path)
