"""Plan an act: check what is asked for and record it; nothing changes until it is run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.acts_display import show_act
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.registry.bulk_acts import planning
from addrsvc.registry.bulk_acts.errors import AreaInvalid, NothingConcerned
from addrsvc.registry.bulk_acts.mapping import read_commune_file, read_number_file
from addrsvc.registry.bulk_acts.model import BulkAct
from addrsvc.registry.bulk_acts.planning import Spec
from addrsvc.registry.model import Instrument, Locality

app = typer.Typer(no_args_is_help=True)

_ON = typer.Option(..., "--on", formats=["%Y-%m-%d"], help="First legal day of what changes.")
_NUMBER = typer.Option(..., "--instrument", help="Number of the resolution or decision.")
_ISSUED = typer.Option(..., "--issued", formats=["%Y-%m-%d"], help="Day it was issued.")
_ISSUER = typer.Option(..., "--issuer", help="Who issued it.")
_TITLE = typer.Option(None, "--title", help="What it is about.")
_REASON = typer.Option(None, "--reason", help="What else is to be known of it.")
_COMMUNES = typer.Option(..., "--commune", help="Code of a commune; again for more.")


@app.command()
def reorganise(
    mapping: Path | None = typer.Option(
        None, help="CSV: from_code, to_code, kind (whole, part, unchanged), share."
    ),
    links: bool = typer.Option(False, "--links", help="By the register of units instead."),
    old_province: str | None = typer.Option(None, help="With --links: communes of this one."),
    on: datetime = _ON,
    instrument: str = _NUMBER,
    issued: datetime = _ISSUED,
    issuer: str = _ISSUER,
    title: str | None = _TITLE,
    reason: str | None = _REASON,
) -> None:
    """Communes are merged and divided: every address goes to the successor of its commune."""

    async def spec(conn: AsyncConnection) -> Spec:
        if links:
            return await planning.reorganisation_by_links(
                conn, on.date(), old_province=old_province
            )
        if mapping is None:
            raise NothingConcerned("bảng chuyển đổi (--mapping hoặc --links)", "mapping")
        return await planning.reorganisation_by_mapping(conn, read_commune_file(mapping), on.date())

    _plan(spec, on, Instrument(instrument, issued.date(), issuer, title), reason)


@app.command("name-street")
def name_street(
    new: str = typer.Option(..., "--to", help="The new name."),
    old: str | None = typer.Option(None, "--from", help="The name until then; none if left."),
    commune: list[str] = _COMMUNES,
    first: int | None = typer.Option(None, min=0, help="Lowest number."),
    last: int | None = typer.Option(None, min=0, help="Highest number."),
    side: str | None = typer.Option(None, help="odd or even."),
    codes: Path | None = typer.Option(None, help="File of address codes, one a line."),
    area: Path | None = typer.Option(None, help="GeoJSON polygon around the houses."),
    on: datetime = _ON,
    instrument: str = _NUMBER,
    issued: datetime = _ISSUED,
    issuer: str = _ISSUER,
    title: str | None = _TITLE,
    reason: str | None = _REASON,
) -> None:
    """A street gets a name, or another one; the old one stays known."""
    listed = None if codes is None else codes.read_text(encoding="utf-8").split()

    async def spec(conn: AsyncConnection) -> Spec:
        return await planning.street_naming(
            conn,
            on.date(),
            commune,
            old=old,
            new=new,
            first=first,
            last=last,
            side=_side(side),
            codes=listed,
            area=None if area is None else _area(area),
        )

    _plan(spec, on, Instrument(instrument, issued.date(), issuer, title), reason)


@app.command()
def renumber(
    street: str = typer.Option(..., help="Name of the street."),
    commune: list[str] = _COMMUNES,
    alley: str | None = typer.Option(None, help="Only houses of the alley with this number."),
    numbers: Path | None = typer.Option(None, help="CSV: old, new."),
    prefix: str | None = typer.Option(None, help="Put before each number: 48 makes 48/12/5."),
    odd_from: int | None = typer.Option(None, min=1, help="In order: the first odd number."),
    even_from: int | None = typer.Option(None, min=2, help="In order: the first even number."),
    on: datetime = _ON,
    instrument: str = _NUMBER,
    issued: datetime = _ISSUED,
    issuer: str = _ISSUER,
    title: str | None = _TITLE,
    reason: str | None = _REASON,
) -> None:
    """Houses of a street or alley get new numbers; the old ones are found as well."""

    async def spec(conn: AsyncConnection) -> Spec:
        in_order = odd_from is not None or even_from is not None
        return await planning.renumbering(
            conn,
            on.date(),
            commune,
            street,
            alley=alley,
            numbers=None if numbers is None else read_number_file(numbers),
            prefix=prefix,
            order=(odd_from or 1, even_from or 2) if in_order else None,
        )

    _plan(spec, on, Instrument(instrument, issued.date(), issuer, title), reason)


@app.command("move-locality")
def move_locality(
    commune: str = typer.Option(..., help="Code of the commune it is in."),
    kind: str = typer.Option("khu_pho", help="khu_pho, ap, thon, to …"),
    name: str = typer.Option(..., help="Its name until then."),
    new_name: str | None = typer.Option(None, help="Its new name."),
    new_kind: str | None = typer.Option(None, help="Its new kind."),
    to: str | None = typer.Option(None, help="Code of the commune it goes to."),
    on: datetime = _ON,
    instrument: str = _NUMBER,
    issued: datetime = _ISSUED,
    issuer: str = _ISSUER,
    title: str | None = _TITLE,
    reason: str | None = _REASON,
) -> None:
    """A khu phố or ấp is renamed, or goes to another commune."""
    renamed = new_name is not None or new_kind is not None
    new = Locality(new_kind or kind, new_name or name) if renamed else None

    async def spec(conn: AsyncConnection) -> Spec:
        return await planning.locality_move(
            conn, on.date(), commune, Locality(kind, name), new=new, to=to
        )

    _plan(spec, on, Instrument(instrument, issued.date(), issuer, title), reason)


def _plan(
    spec: Callable[[AsyncConnection], Awaitable[Spec]],
    on: datetime,
    instrument: Instrument,
    reason: str | None,
) -> None:
    async def work(conn: AsyncConnection) -> BulkAct:
        return await planning.plan_act(
            conn,
            operator(),
            await spec(conn),
            SystemClock(),
            day=on.date(),
            instrument=instrument,
            reason=reason,
        )

    show_act(in_transaction(work), terminal_language())


def _side(text: str | None) -> Literal["odd", "even"] | None:
    if text is None:
        return None
    if text not in {"odd", "even"}:
        raise typer.BadParameter("odd, even")
    return "odd" if text == "odd" else "even"


def _area(path: Path) -> dict[str, object]:
    """Read a GeoJSON geometry, or the one feature of a file."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise AreaInvalid(path.name) from None
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        found = next(iter(found.get("features") or ()), {})
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    return found if isinstance(found, dict) else {}
