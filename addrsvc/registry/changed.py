"""What happened to addresses since a moment, for who kept their codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from addrsvc.auth.model import Principal
from addrsvc.db.rows import Connection, rows
from addrsvc.registry import repository
from addrsvc.registry.model import Address
from addrsvc.registry.reading import is_seen
from addrsvc.registry.repository import QUERIES


@dataclass(frozen=True, slots=True)
class Done:
    """One thing done to an address."""

    act: str
    """See ``model.ACT_NAMES``."""
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """An address that was written about."""

    address: Address | None
    """As it stands now; None: it is not the asker's to see any more."""
    done: tuple[Done, ...]
    """The oldest first; empty where it is not to be seen."""


async def changed_since(
    conn: Connection, principal: Principal, codes: Sequence[str], since: datetime
) -> dict[str, Changed]:
    """Give those of some codes that were written about after a moment, as they stand now."""
    params = {"codes": list(codes), "since": since}
    found = await rows(conn, QUERIES["written_since"], params)
    if not found:
        return {}
    done = {
        code: tuple(dict.fromkeys(Done(each["act"], each["recorded_from"]) for each in versions))
        for code, versions in groupby(found, key=lambda each: str(each["code"]))
    }
    present = {each.code: each for each in await repository.by_codes(conn, list(done))}
    return {
        code: Changed(address, acts)
        if (address := present.get(code)) is not None and is_seen(address, principal)
        else Changed(None, ())
        for code, acts in done.items()
    }
