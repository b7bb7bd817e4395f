"""Planning maps: import, list, show, compare, publish, withdraw, discard, write zones to a file."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import plans_import, terminal_language
from addrsvc.cli.plans_addresses import addresses
from addrsvc.cli.plans_changes import changes
from addrsvc.cli.plans_display import EMPTY, plain, plan_line, show_plan, show_rehearsal
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import VIETNAM, SystemClock
from addrsvc.planning import service
from addrsvc.planning.model import Level, Plan, PlanKind, PlanStatus, Wanted
from addrsvc.planning.schemas import zones_out
from addrsvc.planning.service import Publishing

app = typer.Typer(no_args_is_help=True)
app.command("import")(plans_import.import_)
app.command()(addresses)
app.command()(changes)

PlanId = typer.Argument(help="Number of the plan, as list shows it.")
_DAY = ["%Y-%m-%d"]
_PAGE = 200


@app.command("list")
def list_(
    status: PlanStatus | None = typer.Option(None, help="Only these."),
    kind: PlanKind | None = typer.Option(None, help="Only these."),
    level: Level | None = typer.Option(None, help="Only these."),
    commune: str | None = typer.Option(None, help="Code of a commune they lie in."),
    at: datetime | None = typer.Option(None, formats=_DAY, help="That hold on this legal day."),
    limit: int = typer.Option(50, min=1, max=_PAGE, help="At most so many, the newest."),
) -> None:
    """List plans, newest first: number, status, days, zones, name."""
    wanted = Wanted(status, kind, level, commune, _day(at))

    async def read(conn: AsyncConnection) -> list[Plan]:
        return (await service.list_plans(conn, operator(), wanted, limit=limit))[0]

    language = terminal_language()
    found = in_transaction(read)
    for each in found:
        print(plan_line(each, language))
    if not found:
        print(EMPTY.in_(language))


@app.command()
def show(plan_id: int = PlanId) -> None:
    """Show one plan: its decision, when it holds, what it covers."""
    show_plan(
        in_transaction(lambda conn: service.get_plan(conn, operator(), plan_id)),
        terminal_language(),
    )


@app.command()
def publish(
    plan_id: int = PlanId,
    from_: datetime = typer.Option(
        ..., "--from", formats=_DAY, help="Legal day from which it holds."
    ),
    replaces: list[int] = typer.Option(
        [], help="Number of a plan whose place it takes; may be repeated."
    ),
    no_tell: bool = typer.Option(
        False,
        "--no-tell",
        help="Tell nobody of the addresses concerned, propose nothing to dossiers: for a plan that "
        "has long been in force.",
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Tell what would come of it."),
) -> None:
    """Publish a draft; the plans it replaces hold until that day."""
    language, clock = terminal_language(), SystemClock()
    wanted = Publishing(from_.date(), tuple(sorted(set(replaces))), tells=not no_tell)
    if dry_run:
        show_rehearsal(
            in_transaction(
                lambda conn: service.rehearse_publishing(
                    conn, operator(), plan_id, wanted, None, clock
                )
            ),
            language,
        )
        return
    published = in_transaction(
        lambda conn: service.publish_plan(conn, operator(), plan_id, wanted, None, clock)
    )
    show_plan(published, language)


@app.command()
def withdraw(
    plan_id: int = PlanId,
    from_: datetime = typer.Option(
        ..., "--from", formats=_DAY, help="First legal day on which it holds no more."
    ),
    reason: str = typer.Option(..., help="Why; it is public."),
) -> None:
    """Withdraw a published plan; those it had replaced do not come back."""
    day = from_.date()
    withdrawn = in_transaction(
        lambda conn: service.withdraw_plan(
            conn, operator(), plan_id, day, reason, None, SystemClock()
        )
    )
    show_plan(withdrawn, terminal_language())


@app.command()
def discard(plan_id: int = PlanId) -> None:
    """Discard a draft; its history stays."""
    in_transaction(
        lambda conn: service.discard_plan(conn, operator(), plan_id, None, SystemClock())
    )


@app.command()
def history(plan_id: int = PlanId) -> None:
    """List what was done to a plan, in order: version, act, when, who, why."""
    found = in_transaction(lambda conn: service.list_history(conn, operator(), plan_id))
    for each in found:
        at = each.recorded_at.astimezone(VIETNAM).isoformat(" ", "minutes")
        print(f"{each.version}  {each.act}  {at}  {each.principal}  {plain(each.reason or '')}")


@app.command()
def zones(
    plan_id: int = PlanId,
    out: Path = typer.Option(..., help="GeoJSON file to write."),
) -> None:
    """Write the zones of a plan as GeoJSON in WGS 84."""
    language = terminal_language()

    async def write(conn: AsyncConnection) -> int:
        plan = await service.get_plan(conn, operator(), plan_id)
        count, after = 0, 0
        name = json.dumps(plan.described.name, ensure_ascii=False)
        with out.open("wb") as file:
            file.write(f'{{"type":"FeatureCollection","name":{name},"features":[\n'.encode())
            while True:
                page = await service.list_zones(conn, plan, after=after, limit=_PAGE)
                for feature in zones_out(plan, page, language)["features"]:
                    file.write((b",\n" if count else b"") + orjson.dumps(feature))
                    count += 1
                if page.next is None:
                    break
                after = page.next
            file.write(b"\n]}\n")
        return count

    print(f"{in_transaction(write):,} → {out}")


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()
