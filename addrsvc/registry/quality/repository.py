"""What audits found, read back: counts, findings of a commune, all of a run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from psycopg.rows import dict_row

from addrsvc.auth.sight import Sight
from addrsvc.db.rows import Connection, Row, driver_connection, rows
from addrsvc.errors import Text
from addrsvc.findings import Finding, Severity
from addrsvc.registry.model import Visibility
from addrsvc.registry.quality.catalogue import CATALOGUE
from addrsvc.registry.quality.register_names import QUERIES

_PIECE: Final = 2_000


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many addresses of a commune had one kind of finding."""

    kind: str
    is_settled: bool
    count: int

    @property
    def severity(self) -> Severity:
        """Give the weight of these findings: what is settled only informs."""
        return Finding(CATALOGUE[self.kind], is_settled=self.is_settled).severity


@dataclass(frozen=True, slots=True)
class CommuneQuality:
    """What the newest run found in a commune."""

    code: str
    name: str
    as_of: datetime
    addresses: int
    counts: tuple[FindingCount, ...]

    def without(self, kinds: Collection[str]) -> CommuneQuality:
        """Leave out kinds of findings that are not for whoever asks."""
        return replace(self, counts=tuple(each for each in self.counts if each.kind not in kinds))


@dataclass(frozen=True, slots=True)
class Noted:
    """One finding an audit noted about one address."""

    address_id: int
    code: str | None
    finding: Finding
    commune_code: str = ""
    commune_name: str = ""
    changed: bool = False
    """Somebody changed the address since."""

    @property
    def ref(self) -> str:
        """Give what paths call the address."""
        return self.code if self.code is not None else f"p{self.address_id}"


async def counts(
    conn: Connection, sight: Sight, commune: str | None = None
) -> list[CommuneQuality]:
    """Give what was found, by commune; communes never looked at are not there.

    Public addresses are counted everywhere, others in sight within its areas.
    """
    asked = {**sight.params(), "commune": commune}
    by_commune: dict[str, list[Row]] = {}
    for each in await rows(conn, QUERIES["counts"], asked):
        by_commune.setdefault(each["commune_code"], []).append(each)
    return [_commune(found) for found in by_commune.values()]


def _commune(found: list[Row]) -> CommuneQuality:
    return CommuneQuality(
        code=found[0]["commune_code"],
        name=found[0]["full_name"] or found[0]["commune_code"],
        as_of=max(each["as_of"] for each in found),
        addresses=sum(each["count"] for each in found if each["kind"] == ""),
        counts=tuple(
            FindingCount(each["kind"], each["is_settled"], each["count"])
            for each in found
            if each["kind"] in CATALOGUE
        ),
    )


async def findings(
    conn: Connection,
    sight: Sight,
    commune: str,
    kind: str | None,
    *,
    after: tuple[str, int],
    limit: int,
) -> list[Noted]:
    """Give findings of a commune in order of kind and address, beginning after one."""
    asked = {
        **sight.params(),
        "commune": commune,
        "kind": kind,
        "after_kind": after[0],
        "after_id": after[1],
        "limit": limit,
    }
    found = await rows(conn, QUERIES["findings"], asked)
    return [noted for each in found if (noted := _noted(each)) is not None]


async def examples(conn: Connection, run_id: int, limit: int) -> list[Noted]:
    """Give a few findings of each kind, of public addresses only."""
    found = await rows(conn, QUERIES["examples"], {"run_id": run_id, "limit": limit})
    return [noted for each in found if (noted := _noted(each)) is not None]


async def all_findings(
    conn: Connection, run_id: int, visibilities: Sequence[Visibility]
) -> AsyncIterator[Noted]:
    """Stream the findings of a run in order of commune, kind and address."""
    asked = {"run_id": run_id, "visibilities": [each.value for each in visibilities]}
    driver = await driver_connection(conn)
    async with driver.cursor(name="findings", row_factory=dict_row) as cursor:
        cursor.itersize = _PIECE
        await cursor.execute(QUERIES["all_findings"], asked)
        async for each in cursor:
            noted = _noted(each)
            if noted is not None:
                yield noted


def _noted(found: dict[str, Any]) -> Noted | None:
    """Read a row; None: a kind this release no longer has."""
    kind = CATALOGUE.get(found["kind"])
    if kind is None:
        return None
    facts = {
        name: Text(fact["vi"], fact["en"]) if isinstance(fact, dict) else fact
        for name, fact in (found["facts"] or {}).items()
    }
    return Noted(
        found["address_id"],
        found["code"],
        Finding(kind, facts, is_settled=found["is_settled"]),
        found.get("commune_code", ""),
        found.get("full_name") or "",
        found.get("changed", False),
    )
