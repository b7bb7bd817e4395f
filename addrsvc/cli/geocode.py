"""Find the places addresses mean: one text, or a file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import orjson
import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.import_display import counting
from addrsvc.cli.session import reach
from addrsvc.clock import SystemClock, today
from addrsvc.db.doors import open_doors
from addrsvc.errors import Language, Text
from addrsvc.geocoding import forward
from addrsvc.geocoding.answers import Match
from addrsvc.geocoding.batch import STATUSES, Receipt, geocode_file, receipt_path
from addrsvc.geocoding.errors import AskedTwice, NothingAsked
from addrsvc.geocoding.geocodejson import collection
from addrsvc.geocoding.limits import MAX_ANSWERS
from addrsvc.geocoding.schemas import GeocodeParams
from addrsvc.geocoding.verdict import Verdict
from addrsvc.geocoding.world import Geocoder, load_geocoder
from addrsvc.settings import Settings
from addrsvc.tabular.csv_reading import CsvSource
from addrsvc.tabular.errors import FileMissing

T = TypeVar("T")

_LOAD_MS: Final = 600_000
"""Reading all names once may take longer than a request's statement."""

_NOTHING = Text("Không tìm thấy nơi nào.", "No place was found.")
_MATCH = Text(
    "{place}. {label}\n   mức {level}, độ tin cậy {confidence:.0%}, sai số {accuracy}{code}",
    "{place}. {label}\n   level {level}, confidence {confidence:.0%}, accuracy {accuracy}{code}",
)
_VERDICT = Text("Loại {category}: {action}", "Category {category}: {action}")
_ROWS = Text("Số dòng", "Rows")
_NAMES: Final[dict[str, Text]] = {
    "certain": Text("  chắc chắn (A, B)", "  certain (A, B)"),
    "review": Text("  cần người xem (C)", "  for a person (C)"),
    "not_found": Text("  không tìm thấy", "  not found"),
    "empty": Text("  ô trống", "  empty"),
    "too_long": Text("  quá dài", "  too long"),
    "unreadable": Text("  dòng hỏng", "  unreadable"),
}
_INPUT = Text("Tệp vào, SHA-256: {sha256}", "Input, SHA-256: {sha256}")
_RECEIPT = Text("Biên nhận: {file}", "Receipt: {file}")
_STOPPED = Text(
    "Đã dừng. Chạy lại đúng lệnh này để làm tiếp.",
    "Stopped. Run the same command again to go on.",
)


def geocode(
    text: str | None = typer.Argument(None, help="An address, as written."),
    file: Path | None = typer.Option(None, help="CSV file to geocode instead."),
    column: str = typer.Option("address", help="Column of the file that holds the address."),
    out: Path | None = typer.Option(None, help="Where to; beside the file if left out."),
    at: datetime | None = typer.Option(None, formats=["%Y-%m-%d"], help="Legal day; today."),
    limit: int = typer.Option(5, min=1, max=MAX_ANSWERS, help="Most answers to a text."),
    json: bool = typer.Option(False, "--json", help="Give GeocodeJSON, as the API does."),
) -> None:
    """Find the place an address means, or those of a whole file: rows in = rows out.

    Interrupted, the file so far is whole; run the same command again and it goes on.
    """
    if file is not None:
        if text is not None:
            raise AskedTwice(given="TEXT, --file")
        _run_file(file, out or file.with_name(f"{file.stem}.geocoded.csv"), column, at)
        return
    if text is None:
        raise NothingAsked(field="TEXT")
    params = {"q": text, "limit": str(limit)}
    if at is not None:
        params["at"] = at.date().isoformat()
    query = GeocodeParams.read(params).to_query(today(SystemClock()))

    async def act(geocoder: Geocoder) -> tuple[forward.Answer, Verdict]:
        answer = await forward.geocode(geocoder.probes, geocoder.world, query)
        return answer, forward.validate(geocoder.world, answer)

    answer, verdict = _with_geocoder(act)
    if json:
        print(orjson.dumps(collection(answer.best, text), option=orjson.OPT_INDENT_2).decode())
    else:
        _show(answer, verdict, terminal_language())


def _with_geocoder(act: Callable[[Geocoder], Awaitable[T]]) -> T:
    """Load everything once, act, and close the doors."""

    async def run() -> T:
        settings = Settings()
        await reach(settings)
        longer = max(settings.statement_timeout_ms, _LOAD_MS)
        doors = await open_doors(settings.model_copy(update={"statement_timeout_ms": longer}))
        try:
            return await act(await load_geocoder(doors, SystemClock()))
        finally:
            await doors.close()

    return asyncio.run(run())


def _show(answer: forward.Answer, verdict: Verdict, language: Language) -> None:
    for place, match in enumerate(answer.best, start=1):
        print(_line(place, match, language))
    if not answer.matches:
        print(_NOTHING.in_(language))
    facts = {"category": verdict.category, "action": verdict.next_action}
    print(_VERDICT.in_(language).format(**facts))
    for finding in verdict.findings:
        print(f"  {finding.id}: {finding.text(language)}")


def _line(place: int, match: Match, language: Language) -> str:
    found = match.candidate
    return _MATCH.in_(language).format(
        place=place,
        label=found.label,
        level=found.level.value,
        confidence=match.confidence,
        accuracy="–" if found.accuracy_m is None else f"{found.accuracy_m:,.0f} m",
        code="" if found.code is None else f", {found.code}",
    )


def _run_file(file: Path, out: Path, column: str, at: datetime | None) -> None:
    if not file.is_file():
        raise FileMissing(file=file.name)
    day = at.date() if at is not None else today(SystemClock())
    begun = time.monotonic()

    async def act(geocoder: Geocoder) -> Receipt:
        with counting(CsvSource(file).estimate()) as report:
            return await geocode_file(
                file,
                out,
                column,
                probe=geocoder.probes,
                world=geocoder.world,
                at=day,
                report=lambda receipt: report(receipt.rows),
            )

    language = terminal_language()
    try:
        receipt = _with_geocoder(act)
    except KeyboardInterrupt:
        print(_STOPPED.in_(language))
        raise typer.Exit(130) from None
    print(f"{_ROWS.in_(language):<28}{receipt.rows:>12,}")
    for status in STATUSES:
        print(f"{_NAMES[status].in_(language):<28}{receipt.counts.get(status, 0):>12,}")
    print(_INPUT.in_(language).format(sha256=receipt.sha256))
    print(_RECEIPT.in_(language).format(file=receipt_path(out)))
    print(f"{time.monotonic() - begun:.1f} s")
