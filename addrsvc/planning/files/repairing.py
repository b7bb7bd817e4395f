"""What invalid zones would become: proposals made in capped child processes, shown before taken.

Never in this process and never in the database: repairing shapes made to hurt has crashed both.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import orjson
import shapely
import structlog

from addrsvc.planning.files import child, kept
from addrsvc.planning.files.checking_shapes import drawn
from addrsvc.planning.files.errors import ChildEnded
from addrsvc.planning.files.model import Fault, Repair
from addrsvc.planning.files.report_json import ReportDamaged, repair_of

log = structlog.get_logger("addrsvc")

ALL_SECONDS: Final = 180.0
"""Of all repairs of a file; what is not done by then is told as too long."""
ZONE_SECONDS: Final = 5.0
"""Of one zone, and as many again to compare what it was with what it would be."""
OVERLAPS_SECONDS: Final = 120.0
"""Of holding all repaired zones against the others."""
MEMORY_BYTES: Final = 2 * 2**30

_BATCH_ZONES: Final = 500
_BATCH_BYTES: Final = 8 * 2**20
"""Of shapes given to one process; one larger shape goes alone."""
_MARGIN_SECONDS: Final = 30.0
"""What a process needs to start, on a busy machine."""
_DONE_BYTES: Final = 256 * 2**20


async def repair_all(
    folder: Path,
    *,
    seconds: float = ALL_SECONDS,
    zone_seconds: float = ZONE_SECONDS,
) -> tuple[Repair, ...]:
    """Propose a repair of every invalid zone kept in a folder, and keep the proposals there.

    What they would overlap is said with them. Those given back show large shapes roughly; ``kept``
    has them whole.

    Args:
        folder: of a file checked, see ``kept.write``.
        seconds: for all of them.
        zone_seconds: for each.

    Raises:
        ChildEnded: what was kept is not as it was written.
    """
    broken = await asyncio.to_thread(lambda: list(kept.read_broken(folder)))
    until = asyncio.get_running_loop().time() + seconds
    found: list[Repair] = []
    for batch in _batches(broken):
        found += await _repair_batch(folder, batch, until, zone_seconds)
    await asyncio.to_thread(kept.keep_repairs, folder, found)
    found = await _held_against_others(folder, found)
    return await asyncio.to_thread(lambda: tuple(map(_to_be_drawn, found)))


def _batches(broken: Sequence[kept.BrokenZone]) -> Iterator[list[kept.BrokenZone]]:
    batch: list[kept.BrokenZone] = []
    size = 0
    for zone in broken:
        if batch and (len(batch) == _BATCH_ZONES or size + len(zone.wkb) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(zone)
        size += len(zone.wkb)
    if batch:
        yield batch


async def _repair_batch(
    folder: Path, batch: list[kept.BrokenZone], until: float, zone_seconds: float
) -> list[Repair]:
    """Repair zones; the one a process ends at is told so, and the next process begins after it."""
    found: list[Repair] = []
    left = batch
    while left:
        seconds = until - asyncio.get_running_loop().time()
        if seconds <= 0:
            return found + [_failed(zone, "too-long") for zone in left]
        done, reason = await _run(folder, left, zone_seconds, seconds)
        found += done
        left = left[len(done) :]
        if left and reason is not None:
            found.append(_failed(left[0], reason))
            left = left[1:]
    return found


async def _held_against_others(folder: Path, repairs: Sequence[Repair]) -> list[Repair]:
    """Say what zones would overlap as repaired; where that is not found out, nothing is said."""
    if all(each.shape is None for each in repairs):
        return list(repairs)
    try:
        told = await child.run_child(
            "overlaps",
            {"folder": str(folder)},
            folder,
            seconds=OVERLAPS_SECONDS,
            memory_bytes=MEMORY_BYTES,
        )
        return _with_overlaps(repairs, told)
    except (ChildEnded, ReportDamaged) as error:
        log.warning("overlaps of repairs not found out", reason=str(error)[:200])
        return list(repairs)


def _with_overlaps(repairs: Sequence[Repair], told: Mapping[str, Any]) -> list[Repair]:
    """Take what a process says of repairs.

    Raises:
        ReportDamaged: it is not of them.
    """
    rows = told.get("repairs")
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise ReportDamaged("repairs")
    said = [repair_of({"fault": Fault.OTHER_INVALID.value, **each}) for each in rows]
    by_n = {each.n: each for each in said}
    if by_n.keys() != {each.n for each in repairs if each.shape is not None}:
        raise ReportDamaged("n")
    return [
        each
        if each.shape is None
        else replace(each, overlap_m2=by_n[each.n].overlap_m2, overlaps=by_n[each.n].overlaps)
        for each in repairs
    ]


def _failed(zone: kept.BrokenZone, reason: str) -> Repair:
    return Repair(zone.n, zone.fault, None, None, reason=reason)


async def _run(
    folder: Path, zones: Sequence[kept.BrokenZone], zone_seconds: float, seconds: float
) -> tuple[list[Repair], str | None]:
    """Let one process repair zones; give the first so many, and why it ended at the next.

    None: it is done with all, or ended when it compared the last it did.
    """
    done = folder / f"repaired-{uuid4().hex}.jsonl"
    given = {
        "zones": [[zone.n, b64encode(zone.wkb).decode("ascii")] for zone in zones],
        "done": str(done),
        "zone_seconds": zone_seconds,
    }
    most = min(seconds, 2 * zone_seconds * len(zones)) + _MARGIN_SECONDS
    reason: str = "crashed"
    try:
        await child.run_child("repair", given, folder, seconds=most, memory_bytes=MEMORY_BYTES)
    except ChildEnded as ended:
        reason = ended.reason
    try:
        repairs, is_compared = await asyncio.to_thread(_read, done, zones)
        return repairs, reason if is_compared else None
    finally:
        done.unlink(missing_ok=True)


def _read(done: Path, zones: Sequence[kept.BrokenZone]) -> tuple[list[Repair], bool]:
    """Read what a process did, as far as it is what it should be: two lines of every zone.

    The second says how areas differ. The other value: whether the last zone has it.
    """
    lines = child.bytes_of(done, _DONE_BYTES).splitlines()
    found: list[Repair] = []
    for place, zone in enumerate(zones):
        told: dict[str, object] = {"fault": zone.fault.value}
        try:
            for line in lines[2 * place : 2 * place + 2]:
                said = orjson.loads(line)
                if not isinstance(said, dict) or said.get("n") != zone.n:
                    return found, True
                told |= said
            if "n" not in told:
                break
            found.append(_judged(repair_of(told)))
        except (orjson.JSONDecodeError, ReportDamaged):
            return found, True
    return found, len(lines) != 2 * len(found) - 1


def _judged(repair: Repair) -> Repair:
    """Give a repair whose shape is a valid area, or none."""
    if repair.shape is None:
        return repair if repair.reason is not None else replace(repair, reason="crashed")
    if kept.are_sound([repair.shape]) == [True] and repair.after_m2 is not None:
        return replace(repair, overlap_m2=None, overlaps=())  # found out later, by another process
    return Repair(repair.n, repair.fault, None, None, reason="crashed")


def _to_be_drawn(repair: Repair) -> Repair:
    if repair.shape is None:
        return repair
    return replace(repair, shape=drawn(shapely.from_wkb(repair.shape)))
