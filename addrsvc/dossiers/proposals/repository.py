"""Rows of proposals. What is open to whom, row-level security of the dossiers holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.dossiers.proposals.model import Proposal, State, Why
from addrsvc.dossiers.repository import Written

QUERIES: Final = Queries("addrsvc.dossiers.proposals")


@dataclass(frozen=True, slots=True)
class ProposalFilter:
    """Which proposals are wanted; None: any."""

    dossier: str | None = None
    """Key of its code."""
    address: str | None = None
    """Code (ten digits) of the address something happened to."""
    act: int | None = None
    event: int | None = None
    plan: int | None = None
    why: Why | None = None
    state: State | None = None
    communes: Collection[str] | None = None
    """Where the dossier may lie."""
    own: str | None = None
    """With communes: also dossiers this principal brought in."""


_CONDITIONS: Final[Mapping[str, LiteralString]] = {
    "id": "p.proposal_id = %(id)s",
    "dossier": "d.code_key = %(dossier)s",
    "address": "p.address_id = (SELECT address_id FROM public.address WHERE code = %(address)s)",
    "act": "p.act_id = %(act)s",
    "event": "p.event_number = %(event)s",
    "plan": "p.plan_id = %(plan)s",
    "why": "p.why = %(why)s",
    # spelled out: an index holds the open ones alone
    "open": "p.state = 'open'",
    "state": "p.state = %(state)s",
    "communes": (
        "(d.created_by = %(own)s OR EXISTS (SELECT FROM personal.dossier_reach r"
        " WHERE r.dossier_id = p.dossier_id AND r.commune_code = any(%(communes)s::text[])))"
    ),
}


async def list_proposals(
    conn: Connection, wanted: ProposalFilter, *, after: int, limit: int
) -> list[Proposal]:
    """Give a page of proposals in order of identity, without what may be linked instead."""
    given: dict[str, Any] = {
        "dossier": wanted.dossier,
        "address": wanted.address,
        "act": wanted.act,
        "event": wanted.event,
        "plan": wanted.plan,
        "why": None if wanted.why is None else wanted.why.value,
        "open": True if wanted.state is State.OPEN else None,
        "state": None if wanted.state in {None, State.OPEN} else wanted.state,
        "communes": None if wanted.communes is None else sorted(wanted.communes),
    }
    return await _list(conn, given, after=after, limit=limit, own=wanted.own)


async def find_proposal(conn: Connection, proposal_id: int) -> Proposal | None:
    """Give one proposal; None: there is none, or not for the principal."""
    found = await _list(conn, {"id": proposal_id}, after=0, limit=1)
    return found[0] if found else None


async def _list(
    conn: Connection, given: Mapping[str, Any], *, after: int, limit: int, own: str | None = None
) -> list[Proposal]:
    asked = [name for name in _CONDITIONS if given.get(name) is not None]
    statement = QUERIES["list_proposals"]
    for name in asked:
        statement += " AND " + _CONDITIONS[name]
    statement += " ORDER BY p.proposal_id LIMIT %(limit)s"
    params = {name: given[name] for name in asked}
    found = await rows(conn, statement, {**params, "after": after, "limit": limit, "own": own})
    return [_proposal_of(each) for each in found]


async def lock_open(conn: Connection, ids: Sequence[int]) -> set[int]:
    """Lock those of some proposals that are open still."""
    found = await rows(conn, QUERIES["lock_open"], {"ids": list(ids)})
    return {each["proposal_id"] for each in found}


async def link_end(conn: Connection, proposal_id: int) -> Row | None:
    """Say how the link of a proposal ended (at, by, what); NULLs: it stands."""
    return await row(conn, QUERIES["link_end"], {"id": proposal_id})


async def still_stands(conn: Connection, proposal_id: int) -> Row | None:
    """Say whether what a decision led to ``stands``, and whether the link ``is_linked``."""
    return await row(conn, QUERIES["still_stands"], {"id": proposal_id})


async def close(
    conn: Connection,
    decided: Sequence[tuple[int, str | None]],
    state: State,
    written: Written,
) -> None:
    """Note what was decided about proposals (id), and what was chosen (code)."""
    params = {
        "ids": [proposal_id for proposal_id, _ in decided],
        "codes": [code for _, code in decided],
        "state": state.value,
        "at": written.at,
        "principal": written.principal,
    }
    await execute(conn, QUERIES["close_proposals"], params)


async def relink(
    conn: Connection, ids: Sequence[int], dossier_ids: Collection[int], written: Written
) -> None:
    """Link the addresses of closed proposals to what they chose, as one decision each."""
    params = {"ids": list(ids), "at": written.at, "principal": written.principal}
    for name in ("note_decisions", "end_links", "make_links", "decide_addresses"):
        await execute(conn, QUERIES[name], params)
    params["ids"] = sorted(dossier_ids)
    await execute(conn, QUERIES["touch_dossiers"], params)


async def note_made_link(conn: Connection, proposal_id: int) -> None:
    """Note that the link there is now was made by accepting a proposal."""
    await execute(conn, QUERIES["note_made_link"], {"id": proposal_id})


async def reopen(conn: Connection, proposal_id: int) -> None:
    """Open a proposal again, about the link there is now."""
    await execute(conn, QUERIES["reopen_proposal"], {"id": proposal_id})


async def communes_of(conn: Connection, dossier_ids: Collection[int]) -> dict[int, list[str]]:
    """Give the communes dossiers may lie in."""
    found = await rows(conn, QUERIES["tell_of"], {"ids": sorted(dossier_ids)})
    return {each["dossier_id"]: each["communes"] for each in found}


def _proposal_of(found: Row) -> Proposal:
    return Proposal(
        **{
            **found,
            "why": Why(found["why"]),
            "state": State(found["state"]),
            "stored": tuple(found["stored"]),
        }
    )
