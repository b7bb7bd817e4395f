"""All names addresses count along, in memory: streets, localities, organisations, by commune."""

from __future__ import annotations

from collections.abc import Iterator

from addrsvc.db.rows import Connection
from addrsvc.geocoding.model import Hit, Place, PlaceKind


class Gazetteer:
    """Names × present communes of one worker process."""

    def find(
        self,
        kind: PlaceKind | None,
        name: str,
        communes: frozenset[str] | None = None,
        provinces: frozenset[str] | None = None,
        limit: int = 20,
        *,
        key: str | None = None,
    ) -> list[Hit]:
        """Find the places a written name may mean, best first.

        Args:
            kind: None: any.
            name: as written; may be abbreviated, unaccented or misspelt.
            communes: codes of present communes it must lie in; None: anywhere.
            provinces: codes of present provinces it must lie in; None: anywhere.
            limit: most places given.
            key: the name's search key where it is known; None: made from the name.
        """
        raise NotImplementedError

    def knows(self, kind: PlaceKind, key: str) -> bool:
        """Tell whether a key stands for any place of a kind."""
        raise NotImplementedError

    def places_in(self, commune: str) -> Iterator[Place]:
        """Give every place of a commune."""
        raise NotImplementedError

    def add(self, place: Place) -> None:
        """Add a place, or replace what was known of it."""
        raise NotImplementedError


async def load(conn: Connection) -> Gazetteer:
    """Read every name there is; the event loop is given back every few milliseconds."""
    raise NotImplementedError
