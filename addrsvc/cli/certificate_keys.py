"""Keys of certificates: list them, revoke one that got into other hands.

To change the key without harm (rotation): make one with ``addrsvc certificate new-key``, put it
before the old one in ADDRSVC_CERTIFICATE_KEY or its file (several with commas between, the first
signs), and start the service again. What the old key signed stays true, and its public half stays
published at /v1/certificates/keys: the old one may be left out of the setting.

Where a key was stolen or lost, do the same, and revoke the old one. What it signed is then not
confirmed without a network; the service itself still knows what it issued.
"""

from __future__ import annotations

from datetime import UTC, datetime

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.certificates.revoking import revoke_key
from addrsvc.certificates.service import PublicKey, list_keys
from addrsvc.certificates.signing import key_id_of
from addrsvc.certificates.trusting import day_of
from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import VIETNAM, SystemClock
from addrsvc.errors import Text
from addrsvc.settings import Settings

app = typer.Typer(no_args_is_help=True)

_REVOKED = Text(
    "Đã thu hồi khóa {key}. Đặt khóa mới nếu khóa này đang ký, và báo các nơi kiểm tra tải lại "
    "/v1/certificates/keys.",
    "Key {key} is revoked. Set a new one if it was signing, and tell those who verify to load "
    "/v1/certificates/keys again.",
)


@app.command("list")
def list_() -> None:
    """List the keys that sign or signed: id, state, first use, and why one is not trusted."""

    async def run(conn: AsyncConnection) -> list[PublicKey]:
        return await list_keys(conn, Settings())

    for each in in_transaction(run):
        used = "-" if each.first_used_at is None else f"{each.first_used_at.astimezone(UTC):%F}"
        state, more = ("current" if each.is_current else "former"), ""
        if each.revocation is not None:
            state, more = "revoked", f"  {day_of(each.revocation)}  {each.revocation.reason}"
        print(f"{key_id_of(each.key)}  {state}  {used}{more}")


@app.command()
def revoke(
    key: str = typer.Argument(help="Its id: 16 hexadecimal digits, as list shows it."),
    reason: str = typer.Option(..., help="Why; published with the key."),
    from_: datetime | None = typer.Option(
        None,
        "--from",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
        help="When it got into other hands (Vietnam time); left out: nothing it signed counts.",
    ),
) -> None:
    """Trust a key no longer, for good: what it signed from then on is refused by verify."""
    since = from_.replace(tzinfo=VIETNAM) if from_ and from_.tzinfo is None else from_

    async def run(conn: AsyncConnection) -> None:
        await revoke_key(conn, operator(), key, reason, since, Settings(), SystemClock())

    in_transaction(run)
    print(_REVOKED.in_(terminal_language()).format(key=key))
