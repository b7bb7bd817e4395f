"""Check digital address codes, in any written form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from addrsvc.auth.model import Scope
from addrsvc.errors import AddrsvcError, Kind, Text
from addrsvc.file_jobs import columns
from addrsvc.file_jobs.kinds.judging import JUDGED, judged, judged_columns
from addrsvc.file_jobs.kinds.work import Room, RowDone, RowWork, Terms
from addrsvc.geocoding.checking import CodeChecks
from addrsvc.geocoding.verdict import Verdict
from addrsvc.tabular.model import Record

ROLES: Final[dict[str, Text]] = {"code": Text("Mã địa chỉ số", "Digital address code")}
_MISSES: Final = 2**53
"""Whoever may have files done may read lists, and is not kept from guessing here."""


async def work(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    """Look codes up."""
    texts = [terms.cell(record, "code") for record in records]
    verdicts = iter(await verdicts_of(room, [text for text in texts if text]))
    done = []
    for text in texts:
        if not text:
            done.append(WORK.undone("empty", ""))
            continue
        verdict = next(verdicts)
        if isinstance(verdict, AddrsvcError):
            status = "not_found" if verdict.kind is Kind.NOT_FOUND else "refused"
            done.append(WORK.undone(status, verdict.text(terms.language)))
        else:
            done.append(judged(verdict, terms.language))
    return done


async def verdicts_of(room: Room, texts: Sequence[str]) -> list[Verdict | AddrsvcError]:
    """Judge codes as whoever asked may see what has them."""
    if not texts:
        return []
    checks = CodeChecks(
        room.codes, room.doors.pool, room.principal, misses_left=_MISSES, retry_after_s=0
    )
    return await checks.check(texts)


def lacks(roles: Collection[str]) -> Sequence[str]:
    """Need a code."""
    return () if "code" in roles else ("code",)


WORK: Final = RowWork(
    scope=Scope.ADDRESSES_READ,
    roles=ROLES,
    guess=partial(columns.guess, columns.CODE),
    lacks=lacks,
    work=work,
    **judged_columns("check", JUDGED),
)
