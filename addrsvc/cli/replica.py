"""Keep a copy of a register elsewhere, by its public API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from addrsvc.cli import terminal_language
from addrsvc.errors import Text
from addrsvc.replica import following
from addrsvc.replica.copy import Place, opened
from addrsvc.replica.errors import KeyFileUnreadable
from addrsvc.replica.server import Server

app = typer.Typer(no_args_is_help=True)

_SHOWN = 20

_BUILT = Text(
    "Đã dựng bản sao: {count} địa chỉ, đến sự kiện số {number}.",
    "Built: {count} addresses, up to event {number}.",
)
_REACHED = Text("Đến sự kiện số {number}.", "At event {number}.")
_STOPPED = Text(
    "Đã dừng ở sự kiện số {number}. Chạy lại lệnh này để theo dõi tiếp.",
    "Stopped at event {number}. Run this again to go on.",
)
_SAME = Text(
    "Bản sao khớp với máy chủ tại sự kiện số {number}.",
    "The copy is the same as the server's register at event {number}.",
)
_DIFFERS = Text(
    "{count} địa chỉ khác với máy chủ tại sự kiện số {number}:",
    "{count} addresses differ from the server's register at event {number}:",
)
_MISSING = Text("  {ref}: thiếu trong bản sao", "  {ref}: missing in the copy")
_EXTRA = Text(
    "  {ref}: máy chủ không có, hoặc khóa này không còn được xem",
    "  {ref}: not in the register, or not for this key to see any more",
)
_FIELDS = Text("  {ref}: khác ở {fields}", "  {ref}: differs in {fields}")
_MORE = Text("  … và {count} địa chỉ nữa", "  … and {count} more")
_AHEAD = Text(
    "Máy chủ này chỉ cho đọc nên ảnh chụp có thể mới hơn số sự kiện: một số khác biệt sẽ tự hết.",
    "This server only reads, so its snapshot may be ahead of its number: some differences pass.",
)

KeyFile = typer.Option(..., help="File that holds an API key with events:read and addresses:read.")


def _say(text: Text, **facts: object) -> None:
    print(text.in_(terminal_language()).format(**facts), flush=True)


def _with_key(file: Path) -> Callable[[str], Server]:
    try:
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        key = ""
    if not key or len(key.split()) != 1:
        raise KeyFileUnreadable(file=str(file))
    return lambda url: Server(url, key)


@app.command()
def build(
    url: str = typer.Argument(help="The server, such as https://diachi.example.vn"),
    key_file: Path = KeyFile,
    to: Path = typer.Option(..., help="Folder of the copy; one that is there is replaced."),
) -> None:
    """Build a copy from a snapshot; take it up with follow."""
    with _with_key(key_file)(url) as server:
        place = following.build(to, server)
    with opened(to) as copy:
        _say(_BUILT, count=copy.count(), number=place.number)


@app.command()
def follow(
    folder: Path = typer.Argument(help="Folder of the copy."),
    key_file: Path = KeyFile,
    until_current: bool = typer.Option(
        False, "--until-current", help="Stop when the copy is as far as the server."
    ),
) -> None:
    """Keep a copy up to date until stopped; it may be killed at any moment."""

    def report(place: Place) -> None:
        _say(_REACHED, number=place.number)

    try:
        until = 0 if until_current else None
        place = following.follow(folder, _with_key(key_file), until=until, report=report)
    except KeyboardInterrupt:
        with opened(folder) as copy:
            _say(_STOPPED, number=copy.place.number)
    else:
        _say(_REACHED, number=place.number)


@app.command()
def check(
    folder: Path = typer.Argument(help="Folder of the copy."), key_file: Path = KeyFile
) -> None:
    """Compare a copy with a new snapshot and name what differs; exit 1 if anything does."""
    place, found = following.check(folder, _with_key(key_file))
    if not found:
        _say(_SAME, number=place.number)
        return
    _say(_DIFFERS, count=len(found), number=place.number)
    for each in found[:_SHOWN]:
        if each.here is None:
            _say(_MISSING, ref=each.ref)
        elif each.there is None:
            _say(_EXTRA, ref=each.ref)
        else:
            _say(_FIELDS, ref=each.ref, fields=", ".join(each.fields()))
    if len(found) > _SHOWN:
        _say(_MORE, count=len(found) - _SHOWN)
    if not place.is_exact:
        _say(_AHEAD)
    raise typer.Exit(1)
