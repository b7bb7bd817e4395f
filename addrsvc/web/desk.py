"""The desk: people decide, one item after the other, by keyboard; see ``desk_items``.

The page is the frame; its script takes items and sends decisions as JSON, guarded by the session's
token as every change is. Decisions are made on a version: who comes second is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal, cast

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.web import Caller, principal_of
from addrsvc.clock import Clock
from addrsvc.db.read_only import ReadOnly
from addrsvc.db.web import doors_of
from addrsvc.dossiers.judging import Judge
from addrsvc.errors import AddrsvcError
from addrsvc.geocoding.router import geocoder_of
from addrsvc.problems import RouteUnknown
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.schemas import Closed
from addrsvc.web.desk_dossiers import DossierDesk
from addrsvc.web.desk_items import Decision, DeskKind, Given
from addrsvc.web.desk_records import RecordDesk
from addrsvc.web.desk_tickets import TicketDesk
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, to_sign_in

router = APIRouter(include_in_schema=False)

PORTION: Final = 12
"""Items given out at once: a minute's work, and quickly made."""

_SCOPES: Final = {
    "dossiers": Scope.DOSSIERS_WRITE,
    "tickets": Scope.TICKETS_WRITE,
    "records": Scope.COLLECTION_REVIEW,
}
"""The kinds of items there are, and what each takes."""

_PRIVATE: Final = {"Cache-Control": "private, no-store"}

Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class TakeIn(Closed):
    """Which items are wanted, and whether the page has none yet."""

    wanted: Annotated[dict[Word, Word], Field(max_length=16, default_factory=dict)]
    is_first: bool = False


class ItemIn(Closed):
    """One item."""

    item: Word


class GivenIn(Closed):
    """What the clerk says of one field."""

    chosen: Literal["registered", "collected", "other"]
    value: Word = ""

    def to_given(self) -> Given:
        """Give the value object."""
        return Given(self.chosen, self.value)


class DecisionIn(Closed):
    """What the clerk decided."""

    item: Word
    act: Word
    version: Annotated[int, Field(ge=1, lt=2**31)]
    choice: Word | None = None
    words: Annotated[str | None, Field(max_length=2_000)] = None
    fields: Annotated[dict[Word, GivenIn], Field(max_length=16, default_factory=dict)]
    echo: Word = ""

    def to_decision(self) -> Decision:
        """Give the value object."""
        fields = {name: each.to_given() for name, each in self.fields.items()}
        return Decision(
            self.item, self.act, self.version, self.choice, self.words, fields, self.echo
        )


@router.api_route("/desk", methods=["GET", "HEAD"], dependencies=[Depends(look_who)])
async def desk_page(request: Request) -> Response:
    """Show the desk to who may decide; who is not signed in, is led to sign in."""
    language, wanted = page_language(request), dict(request.query_params)
    try:
        principal = await principal_of(request)
        if principal.is_anonymous:
            return to_sign_in(request)
        name = _kind_wanted(wanted, principal)
        kind = kind_of(request, name)
        principal.require(kind.scope)
        async with in_time(request):
            filters = await kind.filters(principal, wanted, language)
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    return pages_of(request).respond(
        request,
        "desk.html",
        headers=_PRIVATE,
        kind=name,
        kinds=[each for each, scope in _SCOPES.items() if principal.may(scope)],
        labels=kind.labels(language),
        has_words=kind.has_words,
        has_fields=kind.has_fields,
        filters=filters,
        acts=[asdict(each) for each in kind.acts(language)],
        wanted={each.name: each.value for each in filters if each.value},
        who=principal.id,
    )


@router.post("/desk/{kind}/items")
async def take(request: Request, kind: str, asked: TakeIn, caller: Caller) -> Response:
    """Give the next items that wait, to nobody else for some minutes."""
    portion = await _open(request, kind).take(
        caller, asked.wanted, page_language(request), limit=PORTION, is_first=asked.is_first
    )
    items = [each.shown() for each in portion.items]
    counts = {"left": portion.left, "is_more": portion.is_more, "decided": portion.decided}
    return _told({"items": items, **counts})


@router.post("/desk/{kind}/item")
async def get(request: Request, kind: str, asked: ItemIn, caller: Caller) -> Response:
    """Give one item as it stands now."""
    item = await _open(request, kind).get(caller, asked.item, page_language(request))
    return _told({"item": item.shown()})


@router.post("/desk/{kind}/decisions")
async def decide(request: Request, kind: str, asked: DecisionIn, caller: Caller) -> Response:
    """Do what was decided, and give the version its subject has now."""
    return _told({"version": await _open(request, kind).decide(caller, asked.to_decision())})


def kind_of(request: Request, name: str) -> DeskKind:
    """Give what the desk shows and does for items of a kind.

    Raises:
        RouteUnknown: there is no such kind.
    """
    if name not in _SCOPES:
        raise RouteUnknown
    state, doors, geocoder = request.app.state, doors_of(request), geocoder_of(request)
    clock = cast("Clock", state.clock)
    if name == "tickets":
        return TicketDesk(doors.engine, lambda: geocoder.world.areas.communes, clock)
    if name == "records":
        return RecordDesk(doors.engine, lambda: geocoder.world.areas.communes, clock)
    judge = Judge(geocoder, cast("CodeLookup", state.code_lookup), doors.pool)
    return DossierDesk(doors.engine, judge, lambda: geocoder.world.areas.communes, clock)


def _kind_wanted(wanted: Mapping[str, str], principal: Principal) -> str:
    """Give the kind a page is asked for; left out: dossiers, or what the principal may decide."""
    if "kind" in wanted:
        return wanted["kind"]
    return next((each for each, scope in _SCOPES.items() if principal.may(scope)), "dossiers")


def _open(request: Request, name: str) -> DeskKind:
    """Give a kind to change things of.

    Raises:
        RouteUnknown, ReadOnlyMode: there is none, or nothing may be changed now.
    """
    cast("ReadOnly", request.app.state.read_only).require_writable()
    return kind_of(request, name)


def _told(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers=_PRIVATE)
