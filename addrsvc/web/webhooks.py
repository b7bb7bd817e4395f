"""The page of webhook receivers: how it goes, and pause, resume, replay, try out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.model import Principal
from addrsvc.auth.sessions_web import signed_form
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.events import reading
from addrsvc.problems import RouteUnknown
from addrsvc.settings import Settings
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.web.words import words
from addrsvc.web.words_webhooks import FAILURE_NAMES, STATE_NAMES, WHY_DISABLED
from addrsvc.webhooks import service
from addrsvc.webhooks.model import Failure, ReceiverState, Standing
from addrsvc.webhooks.sending import sender_of
from addrsvc.webhooks.trying import try_out
from addrsvc.wording import moment_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])


@dataclass(frozen=True, slots=True)
class ShownReceiver:
    """One receiver in words."""

    id: int
    name: str
    url: str
    state: str
    state_name: str
    why_disabled: str | None
    types: str
    owner: str
    success: str
    failure: str | None
    waiting: int
    behind: int
    """Events it has not been compared with."""
    dead: int
    next: str | None


@router.api_route("/webhooks", methods=["GET", "HEAD"])
async def webhooks_page(request: Request) -> Response:
    """Show the receivers somebody signed in may see; who is not, is led to sign in."""
    pages, language = pages_of(request), page_language(request)
    try:
        principal = await principal_of(request)
        if principal.is_anonymous:
            return to_sign_in(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await service.list_standings(conn, principal)
            newest = await reading.last_number(conn)
    except AddrsvcError as error:
        return pages.refuse(request, error, typed="", template="refused.html")
    return pages.respond(
        request,
        "webhooks.html",
        headers={"Cache-Control": "private, no-store"},
        receivers=[_shown(each, newest, language) for each in found],
        done=_done(request, language),
    )


@router.post("/webhooks/{receiver_id}/{act}")
async def steer(request: Request, receiver_id: str, act: str) -> Response:
    """Do what a button of the page says, then show the page again."""
    clock = cast("Clock", request.app.state.clock)
    try:
        session, _ = await signed_form(request)
        if act not in {"pause", "resume", "replay", "test"} or not receiver_id.isdecimal():
            raise RouteUnknown
        number = min(int(receiver_id[:19]), 2**62)
        if act == "test":
            return see_other(await _try_out(request, session.principal, number))
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            if act == "replay":
                await service.replay_dead(conn, session.principal, number, clock)
            else:
                state = ReceiverState.PAUSED if act == "pause" else ReceiverState.ACTIVE
                wanted = service.Change(state=state)
                await service.change(conn, session.principal, number, wanted, clock)
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    return see_other(f"/webhooks?done={act}")


async def _try_out(request: Request, principal: Principal, receiver_id: int) -> str:
    """Send a test message and give the page that tells what came of it."""
    settings = cast("Settings", request.app.state.settings)
    clock, engine = cast("Clock", request.app.state.clock), doors_of(request).engine
    outcome = await try_out(engine, sender_of(settings), principal, receiver_id, clock)
    if outcome.failure is None:
        return "/webhooks?done=delivered"
    return f"/webhooks?failed={outcome.failure.value}&status={outcome.status or 0}"


def _done(request: Request, language: Language) -> tuple[bool, str] | None:
    """Say what a button did: whether it went well, and in words."""
    asked, say = request.query_params, words(language)
    said = {
        "pause": say.webhooks_done_pause,
        "resume": say.webhooks_done_resume,
        "replay": say.webhooks_done_replay,
        "delivered": say.webhooks_done_delivered,
    }
    if asked.get("done") in said:
        return True, said[asked["done"]]
    if asked.get("failed") in set(Failure):
        status = asked.get("status", "")
        code = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else None
        reason = _failure(Failure(asked["failed"]), code, language)
        return False, say.webhooks_done_failed.format(reason=reason)
    return None


def _shown(standing: Standing, newest: int, language: Language) -> ShownReceiver:
    receiver, say = standing.receiver, words(language)
    failure = None
    if receiver.last_error is not None:
        failure = _failure(Failure(receiver.last_error), receiver.last_status, language)
        if receiver.failing_since is not None:
            since = moment_words(receiver.failing_since, language)
            failure = f"{failure}, {say.webhooks_failing_since.format(moment=since)}"
    why, success = receiver.why_disabled, receiver.last_success_at
    return ShownReceiver(
        id=receiver.receiver_id,
        name=receiver.description or receiver.url.split("/")[2],
        url=receiver.url,
        state=receiver.state.value,
        state_name=STATE_NAMES[receiver.state].in_(language),
        why_disabled=None if why is None else WHY_DISABLED[why].in_(language),
        types=", ".join(receiver.types) if receiver.types else say.webhooks_every_type,
        owner=receiver.owner,
        success=say.webhooks_never if success is None else moment_words(success, language),
        failure=failure,
        waiting=standing.waiting,
        behind=max(newest - receiver.followed_to, 0),
        dead=standing.dead,
        next=None if standing.next_at is None else moment_words(standing.next_at, language),
    )


def _failure(failure: Failure, status: int | None, language: Language) -> str:
    return FAILURE_NAMES[failure].in_(language).format(status=status or "?")
