"""People behind addresses: what they ask, what is kept of them, who looked, keys."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import TypeVar

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.audit import readings
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import VIETNAM, SystemClock, today
from addrsvc.db.doors import make_engine
from addrsvc.personal import crypto, requests, sealing
from addrsvc.personal.errors import EncryptionKeyMissing
from addrsvc.personal.model import PURPOSES, Person, Purpose
from addrsvc.personal.requests import REASON, Asker, PersonRequest, RequestKind, RequestStatus
from addrsvc.registry import persons
from addrsvc.registry.persons import Kept, Named
from addrsvc.registry.persons_router import kept_out
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings
from addrsvc.tickets.erasing import take_out_everywhere
from addrsvc.webhooks import secrets_kept as webhooks

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")

_PHONE = typer.Option(
    None, help="Their telephone number, in any written form; - to be asked, out of the history."
)
_ADDRESS = typer.Option(None, help="Code of an address of theirs, where no phone is kept.")
_REQUEST = typer.Option(
    None, "--request", min=1, help="Number of the request this answers; it is closed with it."
)


def _name() -> str:
    """Ask for a name; on the command line it would stay in the shell's history."""
    return str(typer.prompt("Họ tên · name", err=True))


def _phone(given: str | None) -> str | None:
    """Ask for a number where ``-`` stands for it."""
    return str(typer.prompt("Điện thoại · phone", err=True)) if given == "-" else given


def _named(phone: str | None, address: str | None) -> Named:
    return Named(Person(_name(), _phone(phone)), address)


@app.command()
def request(
    kind: RequestKind = typer.Argument(help="What the person asks for."),
    phone: str | None = _PHONE,
    received: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="Day it was received; else today."
    ),
    note: str | None = typer.Option(None, help="What they wrote; kept encrypted."),
) -> None:
    """Record what a person asks; the name is asked for, and the days it is due are printed."""
    asker = Asker(Person(_name(), _phone(phone)), note)
    day = received.date() if received else None
    made = in_transaction(
        lambda conn: requests.receive(
            conn,
            operator(),
            kind,
            asker,
            received_on=day,
            settings=Settings(),
            clock=SystemClock(),
        )
    )
    _show(made)


@app.command("list")
def list_(*, everything: bool = typer.Option(False, "--all", help="Closed ones as well.")) -> None:
    """List requests by due day; who asked is shown by ``show`` only."""
    for each in in_transaction(
        lambda conn: requests.list_requests(conn, operator(), open_only=not everything)
    ):
        _show(each)


@app.command()
def due(
    days: int = typer.Option(3, min=0, help="Due within so many days, or late."),
) -> None:
    """List what is due soon or late; exit code 1 when something is late."""
    now = today(SystemClock())
    last = now + timedelta(days=days)
    found = in_transaction(lambda conn: requests.list_requests(conn, operator(), due_by=last))
    for each in found:
        _show(each)
    if any(each.is_overdue(now) for each in found):
        raise typer.Exit(1)


@app.command()
def show(number: int = typer.Argument(min=1, help="Number of the request.")) -> None:
    """Show one request with who asked, until that is forgotten."""
    found = in_transaction(lambda conn: requests.get_request(conn, operator(), number))
    _show(found)
    if found.asker is not None:
        person = found.asker.person
        print(f"  {person.name}  {person.phone or '—'}  {found.asker.note or ''}".rstrip())


@app.command()
def close(
    number: int = typer.Argument(min=1, help="Number of the request."),
    reason: str = typer.Option(..., help="A short code, such as identity-not-proven; no name."),
    *,
    withdrawn: bool = typer.Option(False, help="The person took it back; else it is refused."),
) -> None:
    """Close a request that is not answered by an act."""
    if not re.fullmatch(REASON, reason):
        raise typer.BadParameter("a code of small letters, digits and hyphens; see --help")
    status = RequestStatus.WITHDRAWN if withdrawn else RequestStatus.REFUSED
    at = SystemClock().now()
    in_transaction(
        lambda conn: requests.close(conn, operator(), number, status, {"reason": reason}, at=at)
    )
    print(f"request {number}: {status}")


@app.command()
def find(phone: str | None = _PHONE, address: str | None = _ADDRESS) -> None:
    """Find where one person is kept; the name is asked for."""
    named, at = _named(phone, address), SystemClock().now()
    for each in in_transaction(lambda conn: persons.find_person(conn, operator(), named, at=at)):
        print(f"{each.ref}  {each.commune}")


@app.command()
def export(
    to: Path = typer.Argument(help="File to write: .json, or .html to print."),
    phone: str | None = _PHONE,
    address: str | None = _ADDRESS,
    number: int | None = _REQUEST,
) -> None:
    """Write all that is kept of one person to a file for them, readable by us alone."""
    named, at = _named(phone, address), SystemClock().now()
    to.touch(mode=0o600)  # before the request is closed
    to.chmod(0o600)
    kept = in_transaction(
        lambda conn: persons.hand_out(conn, operator(), named, at=at, request_id=number)
    )
    to.write_bytes(_page(kept) if to.suffix == ".html" else _json(kept))
    print(f"{to}: {len(kept)} addresses")


