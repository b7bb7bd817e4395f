"""The logs of events and acts: verify their chains, sign and check checkpoints, read the log."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.cli import terminal_language
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import VIETNAM, SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.events import checkpoints as signed
from addrsvc.events import signing
from addrsvc.events.audit_log import Entry, Wanted, list_entries
from addrsvc.events.checkpoint_errors import CheckpointKeyMissing
from addrsvc.events.checkpoints import Checkpoint
from addrsvc.events.sealing import LOGS, Log
from addrsvc.events.verifying import Verified
from addrsvc.events.verifying import verify as prove
from addrsvc.settings import Settings
from addrsvc.tabular.formula import neutralise

app = typer.Typer(no_args_is_help=True)

LogName = Literal["events", "audit"]

_PAGE = 1_000
_COLUMNS = (
    "number",
    "recorded_at",
    "principal",
    "action",
    "subject",
    "outcome",
    "request_id",
    "detail",
)


@app.command()
def verify(
    log: LogName | None = typer.Option(None, help="One log only; else both."),
    checkpoints: Path | None = typer.Option(
        None, help="Folder of signed checkpoints; else ADDRSVC_CHECKPOINT_DIR."
    ),
    public_key: list[str] = typer.Option(
        [], help="Of who signed them; else of ADDRSVC_CHECKPOINT_KEY. Repeat for several."
    ),
    from_: int = typer.Option(1, "--from", min=1, help="First entry to prove."),
) -> None:
    """Compute the chain of each log anew; name every entry that does not hold, exit 1."""
    settings = Settings()
    folder = checkpoints or settings.checkpoint_dir
    keys = public_key or [signed.public_text(key) for key in signed.configured_keys(settings)]
    if folder is not None and not keys:
        raise CheckpointKeyMissing
    is_whole = True
    for each in LOGS:
        if log in {None, each.name}:
            known = signed.read(folder, each.name, keys) if folder is not None else []
            read = _prove(each, known, from_)
            _show(read, folder)
            is_whole = is_whole and not read.breaks
    if not is_whole:
        raise typer.Exit(1)


def _prove(log: Log, known: Sequence[Checkpoint], first: int) -> Verified:
    async def run(conn: AsyncConnection) -> Verified:
        return await prove(conn, log, first=first, checkpoints=known)

    return in_transaction(run)


def _show(read: Verified, folder: Path | None) -> None:
    print(
        f"{'BROKEN' if read.breaks else 'ok    '}  {read.log}: {read.entries} entries up to "
        f"{read.last}, {read.unsealed} not sealed yet"
    )
    if folder is None:
        print("        no checkpoints given: a history rewritten as a whole would not show")
    else:
        print(f"        {read.checkpoints} signed checkpoints agree")
    for each in read.breaks:
        row = f" (row {each.id})" if each.id is not None else ""
        print(f"        entry {each.number}{row}: {each.what.in_(terminal_language())}")


@app.command("list")
def list_(
    principal: str | None = typer.Option(None, help="Who, such as key:ab12cd34."),
    action: str | None = typer.Option(None, help="What, or its beginning, such as address."),
    subject: str | None = typer.Option(None, help="To what: a code or an id."),
    outcome: Literal["done", "refused"] | None = typer.Option(None, help="Whether it happened."),
    since: datetime | None = typer.Option(None, help="From this moment on, in Vietnam's time."),
    until: datetime | None = typer.Option(None, help="Before this moment, in Vietnam's time."),
    newest: bool = typer.Option(False, "--newest", help="The newest first."),
    limit: int = typer.Option(100, min=1, help="At most so many entries."),
    as_csv: bool = typer.Option(False, "--csv", help="CSV instead of lines."),
) -> None:
    """List who did or tried what, in order: sealed entries only."""
    wanted = Wanted(principal, action, subject, outcome, _there(since), _there(until))
    writer = csv.writer(sys.stdout)
    if as_csv:
        writer.writerow(_COLUMNS)

    async def run(conn: AsyncConnection) -> None:
        left, behind, page = limit, None, None
        while page is None or (left > 0 and len(page) == _PAGE):
            page = await list_entries(
                conn,
                operator(),
                wanted,
                behind=behind,
                newest_first=newest,
                limit=min(left, _PAGE),
            )
            for each in page:
                line = _line(each)
                if as_csv:
                    writer.writerow(map(neutralise, line))
                else:
                    print("  ".join(line))
            left -= len(page)
            behind = page[-1].number if page else None

    in_transaction(run)


def _there(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=VIETNAM) if moment is not None else None


def _line(entry: Entry) -> list[str]:
    return [
        str(entry.number),
        entry.recorded_at.astimezone(VIETNAM).isoformat("T", "seconds"),
        entry.principal,
        entry.action,
        entry.subject,
        entry.outcome,
        entry.request_id or "",
        orjson.dumps(entry.detail).decode() if entry.detail is not None else "",
    ]


@app.command()
def checkpoint() -> None:
    """Prove what was added to each log since its last checkpoint, and sign one now."""
    settings = Settings()
    keys = signed.configured_keys(settings)
    if settings.checkpoint_dir is None or not keys:
        raise CheckpointKeyMissing

    async def run() -> list[Checkpoint]:
        engine = make_engine(settings)
        try:
            return await signing.write_checkpoints(engine, SystemClock(), settings)
        finally:
            await engine.dispose()

    for each in asyncio.run(run()):
        print(f"{each.log}: entry {each.number}, {each.hash.hex()}, {each.at}")
    print(f"public key: {signed.public_text(keys[0])}")


@app.command()
def new_key() -> None:
    """Make a key for signing checkpoints and print it once, with its public half."""
    seed = signed.new_seed()
    print(f"ADDRSVC_CHECKPOINT_KEY={seed}")
    print(f"public key: {signed.public_text(signed.signing_key(seed))}")
