"""Prove that a log is what was sealed: no entry changed, none gone, none put between.

The chain alone shows every change that does not make all later hashes anew, and its head in
``log_head`` a tail cut off. Who owns the database can do both; that shows against a checkpoint
kept elsewhere (:mod:`addrsvc.events.checkpoints`). What no log can show: rows added at its end by
who may write, and what was never recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.errors import Text
from addrsvc.events.chain import BEGINNING, entry_hash
from addrsvc.events.checkpoints import Checkpoint
from addrsvc.events.feed import QUERIES
from addrsvc.events.sealing import Log, entry_of

_PAGE = 5_000
_SHOWN = 20
"""Most breaks told of one log."""


@dataclass(frozen=True, slots=True)
class Break:
    """One place where a log is not what was sealed."""

    number: int
    id: int | None
    """The row's; None: there is no row."""
    what: Text


@dataclass(slots=True)
class Verified:
    """What came out of reading a log."""

    log: str
    entries: int = 0
    last: int = 0
    """Number of the last entry; 0: there is none."""
    hash: bytes = BEGINNING
    unsealed: int = 0
    """Rows the sealer has not come to."""
    checkpoints: int = 0
    """Checkpoints that agree."""
    breaks: list[Break] = field(default_factory=list)
    """The first 20."""

    def found(self, number: int, id_: int | None, vi: str, en: str) -> None:
        """Note a break."""
        if len(self.breaks) < _SHOWN:
            self.breaks.append(Break(number, id_, Text(vi, en)))


async def verify(
    conn: Connection, log: Log, *, first: int = 1, checkpoints: Iterable[Checkpoint] = ()
) -> Verified:
    """Read a log from a number on, compute it anew and compare it with checkpoints.

    Args:
        conn: a transaction that has read nothing yet: everything is read as of one moment.
        log: which of the two.
        first: the first entry proved; the hash before it is taken as it stands.
        checkpoints: of this log, their signatures proved already.
    """
    await execute(conn, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", {})
    signed: dict[int, list[Checkpoint]] = defaultdict(list)
    for checkpoint in checkpoints:
        if checkpoint.number >= first - 1:
            signed[checkpoint.number].append(checkpoint)
    read = Verified(log.name, last=first - 1)
    if first > 1:
        before = await row(conn, log.queries["entry"], {"number": first - 1})
        if before is None:
            read.found(first - 1, None, "không có mục này", "there is no such entry")
        else:
            read.hash = before["hash"]
    _compare(read, signed)
    async for entry in _entries(conn, log, first):
        _take(read, entry)
        _compare(read, signed)
    await _end(conn, log, read)
    for number, left in sorted(signed.items()):
        read.found(
            number,
            None,
            f"mất mục này, điểm chốt ngày {left[0].at} đã ký nó; nhật ký hết ở mục {read.last}",
            f"gone, though the checkpoint of {left[0].at} signed it; the log ends at {read.last}",
        )
    return read


async def _entries(conn: Connection, log: Log, first: int) -> AsyncIterator[Row]:
    # from the very beginning, entries are looked for before it, too
    after = {"number": first - 1 if first > 1 else -(2**63), "id": 2**62, "limit": _PAGE}
    page: list[Row] | None = None
    while page is None or len(page) == _PAGE:
        page = await rows(conn, log.queries["sealed_entries"], after)
        for each in page:
            yield each
        if page:
            after.update(number=page[-1]["number"], id=page[-1]["id"])


def _take(read: Verified, entry: Row) -> None:
    """Compare one entry with the one before it."""
    number, id_ = entry["number"], entry["id"]
    if number < 1:
        read.found(number, id_, "mục này đứng trước mục đầu tiên", "before the first entry")
        return
    if number <= read.last:
        read.found(number, id_, "số thứ tự này có hai mục", "two entries have this number")
    elif number > read.last + 1:
        missing = f"{read.last + 1}–{number - 1}" if number > read.last + 2 else f"{number - 1}"
        read.found(read.last + 1, None, f"thiếu mục {missing}", f"missing: {missing}")
    elif entry_hash(read.hash, entry_of(entry)) != entry["hash"]:
        read.found(
            number,
            id_,
            "mã băm không khớp: nội dung mục này, hoặc mã băm của mục trước, đã bị sửa",
            "its hash does not follow: what it says, or the hash before it, was changed",
        )
    # on from what is stored, so that one change is one break
    read.entries += 1
    read.last, read.hash = number, entry["hash"]


def _compare(read: Verified, signed: dict[int, list[Checkpoint]]) -> None:
    """Compare the entry just read with what was signed of it."""
    for each in signed.pop(read.last, ()):
        if each.hash == read.hash:
            read.checkpoints += 1
        else:
            read.found(
                read.last,
                None,
                f"khác với điểm chốt đã ký ngày {each.at}: lịch sử đến đây đã bị viết lại",
                f"differs from the checkpoint signed {each.at}: history up to here was rewritten",
            )


async def _end(conn: Connection, log: Log, read: Verified) -> None:
    """Compare the last entry with the head, and count what waits for the sealer."""
    head = await row(conn, QUERIES["head"], {"log": log.name})
    number = head["number"] if head is not None else 0
    if number > read.last:
        missing = f"{read.last + 1}–{number}"
        read.found(read.last + 1, None, f"thiếu mục cuối: {missing}", f"the end is gone: {missing}")
    elif number < read.last or (head is not None and head["hash"] != read.hash):
        read.found(
            read.last,
            None,
            f"bộ đánh số dừng ở mục {number}, hoặc ở mã băm khác",
            f"the sealer stands at entry {number}, or at another hash",
        )
    waiting = await row(conn, log.queries["count_unsealed"], {})
    read.unsealed = waiting["count"] if waiting is not None else 0
