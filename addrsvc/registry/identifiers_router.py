"""HTTP routes of identifiers: list, find, translate, resolve many, add, withdraw."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import sight_of
from addrsvc.auth.web import Caller, PublicCaller, count_miss
from addrsvc.codes.schemes import Scheme
from addrsvc.db.idempotency import Answer
from addrsvc.db.web import ReadDoor
from addrsvc.errors import Language
from addrsvc.problems import language_of
from addrsvc.registry import identifiers, identifying
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.identifiers import RESOLVE_LIMIT, Match, Resolved
from addrsvc.registry.identifying import NewLink
from addrsvc.registry.label import address_line
from addrsvc.registry.links import COMPUTED, Link, LinkScheme
from addrsvc.registry.model import Address
from addrsvc.registry.reading import AddressRef
from addrsvc.registry.schemas import LongText, ShortText, address_out
from addrsvc.registry.writing import IdempotencyKey, RefPath, Write

router = APIRouter(prefix="/v1", tags=["identifiers"])

ValidAt = Annotated[date | None, Query(description="only links that hold on this legal day")]
To = Annotated[LinkScheme | None, Query(description="give the identifiers of this scheme as well")]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IdentifierIn(_Closed):
    """An identifier an address has, by whom, how sure and for which days."""

    scheme: Scheme
    value: ShortText
    source: Annotated[ShortText, Field(examples=["Sở Xây dựng"])]
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class WithdrawIn(_Closed):
    """Which link was wrong, and why."""

    scheme: Scheme
    value: ShortText
    reason: LongText


class AskedIn(_Closed):
    """One identifier to look for; what cannot be read is answered with the reason."""

    scheme: Annotated[str, Field(max_length=40, examples=["location-id"])]
    value: Annotated[str, Field(max_length=200, examples=["000123456789"])]


class ResolveIn(_Closed):
    """Identifiers to look for, at most a thousand."""

    items: Annotated[list[AskedIn], Field(max_length=RESOLVE_LIMIT)]
    to: LinkScheme | None = None
    valid_at: date | None = None


def _link_out(link: Link, principal: Principal, address: Address) -> dict[str, Any]:
    """Give a link of an address; who said it and when is for scopes."""
    is_full = sight_of(principal).sees_fully(address.area)
    out: dict[str, Any] = {
        "scheme": link.scheme.value,
        "value": link.value,
        "confidence": link.confidence,
        "valid_from": None if link.valid_from is None else link.valid_from.isoformat(),
        "valid_to": None if link.valid_to is None else link.valid_to.isoformat(),
    }
    if is_full or link.source == COMPUTED:
        out["source"] = link.source
    if is_full:
        recorded, withdrawn = link.recorded_at, link.withdrawn_at
        out["recorded_at"] = None if recorded is None else recorded.isoformat()
        out["withdrawn_at"] = None if withdrawn is None else withdrawn.isoformat()
    return out


@router.get("/addresses/{ref}/identifiers", summary="Every identifier of an address")
async def list_identifiers(
    ref: RefPath,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    valid_at: ValidAt = None,
) -> dict[str, Any]:
    """Give its code, codes of its duplicates, Vpostcode, plus code and other identifiers.

    Parcels and real-estate identifiers, sources and withdrawn links are for keys that may read
    lists. A plus code worked out of the position has the source ``computed``.
    """
    named = AddressRef.parse(ref)
    async with pool.connection() as conn:
        try:
            address, links = await identifiers.identifiers_of(conn, caller, named, valid_at)
        except AddressNotFound:
            count_miss(request, caller)
            raise
    return {"ref": address.ref, "identifiers": [_link_out(each, caller, address) for each in links]}


@router.get("/identifiers/{scheme}/{value:path}", summary="Find by any identifier")
async def by_identifier(
    scheme: LinkScheme,
    value: Annotated[str, Path(max_length=200)],
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    to: To = None,
    valid_at: ValidAt = None,
) -> dict[str, Any]:
    """Give the addresses that carry a Vpostcode, plus code, location id or other identifier.

    Each says by which ``link`` it was found; with ``to``, ``identifiers`` translates it.
    """
    async with pool.connection() as conn:
        found = await identifiers.find_by_identifier(
            conn, caller, scheme, value, valid_at=valid_at, to=to
        )
    if not found:
        count_miss(request, caller)
    language = language_of(request)
    return {"items": [_match_out(each, caller, language, to) for each in found]}


def _match_out(
    match: Match, caller: Principal, language: Language, to: LinkScheme | None
) -> dict[str, Any]:
    out = address_out(match.address, caller, language)
    out["link"] = _link_out(match.link, caller, match.address)
    if to is not None:
        out["identifiers"] = [_link_out(each, caller, match.address) for each in match.others]
    return out


@router.post("/identifiers:resolve", summary="Look many identifiers up")
async def resolve(asked: ResolveIn, request: Request, pool: ReadDoor, caller: Caller) -> Response:
    """Answer every item, in order: its matches, or the reason why there are none."""
    async with pool.connection() as conn:
        found = await identifiers.resolve(
            conn,
            caller,
            [(each.scheme, each.value) for each in asked.items],
            valid_at=asked.valid_at,
            to=asked.to,
        )
    language = language_of(request)
    items = [_resolved_out(each, caller, language, asked.to) for each in found]
    return Response(orjson.dumps({"items": items}), media_type="application/json")


def _resolved_out(
    resolved: Resolved, caller: Principal, language: Language, to: LinkScheme | None
) -> dict[str, Any]:
    reason = resolved.reason
    return {
        "scheme": resolved.scheme,
        "value": resolved.value,
        "matches": [_brief(each, caller, to) for each in resolved.matches],
        "reason": None
        if reason is None
        else {"type": f"/problems/{reason.slug}", "detail": reason.text(language)},
    }


def _brief(match: Match, caller: Principal, to: LinkScheme | None) -> dict[str, Any]:
    address, sight = match.address, sight_of(caller)
    out: dict[str, Any] = {
        "ref": address.ref,
        "code": address.code,
        "status": address.status.value,
        "label": address_line(
            address.document.components, address.commune_name, address.province_name
        ),
        "successors": [
            each.code for each in address.successors if sight.sees_anywhere(each.visibility)
        ],
        "link": _link_out(match.link, caller, address),
    }
    if to is not None:
        out["identifiers"] = [_link_out(each, caller, match.address) for each in match.others]
    return out


@router.post(
    "/addresses/{ref}/identifiers", status_code=201, summary="Add an identifier to an address"
)
async def add(
    ref: RefPath, new: IdentifierIn, writing: Write, _: IdempotencyKey = None
) -> Response:
    """Say that the address has an identifier; said again, source, period and so on are mended."""

    async def work() -> Answer:
        address, link, outcome = await identifying.add_identifier(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            NewLink(
                new.scheme.value,
                new.value,
                new.source,
                new.confidence,
                new.valid_from,
                new.valid_to,
            ),
            writing.clock,
        )
        shown = _link_out(link, writing.caller, address)
        body = {"ref": address.ref, "outcome": outcome, "link": shown}
        return Answer(201, {}, orjson.dumps(body))

    return await writing.answer(work)


@router.post("/addresses/{ref}/identifiers:withdraw", summary="Withdraw a wrong identifier")
async def withdraw(
    ref: RefPath, wrong: WithdrawIn, writing: Write, _: IdempotencyKey = None
) -> Response:
    """Say that a link was wrong; what has only ended gets a ``valid_to`` instead."""

    async def work() -> Answer:
        address = await identifying.withdraw_identifier(
            writing.conn,
            writing.caller,
            AddressRef.parse(ref),
            LinkScheme(wrong.scheme.value),
            wrong.value,
            wrong.reason,
            writing.clock,
        )
        return Answer(200, {}, orjson.dumps({"ref": address.ref}))

    return await writing.answer(work)
