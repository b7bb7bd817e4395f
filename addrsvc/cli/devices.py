"""Issue, list and revoke the keys of devices in the field."""

from __future__ import annotations

from datetime import timedelta

import typer

from addrsvc.auth import service
from addrsvc.auth.service import DEVICE_DAYS, DEVICE_DAYS_LIMIT
from addrsvc.cli.keys import areas, dates
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock

app = typer.Typer(no_args_is_help=True)


@app.command()
def issue(
    name: str = typer.Argument(help="Which device it is: a tag or serial number."),
    held_by: str = typer.Option(..., help="Login or office it is handed to."),
    area: list[str] = typer.Option(..., help="Code of a commune it works in; repeat for several."),
    days: int = typer.Option(
        DEVICE_DAYS, min=1, max=DEVICE_DAYS_LIMIT, help="Days until its key expires."
    ),
) -> None:
    """Issue the key of a device and print it once; it is not kept."""
    now = SystemClock().now()
    key = in_transaction(
        lambda conn: service.create_device(
            conn,
            operator(),
            name=name,
            held_by=held_by,
            areas=area,
            expires_at=now + timedelta(days=days),
            at=now,
        )
    )
    print(key)


@app.command("list")
def list_() -> None:
    """List the devices: id, state, expiry, last use, holder, areas, name."""
    now = SystemClock().now()
    for key in in_transaction(lambda conn: service.list_keys(conn, operator(), "device")):
        state = "revoked" if key.revoked_at else "good" if key.is_good(now) else "ended"
        print(f"{key.key_id}  {state}  {dates(key)}  {key.held_by}  {areas(key)}  {key.name}")


@app.command()
def revoke(
    key_id: str = typer.Argument(help="The eight characters after adr_."),
    reason: str = typer.Option(..., help="Why: lost, stolen, handed back …"),
) -> None:
    """Revoke a device: its software must erase the contacts it keeps."""
    now = SystemClock().now()
    in_transaction(
        lambda conn: service.revoke_key(
            conn, operator(), key_id, at=now, reason=reason, kind="device"
        )
    )
    print(f"revoked {key_id}")
