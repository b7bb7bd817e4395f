"""The exact probe: house numbers on known streets, by index, one statement for many.

A place found in the gazetteer is a pair of base key and present commune; this asks the registry
for a number there, and, where it is not registered, for its nearest neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Connection
from addrsvc.registry.model import Document
from addrsvc.types import LonLat


@dataclass(frozen=True, slots=True)
class Wanted:
    """A number on a street (or in a locality), in one of several communes."""

    base_key: str
    """As ``parsing.keys.base_key`` gives it."""
    number_key: str | None
    """As ``parsing.keys.number_key`` gives it; None: addresses there that have no number."""
    communes: tuple[str, ...]
    """Codes of present communes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A public address in use."""

    code: str
    document: Document
    number_key: str | None
    point: LonLat | None
    commune_code: str
    """Present commune."""
    commune_name: str
    province_code: str
    province_name: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The nearest registered number of the same side, on the street itself (no alley)."""

    number_key: str
    point: LonLat
    commune_code: str


@dataclass(frozen=True, slots=True)
class Probed:
    """What stands where a number was looked for; the rest is empty where it was found."""

    exact: tuple[Found, ...] = ()
    """The number itself; several: units of one house, or the same number in several communes."""
    alley: tuple[Found, ...] = ()
    """Nearest lower and higher number of the same alley, per commune."""
    lower: tuple[Neighbour, ...] = ()
    """Nearest lower number of the street, same parity; at most one per commune."""
    higher: tuple[Neighbour, ...] = ()


async def probe(conn: Connection, wanted: Sequence[Wanted]) -> list[Probed]:
    """Look every wanted number up, in one round trip; answers in the order asked."""
    raise NotImplementedError


class ProbeQueue:
    """Probes of one worker process, coalesced: who waits together asks in one statement."""

    def __init__(self, pool: ReadPool) -> None:
        raise NotImplementedError

    async def find(self, wanted: Sequence[Wanted]) -> list[Probed]:
        """Give what stands where each number was looked for, in the order asked.

        Raises:
            psycopg.Error, PoolTimeout: the database does not answer.
        """
        raise NotImplementedError