@app.command()
def correct(
    phone: str | None = _PHONE,
    address: str | None = _ADDRESS,
    new_phone: str | None = typer.Option(None, help="The right number; none: no number is kept."),
    number: int | None = _REQUEST,
) -> None:
    """Put one person right at every address; both names are asked for."""
    named, at = _named(phone, address), SystemClock().now()
    to = Person(str(typer.prompt("Họ tên đúng · right name", err=True)), _phone(new_phone))
    done = in_transaction(
        lambda conn: persons.correct_person(conn, operator(), named, to, at=at, request_id=number)
    )
    print(f"corrected at {len(done)} addresses")


@app.command()
def erase(
    phone: str | None = _PHONE, address: str | None = _ADDRESS, number: int | None = _REQUEST
) -> None:
    """Erase one person everywhere; the addresses stay. The name is asked for."""
    named, at = _named(phone, address), SystemClock().now()
    erased = in_transaction(
        lambda conn: persons.erase_person(
            conn, operator(), named, at=at, take_out=take_out_everywhere, request_id=number
        )
    )
    print(
        f"erased at {erased.addresses} addresses, in {erased.texts} texts of versions, "
        f"in {erased.rejections} reasons of refused rows, in {erased.answers} answers kept, "
        f"in {erased.elsewhere} addresses of dossiers"
    )
    print(
        "left to you: whoever sent dossiers that named them, import files and their .rejected.csv "
        "where they were kept, and backups, until they run out"
    )


@app.command("reads")
def reads(
    address: str | None = typer.Option(None, help="Readings of this address only."),
    by: str | None = typer.Option(None, help="Readings of this principal only, such as key:…"),
    days: int = typer.Option(30, min=1, help="Of so many days."),
) -> None:
    """Tell who looked at whom, when and why, latest first."""
    since = SystemClock().now() - timedelta(days=days)
    refs = None if address is None else [_logged_as(address)]
    for each in in_transaction(
        lambda conn: readings.list_readings(conn, refs=refs, principal=by, since=since)
    ):
        at = each.recorded_at.astimezone(VIETNAM).isoformat(" ", "seconds")
        print(f"{at}  {each.principal}  {each.subject}  {each.purpose or '—'}")


def _logged_as(address: str) -> str:
    """Give what the log calls an address, from any written form."""
    ref = AddressRef.parse(address)
    return ref.text if ref.code is None else ref.code


@app.command("new-key")
def new_key() -> None:
    """Make an encryption key and print it; it is kept nowhere."""
    print(crypto.new_key())


@app.command("rotate-keys")
def rotate_keys(
    *,
    add: bool = typer.Option(False, "--new", help="First put a new key at the head of the file."),
) -> None:
    """Seal with the newest key whatever an older one sealed; may be interrupted and repeated."""
    if add:
        path = Settings().encryption_key_file
        if Settings().encryption_keys.get_secret_value().strip():
            raise typer.BadParameter(
                "the keys stand in ADDRSVC_ENCRYPTION_KEYS: put one of `persons new-key` at its "
                "head, restart the service and leave --new out"
            )
        if path is None:
            raise EncryptionKeyMissing
        crypto.write_key_file(path, [crypto.new_key(), *crypto.read_key_file(path)])
    anew = _on_engine(sealing.rotate) + in_transaction(webhooks.re_encrypt_secrets)
    print(f"sealed anew: {anew}")
    uses = in_transaction(sealing.key_uses)
    ring = crypto.keyring(Settings())
    for key_id in ring.key_ids:
        state = "newest" if key_id == ring.key_id else "may go" if key_id not in uses else "in use"
        print(f"{key_id}  {uses.get(key_id, 0)}  {state}")
    for other in uses.keys() - set(ring.key_ids):
        print(f"{other or 'plain'}  {uses[other]}  not in the ring")


def _on_engine(act: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    async def run() -> T:
        engine = make_engine(Settings())
        try:
            return await act(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _show(each: PersonRequest) -> None:
    late = "  LATE" if each.is_overdue(today(SystemClock())) else ""
    print(
        f"{each.request_id}  {each.kind}  {each.status}  received {each.received_on}  "
        f"reply by {each.reply_by}  due {each.due_on}{late}"
    )


def _json(kept: list[Kept]) -> bytes:
    return orjson.dumps([kept_out(each) for each in kept], option=orjson.OPT_INDENT_2)


def _purpose(code: str | None) -> str:
    return "—" if code is None else escape(PURPOSES[Purpose(code)].vi)


def _page(kept: list[Kept]) -> bytes:
    """Give the same on a page to print."""
    parts = []
    for each in kept:
        seen = "".join(
            f"<li>{reading.recorded_at.astimezone(VIETNAM):%d/%m/%Y %H:%M} · "
            f"{_purpose(reading.purpose)}</li>"
            for reading in each.readings
        )
        parts.append(
            f"<h2>{escape(each.place.ref)}</h2><p>{escape(each.place.commune)}</p>"
            f"<p>Họ tên: {escape(each.person.name)}<br>"
            f"Điện thoại: {escape(each.person.phone or '—')}<br>"
            f"Ghi nhận ngày: {each.recorded_at.astimezone(VIETNAM):%d/%m/%Y}</p>"
            f"<p>Những lần đã xem:</p><ul>{seen or '<li>chưa có</li>'}</ul>"
        )
    body = "".join(parts) or "<p>Không lưu dữ liệu nào về người này.</p>"
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        "<title>Dữ liệu cá nhân đang lưu</title>"
        f"<h1>Dữ liệu cá nhân đang lưu trong sổ địa chỉ số</h1>{body}</html>"
    ).encode()
