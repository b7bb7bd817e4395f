"""Import a file of zones as a draft, once what was found in it is shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.plans_display import show_plan, show_report
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.planning.files.model import ReadOptions, Report
from addrsvc.planning.files.report_json import as_json, marks_geojson
from addrsvc.planning.files.running import check_file
from addrsvc.planning.importing import LocalFile, Taken, check_local, import_checked
from addrsvc.planning.maps.report_drawing import draw_report_map
from addrsvc.planning.model import Described, Level, Plan, PlanKind
from addrsvc.settings import Settings

File = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, resolve_path=True, help=".gpkg, .geojson or .zip."),
]
Name = Annotated[str, typer.Option(help="Of the plan.")]
Kind = Annotated[PlanKind, typer.Option(help="Kind of the plan.")]
Whose = Annotated[Level, typer.Option(help="Whose plan it is.")]
CodeList = Annotated[str, typer.Option(help="land-use-2018, land-use-2024 or zoning-legend.")]
Decision = Annotated[str | None, typer.Option(help="Number of the decision.")]
Decided = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day of the decision.")
]
Issuer = Annotated[str | None, typer.Option(help="Who decided.")]
Scale = Annotated[int | None, typer.Option(help="Denominator: 2000 is 1:2000.")]
Period = Annotated[str | None, typer.Option(help="Years, such as 2021-2030.")]
Note = Annotated[str | None, typer.Option(help="Shown with the plan.")]
Synthetic = Annotated[bool, typer.Option("--synthetic", help="It is invented.")]
Crs = Annotated[str | None, typer.Option(help="Such as EPSG:9210; left out: as found.")]
Layer = Annotated[str | None, typer.Option(help="Where the file has several.")]
Encoding = Annotated[str | None, typer.Option(help="utf-8, cp1258, tcvn3 or vni.")]
CodeColumn = Annotated[str | None, typer.Option(help="Column of land-use codes.")]
LabelColumn = Annotated[str | None, typer.Option(help="Column of names of zones.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what is found.")]
AcceptRepairs = Annotated[bool, typer.Option("--accept-repairs", help="Take all repairs proposed.")]
LeaveOut = Annotated[bool, typer.Option("--leave-out", help="Leave out what stays invalid.")]
ReportFile = Annotated[
    Path | None, typer.Option(help="Write what is found, with a map: .html; else JSON.")
]


def import_(
    file: File,
    name: Name,
    kind: Kind,
    level: Whose,
    code_list: CodeList,
    decision: Decision = None,
    decided: Decided = None,
    issuer: Issuer = None,
    scale: Scale = None,
    period: Period = None,
    note: Note = None,
    synthetic: Synthetic = False,
    crs: Crs = None,
    layer: Layer = None,
    encoding: Encoding = None,
    code_column: CodeColumn = None,
    label_column: LabelColumn = None,
    dry_run: DryRun = False,
    accept_repairs: AcceptRepairs = False,
    leave_out: LeaveOut = False,
    report: ReportFile = None,
) -> None:
    """Check a file of zones and make a draft of it: all of it, or nothing."""
    first, last = _years(period)
    day = None if decided is None else decided.date()
    which = (name, kind, level, code_list)
    described = Described(*which, issuer, decision, day, scale, first, last, synthetic, note)
    local = LocalFile(file, ReadOptions(crs, layer, encoding, code_column, label_column))
    taken = Taken(None if accept_repairs else (), leave_out)
    clock, language = SystemClock(), terminal_language()

    async def work(conn: AsyncConnection) -> Plan | None:
        with TemporaryDirectory(prefix="addrsvc-plan-") as made:
            folder = Path(made)
            found = await check_local(conn, local, code_list, folder, check_file, clock)
            show_report(found, language)
            if report is not None:
                _write(found, report)
            if dry_run:
                return None
            return await import_checked(
                conn, operator(), described, local, found, folder, taken, clock
            )

    plan = in_transaction(work)
    if plan is not None:
        show_plan(plan, language)


def _years(period: str | None) -> tuple[int | None, int | None]:
    if period is None:
        return None, None
    first, _, last = period.partition("-")
    if not (first.isdecimal() and last.isdecimal() and len(period) == len("2021-2030")):
        raise typer.BadParameter("2021-2030", param_hint="--period")
    return int(first), int(last)


def _write(found: Report, path: Path) -> None:
    if path.suffix.lower() == ".html":
        html = draw_report_map(found, marks_geojson(found), terminal_language(), Settings().npm_dir)
        path.write_text(html, encoding="utf-8")
    else:
        path.write_bytes(orjson.dumps(as_json(found, with_shapes=True)))
