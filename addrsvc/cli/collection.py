"""Collection in the field: tasks, how far they are, files and sheets, figures of collectors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.cli.units import say
from addrsvc.clock import SystemClock, today
from addrsvc.collection import quality, splitting, tasks
from addrsvc.collection.carrying import import_file
from addrsvc.collection.listing import listing_pdf
from addrsvc.collection.listings import get_listing
from addrsvc.collection.progress import Progress, progress_of
from addrsvc.collection.sheet import sheet_xlsx
from addrsvc.collection.sheet_import import import_sheet
from addrsvc.collection.splitting import Split
from addrsvc.collection.tasks_errors import TaskAreaUnread
from addrsvc.collection.tasks_model import (
    PAGE_LIMIT,
    Changes,
    Named,
    NewTask,
    Task,
    TaskKind,
    TaskState,
    WantedTasks,
)
from addrsvc.db.doors import make_engine
from addrsvc.errors import Language, problem_shown
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FormatUnknown
from addrsvc.wording import number_words

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")

_COMMUNE = typer.Option(..., help="Code of the commune.")
_PERSON = typer.Option(None, help="Who is to do it: account:<login>; left out: nobody yet.")
_DUE = typer.Option(None, formats=["%Y-%m-%d"], help="Day it is to be done by.")
_NOTE = typer.Option(None, help="Words to the collector.")
_TASK = typer.Argument(help="Id of the task.")


@app.command()
def create(
    commune: str = _COMMUNE,
    street: str | None = typer.Option(None, help="A street of it."),
    locality: str | None = typer.Option(None, help="A locality of it, such as khu_pho:3."),
    area: Path | None = typer.Option(None, help="A GeoJSON file with a polygon."),
    title: str | None = typer.Option(None, help="Left out: named after its area."),
    person: str | None = _PERSON,
    due: datetime | None = _DUE,
    note: str | None = _NOTE,
) -> None:
    """Make a task of a commune, or of a street, locality or drawn area of it; print its id."""
    kind, named, shape = TaskKind.COMMUNE, None, None
    if locality is not None:
        word, _, name = locality.partition(":")
        kind, named = TaskKind.LOCALITY, Named(name, word)
    elif street is not None:
        kind, named = TaskKind.STREET, Named(street)
    elif area is not None:
        kind, shape = TaskKind.POLYGON, _shape(area)
    new = NewTask(kind, commune, title, named, shape, person, _day(due), note)
    made = in_transaction(lambda conn: tasks.create(conn, operator(), new, SystemClock()))
    print(made.task_id)


@app.command()
def split(
    commune: str = _COMMUNE,
    by: TaskKind = typer.Option(TaskKind.LOCALITY, help="locality or street."),
    name: list[str] = typer.Option([], help="Only this part; repeat for several."),
    least: int = typer.Option(1, min=0, help="Addresses a part has that is not named."),
    person: str | None = _PERSON,
    due: datetime | None = _DUE,
    note: str | None = _NOTE,
) -> None:
    """Make a task of each locality or street of a commune; those with an open one keep it."""
    wanted = Split(commune, by, name or None, least, person, _day(due), note)
    made = in_transaction(lambda conn: splitting.split(conn, operator(), wanted, SystemClock()))
    for each in made.tasks:
        print(f"{each.task_id}  {each.title}")
    say(
        f"Đã tạo {len(made.tasks)} nhiệm vụ; {len(made.there_already)} phần đã có nhiệm vụ.",
        f"{len(made.tasks)} tasks made; {len(made.there_already)} parts had one already.",
    )


@app.command("list")
def list_(
    commune: str | None = typer.Option(None, help="Code of a commune."),
    state: TaskState | None = typer.Option(None, help="open or closed."),
    person: str | None = typer.Option(None, help="account:<login>, or nobody."),
) -> None:
    """List tasks, the newest first, with how far each is."""
    nobody = person == "nobody"
    wanted = WantedTasks(commune, state, None if nobody else person, nobody)

    async def read(conn: AsyncConnection) -> list[tuple[Task, Progress]]:
        found: list[tuple[Task, Progress]] = []
        before: UUID | None = None
        while True:
            page, before = await tasks.list_tasks(
                conn, operator(), wanted, before=before, limit=PAGE_LIMIT
            )
            done = await progress_of(conn, operator(), page)
            found += [(each, done[each.task_id]) for each in page]
            if before is None:
                return found

    for task, done in in_transaction(read):
        due = "-" if task.due_on is None else task.due_on.isoformat()
        far = f"{done.visited}/{done.addresses}"
        person_ = task.assigned_to or "-"
        print(f"{task.task_id}  {task.state}  {far}  {due}  {person_}  {task.title}")


@app.command()
def progress(task_id: UUID = _TASK) -> None:
    """Show how far one task is."""

    async def read(conn: AsyncConnection) -> tuple[Task, Progress]:
        task = await tasks.get_task(conn, operator(), task_id)
        return task, (await progress_of(conn, operator(), [task]))[task_id]

    task, done = in_transaction(read)
    left = task.days_left(today(SystemClock()))
    rows = (
        ("Địa chỉ", "Addresses", done.addresses),
        ("Đã đến", "Visited", done.visited),
        ("Thêm mới", "New", done.new),
        ("Có sửa", "Corrected", done.corrected),
        ("Không còn", "Gone", done.gone),
        ("Vắng nhà", "Nobody home", done.nobody_home),
        ("Chờ duyệt", "To review", done.waiting),
        ("Trả lại", "Sent back", done.sent_back),
        ("Không duyệt", "Refused", done.refused),
        ("Để riêng", "Kept apart", done.kept_apart),
        ("Số ngày còn lại", "Days left", left),
    )
    print(task.title)
    for vietnamese, english, value in rows:
        if value is not None:
            say(f"  {vietnamese}: {value}", f"  {english}: {value}")


@app.command()
def assign(
    task_id: UUID = _TASK,
    person: str | None = _PERSON,
    due: datetime | None = _DUE,
    note: str | None = _NOTE,
) -> None:
    """Give a task to somebody, or to nobody; a due day and words only where they are named."""
    values: dict[str, Any] = {"assigned_to": person}
    values |= {"due_on": _day(due)} if due is not None else {}
    values |= {"note": note} if note is not None else {}
    changed = in_transaction(
        lambda conn: tasks.change(conn, operator(), task_id, None, Changes(values), SystemClock())
    )
    print(f"{changed.task_id}  {changed.assigned_to or '-'}")


@app.command()
def close(
    task_id: UUID = _TASK,
    reopen: bool = typer.Option(False, "--reopen", help="Open it again instead."),
) -> None:
    """Close a task: it leaves the phones; records that come later are taken all the same."""
    state = TaskState.OPEN if reopen else TaskState.CLOSED
    found = in_transaction(
        lambda conn: tasks.set_state(conn, operator(), task_id, None, state, SystemClock())
    )
    print(f"{found.task_id}  {found.state}")


@app.command()
def paper(
    task_id: UUID = _TASK,
    out: Path = typer.Option(..., dir_okay=False, help="Ends with .pdf, or .xlsx to be imported."),
) -> None:
    """Write the addresses of a task as a list to fill in: on paper, or as a spreadsheet."""
    settings = Settings()
    listing = in_transaction(lambda conn: get_listing(conn, operator(), task_id, SystemClock()))
    if out.suffix.lower() == ".xlsx":
        out.write_bytes(sheet_xlsx(listing, uuid4()))
    elif out.suffix.lower() == ".pdf":
        link = f"{settings.public_url.rstrip('/')}/field?task={task_id}"
        out.write_bytes(listing_pdf(listing, link, settings.npm_dir, is_demo=settings.demo))
    else:
        raise FormatUnknown(file=out.name)
    say(f"{out}: {len(listing.lines)} địa chỉ.", f"{out}: {len(listing.lines)} addresses.")


@app.command("import")
def import_(
    file: Path = typer.Argument(
        exists=True, dir_okay=False, help="JSON a phone exported, or the sheet (XLSX) of a task."
    ),
) -> None:
    """Take in records from a file; what arrived already is left. Ends with 5 where one is refused.

    Those a phone exported are kept apart until a supervisor accepts them.
    """
    language, settings = terminal_language(), Settings()
    refused = (
        _take_sheet(file, settings, language)
        if file.suffix.lower() == ".xlsx"
        else _take_exported(file, settings, language)
    )
    if refused:
        raise typer.Exit(5)


def _take_exported(file: Path, settings: Settings, language: Language) -> int:
    content = file.read_bytes()

    async def act(engine: AsyncEngine) -> Any:
        return await import_file(engine, operator(), content, settings, SystemClock())

    found = _with_engine(act, settings)
    for each in found.refused:
        print(f"{each.record}: {each.reason.text(language)}")
    _sum_up(found.taken, found.already_there, len(found.refused))
    return len(found.refused)


def _take_sheet(file: Path, settings: Settings, language: Language) -> int:
    async def act(engine: AsyncEngine) -> Any:
        return await import_sheet(engine, operator(), file, settings, SystemClock())

    found = _with_engine(act, settings)
    refused = [each for each in found.rows if each.problem is not None]
    for each in refused:
        shown = problem_shown(each.problem, language)
        say(f"Dòng {each.line}: {shown['detail']}", f"Line {each.line}: {shown['detail']}")
    _sum_up(len(found.rows) - len(refused), found.unchanged, len(refused))
    return len(refused)


def _sum_up(taken: int, there: int, refused: int) -> None:
    say(
        f"Đã nhận {taken}, giữ nguyên {there}, không nhận được {refused}.",
        f"{taken} taken, {there} left as they were, {refused} refused.",
    )


@app.command("quality")
def quality_(
    first: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="30 days ago."),
    last: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="Today."),
    commune: str | None = typer.Option(None, help="Code of a commune."),
) -> None:
    """Show figures of collectors: where a talk begins, never a verdict."""
    usual = quality.Period.before(_day(last) or today(SystemClock()), commune)
    period = quality.Period(_day(first) or usual.first, usual.last, commune)
    found = in_transaction(lambda conn: quality.list_figures(conn, operator(), period))
    language = terminal_language()
    heads = {
        "vi": ("người", "phiếu", "duyệt nguyên", "có sửa", "chờ", "trả lại", "không duyệt",
               "để riêng", "bỏ qua", "trùng", "quá nhanh", "đồng hồ", "sai số m", "chờ duyệt phút"),
        "en": ("collector", "records", "unchanged", "corrected", "waiting", "sent back", "refused",
               "kept apart", "overridden", "duplicates", "too fast", "clock", "accuracy m",
               "review min"),
    }[language]  # fmt: skip
    lines = [heads, *(_line(each, language) for each in found)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))


def _line(each: quality.Figures, language: Language) -> Sequence[str]:
    counts = (
        each.records, each.unchanged, each.corrected, each.waiting, each.sent_back, each.refused,
        each.kept_apart, each.overridden, each.duplicates, each.impossible, each.clock_off,
    )  # fmt: skip
    metres = "-" if each.accuracy_m is None else number_words(each.accuracy_m, language, 1)
    waited = "-" if each.review_s is None else number_words(each.review_s / 60, language)
    return (each.holder, *map(str, counts), metres, waited)


def _with_engine(act: Callable[[AsyncEngine], Awaitable[T]], settings: Settings) -> T:
    async def run() -> T:
        engine = make_engine(settings)
        try:
            return await act(engine)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def _shape(file: Path) -> dict[str, Any]:
    try:
        shape = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise TaskAreaUnread from None
    if isinstance(shape, dict) and len(shape.get("features") or ()) == 1:
        shape = shape["features"][0]
    if not isinstance(shape, dict):
        raise TaskAreaUnread
    return shape


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
