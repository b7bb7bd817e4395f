"""Administrative units: list them, show one, convert old to new, import boundaries."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import boundary_import, service
from addrsvc.admin_units.boundary_errors import BoundariesInvalid
from addrsvc.admin_units.boundary_file import RawBoundaries, read_boundaries
from addrsvc.admin_units.boundary_import import CodeColumn
from addrsvc.admin_units.boundary_report import BoundaryReport
from addrsvc.admin_units.model import AdminUnit, BoundaryKind, UnitFilter, UnitLink
from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.cli.unit_conversion import convert_file
from addrsvc.clock import SystemClock, today
from addrsvc.errors import Text
from addrsvc.types import Level

app = typer.Typer(no_args_is_help=True)
app.command("convert")(convert_file)

_SHOWN = 20
"""Lines of each part of the report; counts are always complete."""


def say(vi: str, en: str) -> None:
    """Print one line in the language of the terminal."""
    print(Text(vi, en).in_(terminal_language()))


def _day(given: datetime | None) -> date:
    return given.date() if given is not None else today(SystemClock())


@app.command("list")
def list_(
    level: Level | None = typer.Option(None, help="Only this level."),
    parent: str | None = typer.Option(None, help="Only units below this code."),
    q: str | None = typer.Option(None, help="Beginning of the name, accents optional."),
    at: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="Legal day; today."),
    limit: int = typer.Option(100, min=1, max=20_000),
) -> None:
    """List units of one day, in order of code."""
    wanted = UnitFilter(day=_day(at), level=level, parent=parent, name=q)

    async def act(conn: AsyncConnection) -> tuple[list[AdminUnit], str | None]:
        return await service.list_units(conn, wanted, limit=limit)

    units, following = in_transaction(act)
    for unit in units:
        print(f"{unit.code}\t{unit.full_name}\t{unit.boundary_kind or '–'}")
    if following is not None:
        say("… còn nữa: tăng --limit.", "… there are more: raise --limit.")


@app.command()
def show(
    code: str = typer.Argument(help="Code of the unit: 2, 3 or 5 digits."),
    at: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="Legal day; today."),
) -> None:
    """Show one unit: its period, its boundary, what it came from and what it became."""
    day = _day(at)

    async def act(conn: AsyncConnection) -> None:
        unit = await service.get_unit(conn, code, day)
        print(f"{unit.code}  {unit.full_name}  ({unit.full_name_en})")
        say(
            f"hiệu lực: {unit.valid_from} – {unit.valid_to or 'nay'}",
            f"in force: {unit.valid_from} – {unit.valid_to or 'today'}",
        )
        say(
            f"ranh giới: {unit.boundary_kind or 'chưa có'} ({unit.boundary_source or '–'})",
            f"boundary: {unit.boundary_kind or 'none'} ({unit.boundary_source or '–'})",
        )
        for link in await service.predecessors(conn, code, day):
            print(f"  ← {link.from_id.code}  {link.from_name}  {_share(link)}")
        for link in await service.successors(conn, code, day):
            print(f"  → {link.to_id.code}  {link.to_name}  {_share(link)}")

    in_transaction(act)


def _share(link: UnitLink) -> str:
    return link.kind if link.share_of_from is None else f"{link.kind} {link.share_of_from:.1%}"


@app.command("import-boundaries")
def import_boundaries(
    file: Path = typer.Argument(help="GeoPackage, GeoJSON or Shapefile on this machine."),
    valid_from: datetime | None = typer.Option(
        None,
        formats=["%Y-%m-%d"],
        help="A legal day: units in force then get the boundaries; today if left out.",
    ),
    kind: BoundaryKind = typer.Option(..., help="official or approximate."),
    layer: str | None = typer.Option(None, help="Layer, where the file has several."),
    code_column: str | None = typer.Option(None, help="Column of unit codes; guessed if left out."),
    crs: str | None = typer.Option(None, help="Reference system instead of the file's: EPSG:9210."),
    source: str | None = typer.Option(None, help="Where the boundaries come from; the file name."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Report only, store nothing."),
    skip_invalid: bool = typer.Option(
        False, "--skip-invalid", help="Store the valid ones although others are invalid."
    ),
) -> None:
    """Import boundaries of units, after a report on what is in the file.

    Nothing is stored while a shape is invalid, unless those are to be skipped.
    """
    if kind is BoundaryKind.INDICATIVE:
        raise typer.BadParameter("official or approximate", param_hint="--kind")
    day = _day(valid_from)
    raw = read_boundaries(file, layer=layer, crs=crs)

    async def act(conn: AsyncConnection) -> None:
        units = await boundary_import.units_in_force(conn, day)
        report, column = boundary_import.check_boundaries(
            raw, units, file=file, day=day, code_column=code_column
        )
        _print_report(report, column, raw, units)
        if report.refused and not skip_invalid:
            raise BoundariesInvalid(count=len(report.refused))
        if dry_run:
            say("Chạy thử: chưa lưu gì.", "Dry run: nothing was stored.")
            return
        changed = await boundary_import.store_boundaries(
            conn,
            operator(),
            report.accepted,
            units,
            kind=kind,
            source=source or file.name,
            at=SystemClock().now(),
        )
        same = len(report.accepted) - changed
        say(
            f"Đã lưu {changed} ranh giới; {same} ranh giới đã có sẵn như vậy.",
            f"Stored {changed} boundaries; {same} were there already.",
        )

    in_transaction(act)


def _print_report(
    report: BoundaryReport, column: CodeColumn, raw: RawBoundaries, units: dict[str, AdminUnit]
) -> None:
    pinned = f", VN-2000 EPSG:{raw.vn2000_epsg}" if raw.vn2000_epsg else ""
    say(f"Hệ tọa độ: {raw.crs_name}{pinned}", f"Reference system: {raw.crs_name}{pinned}")
    say(
        f"Cột mã: {column.name} ({column.known:.0%} giá trị là mã đang có hiệu lực)",
        f"Code column: {column.name} ({column.known:.0%} of its values are codes in force)",
    )
    say(f"Khớp: {len(report.accepted)} đơn vị", f"Matched: {len(report.accepted)} units")
    _part(
        Text("Mã không có", "Unknown codes"), [str(code) for code in sorted(report.unknown_codes)]
    )
    language = terminal_language()
    _part(
        Text("Không hợp lệ", "Invalid"),
        [f"{r.code} #{r.row}: {r.error.text(language)}" for r in report.refused],
    )
    _part(
        Text("Chồng lấn", "Overlaps"),
        [f"{o.code} × {o.other}: {o.area_m2:,.0f} m²" for o in report.overlaps],
    )
    _part(
        Text("Khoảng hở", "Gaps"), [f"{g.lon}, {g.lat}: {g.area_m2:,.0f} m²" for g in report.gaps]
    )
    differing = [d for d in report.areas if abs(d.ratio - 1) > 0.05]
    _part(
        Text("Diện tích lệch trên 5 % so với công bố", "Areas off the declared by over 5 %"),
        [
            f"{d.code} {units[d.code].full_name}: {d.measured_km2:.2f} / {d.declared_km2:.2f} km²"
            for d in differing
        ],
    )


def _part(title: Text, lines: list[str]) -> None:
    say(f"{title.vi}: {len(lines)}", f"{title.en}: {len(lines)}")
    for line in lines[:_SHOWN]:
        print(f"  {line}")
    if len(lines) > _SHOWN:
        print(f"  … +{len(lines) - _SHOWN}")
