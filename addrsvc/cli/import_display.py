"""Show an import on the terminal: the columns found, a progress bar, the receipt."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language, Text
from addrsvc.registry.bulk.importing import OpenedFile
from addrsvc.registry.bulk.importing import Progress as Done
from addrsvc.registry.bulk.model import Receipt

_PLAIN_EVERY_S = 5.0

_COLUMNS = Text("Cột của tệp:", "Columns of the file:")
_UNUSED = Text("Không dùng", "Not used")
_DEFAULTS = Text(
    "Mặc định: loại {kind}, nguồn {source}, độ chính xác {accuracy_m:g} m, cách đo {method}, "
    "điểm {marks}, hệ tọa độ {crs}, bảng mã {encoding}",
    "Defaults: kind {kind}, source {source}, accuracy {accuracy_m:g} m, method {method}, "
    "marks {marks}, reference system {crs}, encoding {encoding}",
)
_REHEARSED = Text("THỬ: chưa ghi gì.", "DRY RUN: nothing was written.")
_RESUMED = Text(
    "Tiếp tục lần nhập bị gián đoạn, từ dòng dữ liệu thứ {record:,}.",
    "Went on with an interrupted import, from record {record:,}.",
)
_LINES: tuple[tuple[str, Text], ...] = (
    ("rows", Text("Số dòng nhận", "Rows in")),
    ("assigned", Text("  đã cấp mã", "  assigned")),
    ("already_there", Text("  đã có từ trước", "  already there")),
    ("proposed", Text("  đề xuất (chưa có tọa độ)", "  proposed (no position yet)")),
    ("reserved", Text("  giữ chỗ (có mã, chưa có tọa độ)", "  reserved (code, no position yet)")),
    ("rejected", Text("  từ chối", "  rejected")),
)
_DUPLICATES = Text(
    "Có thể trùng địa chỉ đã có: {count:,}; xem bằng lệnh addrsvc addresses duplicates.",
    "duplicates: {count:,}, see addrsvc addresses duplicates.",
)
_REJECTS = Text(
    "Dòng bị từ chối, kèm lý do: {file}. Hãy sửa rồi nhập lại chính tệp đó.",
    "Rejected rows, each with its reason: {file}. Mend that file and import it.",
)
_FIRST = Text("Mã đầu tiên: {code}", "First code: {code}")


def show_columns(opened: OpenedFile, language: Language) -> None:
    """Print which column was taken for which field, and the defaults."""
    print(_COLUMNS.in_(language))
    for field, column in opened.columns.pairs():
        print(f"  {field} ← {column}")
    unused = opened.columns.unused()
    if unused:
        print(f"  {_UNUSED.in_(language)}: {', '.join(unused)}")
    options = opened.options
    print(
        _DEFAULTS.in_(language).format(
            kind=options.kind or "—",
            source=options.source or opened.path.name,
            accuracy_m=options.accuracy_m,
            method=options.method,
            marks=options.marks,
            crs=(options.crs or "EPSG:4326")[:40],
            encoding=opened.source.encoding,
        )
    )


class _Report(Protocol):
    def __call__(self, done: Done, /) -> None: ...


@contextmanager
def progress(total: int | None) -> Iterator[_Report]:
    """Show the progress of an import, see :func:`counting`."""
    with counting(total) as count:
        yield lambda done, /: count(done.records)


@contextmanager
def counting(total: int | None) -> Iterator[Callable[[int], None]]:
    """Show progress: a bar with rate and time left on a terminal, plain lines elsewhere."""
    if sys.stdout.isatty():
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}/s"),
            TimeRemainingColumn(),
        ) as bars:
            task = bars.add_task("", total=total, rate="…")
            begun = time.monotonic()

            def advance(records: int) -> None:
                rate = records / max(time.monotonic() - begun, 0.001)
                bars.update(task, completed=records, rate=f"{rate:,.0f}")

            yield advance
        return
    shown = begun = time.monotonic()

    def tell(records: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown >= _PLAIN_EVERY_S:
            shown = now
            rate = records / (now - begun)
            of = "" if total is None else f" / {total:,}"
            print(f"{records:,}{of}  {rate:,.0f}/s", flush=True)

    yield tell


def show_receipt(receipt: Receipt, language: Language) -> None:
    """Print what became of every row."""
    if receipt.dry_run:
        print(_REHEARSED.in_(language))
    if receipt.resumed_at:
        print(_RESUMED.in_(language).format(record=receipt.resumed_at + 1))
    for name, label in _LINES:
        count = receipt.rows if name == "rows" else getattr(receipt.counts, name)
        print(f"{label.in_(language):<34}{count:>12,}")
    if receipt.counts.duplicates:
        print(_DUPLICATES.in_(language).format(count=receipt.counts.duplicates))
    if receipt.rejects_file is not None:
        print(_REJECTS.in_(language).format(file=receipt.rejects_file))
    if receipt.first_code is not None and not receipt.dry_run:
        print(_FIRST.in_(language).format(code=DigitalCode.of(receipt.first_code).plate))
    rate = (receipt.rows - receipt.resumed_at) / max(receipt.seconds, 0.001)
    print(f"{receipt.seconds:.1f} s, {rate:,.0f}/s")
