"""Note what was done at addresses, and take it back: one by one or by lists, rows in = rows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.audit.service import Entry
from addrsvc.auth.errors import AreaForbidden
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.codes.code import parse_code
from addrsvc.db.rows import rows
from addrsvc.errors import AddrsvcError, InvalidInput, Text
from addrsvc.notices.errors import NoticeDayInFuture, NoticeNotInUse, NoticeReasonUnclear
from addrsvc.notices.model import Mark, Marked, Outcome, State
from addrsvc.notices.service import QUERIES
from addrsvc.registry import reading
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.model import Address, Status


async def mark(
    conn: AsyncConnection, principal: Principal, said: Mark, given: Sequence[str], clock: Clock
) -> list[Marked]:
    """Note that something was done at addresses; one answer for each row, in order.

    What is noted already stays as it was noted first.

    Raises:
        NotSignedIn, ScopeMissing: for who may write addresses.
        NoticeDayInFuture: it was not done yet.
        NoticeReasonUnclear: a visit that met nobody without a reason, or one beside anything else.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    if (said.state is State.NOT_MET) != (said.reason is not None):
        raise NoticeReasonUnclear
    if said.done_on > today(clock):
        raise NoticeDayInFuture(day=said.done_on.isoformat())
    read = await _read(conn, principal, given)
    params = {
        "state": said.state.value,
        "done_on": said.done_on,
        "how": None if said.how is None else said.how.value,
        "reason": None if said.reason is None else said.reason.value,
        "at": clock.now(),
        "by": principal.id,
        "address_ids": [each.address_id for each in read.values() if isinstance(each, Address)],
    }
    noted = {each["address_id"] for each in await rows(conn, QUERIES["set_marks"], params)}
    detail = {"state": said.state.value, "done_on": said.done_on.isoformat(), "how": params["how"]}
    if said.reason is not None:
        detail["reason"] = said.reason.value
    await _audit(conn, principal, "notice.mark", read, noted, detail, clock)
    return _told(given, read, noted, "marked", "already")


async def take_back(
    conn: AsyncConnection, principal: Principal, state: State, given: Sequence[str], clock: Clock
) -> list[Marked]:
    """Take back that something was done at addresses; one answer for each row, in order.

    Raises:
        NotSignedIn, ScopeMissing: for who may write addresses.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    read = await _read(conn, principal, given, also_unused=True)
    params = {
        "state": state.value,
        "at": clock.now(),
        "by": principal.id,
        "address_ids": [each.address_id for each in read.values() if isinstance(each, Address)],
    }
    undone = {each["address_id"] for each in await rows(conn, QUERIES["take_back_marks"], params)}
    detail = {"state": state.value}
    await _audit(conn, principal, "notice.take-back", read, undone, detail, clock)
    return _told(given, read, undone, "taken-back", "not-marked")


async def _read(
    conn: AsyncConnection,
    principal: Principal,
    given: Sequence[str],
    *,
    also_unused: bool = False,
) -> dict[str, Address | AddrsvcError]:
    """Give what each text of a list names, or why it is refused."""
    read: dict[str, Address | AddrsvcError] = {}
    codes: dict[str, str] = {}
    for text in given:
        try:
            codes[text] = parse_code(text).code.text
        except InvalidInput as error:
            read[text] = error
    found = await reading.find_addresses(conn, set(codes.values()))
    for text, code in codes.items():
        address = found.get(code)
        if address is None or not reading.is_seen(address, principal):
            read[text] = AddressNotFound(code=text[:40])
        elif not principal.reaches(address.area):
            read[text] = AreaForbidden(commune=address.area)
        elif address.status is not Status.CURRENT and not also_unused:
            read[text] = NoticeNotInUse(code=code)
        else:
            read[text] = address
    return read


async def _audit(
    conn: AsyncConnection,
    principal: Principal,
    action: str,
    read: dict[str, Address | AddrsvcError],
    touched: set[int],
    detail: Mapping[str, object],
    clock: Clock,
) -> None:
    refs = {
        each.ref
        for each in read.values()
        if isinstance(each, Address) and each.address_id in touched
    }
    entries = [Entry(action, ref, detail) for ref in sorted(refs)]
    if entries:
        await audit.record_many(conn, principal=principal.id, at=clock.now(), entries=entries)


def _told(
    given: Sequence[str],
    read: dict[str, Address | AddrsvcError],
    touched: set[int],
    done: Outcome,
    not_done: Outcome,
) -> list[Marked]:
    """Give one answer a row; what a list names twice is done by its first row."""
    told: list[Marked] = []
    left = set(touched)
    for text in given:
        found = read[text]
        if isinstance(found, AddrsvcError):
            told.append(Marked(text, "refused", None, found.slug, _words(found)))
        elif found.address_id in left:
            left.discard(found.address_id)
            told.append(Marked(text, done, found.code))
        else:
            told.append(Marked(text, not_done, found.code))
    return told


def _words(error: AddrsvcError) -> Text:
    return Text(error.text("vi"), error.text("en"))
