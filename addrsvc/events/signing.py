"""Write checkpoints of the logs, each after proving what was added since the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.events import checkpoints
from addrsvc.events.checkpoint_errors import (
    CheckpointForged,
    CheckpointKeyMissing,
    HistoryContradicts,
)
from addrsvc.events.checkpoints import Checkpoint
from addrsvc.events.sealing import LOGS, Log
from addrsvc.events.verifying import verify
from addrsvc.settings import Settings

_log = structlog.get_logger("addrsvc.events")


async def write_checkpoint(
    conn: AsyncConnection,
    log: Log,
    folder: Path,
    keys: Sequence[Ed25519PrivateKey],
    at: datetime,
) -> Checkpoint | None:
    """Sign what a log has come to; None: nothing was ever sealed.

    Everything since the checkpoint before is computed anew first, so that each signs only what
    was proved, and none claims less than one before.

    Args:
        conn: a transaction that has read nothing yet.
        log: which of the two.
        folder: where checkpoints are kept.
        keys: the first signs; the others did before it.
        at: the present moment.

    Raises:
        CheckpointForged: the folder holds lines none of the keys signed.
        HistoryContradicts: the database does not hold what was signed before.
    """
    public_keys = [checkpoints.public_text(key) for key in keys]
    known = await asyncio.to_thread(checkpoints.read, folder, log.name, public_keys)
    last = checkpoints.last_of(known)
    first = last.number + 1 if last is not None else 1
    read = await verify(conn, log, first=first, checkpoints=[last] if last is not None else [])
    if read.breaks:
        broken = read.breaks[0]
        raise HistoryContradicts(log.name, broken.number, broken.what.vi, broken.what.en)
    if read.last == 0:
        return None
    made = checkpoints.checkpoint(log.name, read.last, read.hash, at)
    await asyncio.to_thread(checkpoints.add, folder, made, keys[0])
    return made


async def write_checkpoints(
    engine: AsyncEngine, clock: Clock, settings: Settings
) -> list[Checkpoint]:
    """Write a checkpoint of each log, where a folder and a key are set.

    Raises:
        CheckpointKeyMissing: there is a folder and no key.
        CheckpointForged, HistoryContradicts: as of :func:`write_checkpoint`; the other log has
            been dealt with.
    """
    if settings.checkpoint_dir is None:
        return []
    keys = checkpoints.configured_keys(settings)
    if not keys:
        raise CheckpointKeyMissing
    written: list[Checkpoint] = []
    refused: CheckpointForged | HistoryContradicts | None = None
    for log in LOGS:
        try:
            async with transaction(engine) as conn:
                made = await write_checkpoint(conn, log, settings.checkpoint_dir, keys, clock.now())
        except (CheckpointForged, HistoryContradicts) as error:
            _log.critical("no checkpoint is signed", log=log.name, why=str(error))
            refused = error
        else:
            written += [made] if made is not None else []
    if refused is not None:
        raise refused
    return written
