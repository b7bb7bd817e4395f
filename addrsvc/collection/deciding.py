"""Decide by rules what becomes of a record that is kept: into the register, or to a supervisor.

What is clean is written at once. Of a correction, fields only the phone changed are written, and
fields both changed wait as conflicts, where the register's value holds. Whatever is doubtful, or
refused by the register, waits for a supervisor with the reasons; then nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.collection import applying, comparing, judging, moving, records
from addrsvc.collection.merging import Merge, Merged, merge
from addrsvc.collection.model import Act, Finding, State, Waits
from addrsvc.collection.records import Outcome, Settlement
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.registry.errors import AddressNotFound, VersionStale
from addrsvc.registry.lifecycle import LIVING
from addrsvc.registry.model import Address
from addrsvc.settings import Settings

RULES: Final = "rules"
"""Who decided, where nobody did."""

_TRIES: Final = 10
"""How often a correction is merged anew where somebody else writes the address at once."""


async def decide(
    engine: AsyncEngine,
    submission_id: UUID,
    principal: Principal,
    clock: Clock,
    _settings: Settings,
) -> None:
    """Decide about a record that waits for the register; about any other nothing is done.

    One transaction of its own, which holds the record: done twice, at once or later, it is decided
    once. Where the database fails, the record waits for the register still, and the worker goes on.
    Before that it is said of the record made next, too, where nobody goes there so fast.

    Args:
        engine: the write door.
        submission_id: the record, kept and committed.
        principal: the device that sent it, which acts in the register.
        clock: the moment of the decision.

    Raises:
        DBAPIError, psycopg.Error: the database failed; nothing of it was done.
    """
    await moving.look_again(engine, submission_id)
    async with transaction(engine) as conn:
        standing = await records.lock(conn, submission_id)
        if standing is None or standing.submission.waits_for is not Waits.REGISTER:
            return
        await _settle(_Case(conn, standing, principal, clock))


async def hold(engine: AsyncEngine, submission_id: UUID, finding: Finding, clock: Clock) -> None:
    """Give a record that waits for the register to a supervisor, as it cannot be decided."""
    await moving.look_again(engine, submission_id)
    async with transaction(engine) as conn:
        standing = await records.lock(conn, submission_id)
        if standing is None or standing.submission.waits_for is not Waits.REGISTER:
            return
        nobody = Principal(f"device:{standing.submission.device}")
        said = applying.collected_fields(standing.record)
        held = _Decided(None, merge(None, {}, said), [finding])
        await _put(_Case(conn, standing, nobody, clock), held)


@dataclass(frozen=True, slots=True)
class _Case:
    """A record held, and who acts."""

    conn: AsyncConnection
    standing: records.Standing
    principal: Principal
    clock: Clock
    again: tuple[Finding, ...] = ()
    """That a supervisor decided about it before, and not that it is right."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """What came of it."""

    address: Address | None
    merge: Merge
    findings: Sequence[Finding]
    wrote: frozenset[str] = frozenset()
    others: Mapping[str, Merged] = field(default_factory=dict)
    """Conflicts that are none of the merge."""

    @property
    def conflicts(self) -> Mapping[str, Merged]:
        mine = {name: self.merge.fields[name] for name in self.merge.conflicts}
        return {**mine, **self.others}


async def _settle(case: _Case) -> None:
    act, submission = case.standing.record.act, case.standing.submission
    case = replace(case, again=await _sent_again(case))
    if act is Act.ADD and submission.address_id is None:
        decided = await _add(case)
    elif act in {Act.ADD, Act.CORRECT}:
        decided = await _correct(case)
    else:
        decided = await _visit(case)
    await _put(case, decided)


async def _sent_again(case: _Case) -> tuple[Finding, ...]:
    before = await records.find_before(case.conn, case.standing)
    decision = None if before is None else before.outcome.decision
    if decision is None or decision is State.ACCEPTED:
        return ()
    return (Finding(judging.SENT_AGAIN, {"decision": decision.value}),)


async def _add(case: _Case) -> _Decided:
    record = case.standing.record
    said = applying.collected_fields(record)
    new = merge(dict.fromkeys(said), {}, said)
    kind = None if record.fields is None else record.fields.kind
    findings = [
        *case.again,
        *judging.look(record, kind),
        *await comparing.look_at_place(case.conn, case.principal, case.standing),
        *await comparing.look_nearby(case.conn, case.principal, record),
    ]
    if _is_held(case, findings):
        return _Decided(None, new, findings)
    try:
        async with case.conn.begin_nested():
            address = await applying.add(
                case.conn,
                case.principal,
                record,
                said,
                case.clock,
                code=case.standing.submission.code,
            )
    except AddrsvcError as error:
        return _Decided(None, new, [*findings, judging.refused(error)])
    return _Decided(address, new, findings, frozenset(new.changes))


async def _correct(case: _Case) -> _Decided:
    """Merge with what the register says; anew where somebody else writes meanwhile."""
    record = case.standing.record
    said = applying.collected_fields(record)
    kind = None if record.fields is None else record.fields.kind
    found = [
        *case.again,
        *judging.look(record, kind),
        *await comparing.look_at_place(case.conn, case.principal, case.standing),
    ]
    for _ in range(_TRIES):
        compared = await _compare(case)
        if isinstance(compared, Finding):
            return _Decided(None, merge(None, {}, said), [*found, compared])
        address, merged = compared.address, compared.merge
        findings = [*found, *_out_of_use(address)]
        if _is_held(case, findings) or not merged.changes:
            return _Decided(address, merged, findings)
        try:
            async with case.conn.begin_nested():
                after = await applying.correct(
                    case.conn,
                    case.principal,
                    record,
                    address,
                    merged.changes,
                    case.clock,
                    stays=True,
                )
        except VersionStale:
            continue
        except AddrsvcError as error:
            return _Decided(address, merged, [*findings, judging.refused(error)])
        return _Decided(after, merged, findings, frozenset(merged.changes))
    return _Decided(address, merged, [*findings, Finding(judging.UNDECIDED, {"tries": _TRIES})])


async def _visit(case: _Case) -> _Decided:
    """Settle ``gone``, which a supervisor confirms, and ``nobody-home``, which says nothing."""
    record = case.standing.record
    findings = list(judging.look(record, None)) if record.act is Act.GONE else []
    compared = await _compare(case)
    if isinstance(compared, Finding):
        return _Decided(None, Merge({}), [*findings, compared])
    if record.act is not Act.GONE:
        return _Decided(compared.address, Merge({}), findings)
    findings += _out_of_use(compared.address)
    return _Decided(
        compared.address, Merge({}), findings, others=comparing.seen_otherwise(compared)
    )


async def _compare(case: _Case) -> comparing.Compared | Finding:
    """Read the address and what the device saw; or why there is none."""
    try:
        return await comparing.compare(case.conn, case.principal, case.standing)
    except AddressNotFound as error:
        return Finding(judging.ADDRESS_UNKNOWN, {"ref": error.code})
    except AddrsvcError as error:
        return judging.refused(error)


def _out_of_use(address: Address) -> list[Finding]:
    if address.status in LIVING:
        return []
    successors = [each.code for each in address.successors]
    facts = {"status": address.status.value, "successors": successors}
    return [Finding(judging.ADDRESS_OUT_OF_USE, facts)]


def _is_held(case: _Case, findings: Sequence[Finding]) -> bool:
    """Tell whether anything found, here or when it came, is for a supervisor to judge."""
    slugs = {each.slug for each in findings} | {each["slug"] for each in case.standing.findings}
    return bool(slugs - judging.MARKS)


async def _put(case: _Case, decided: _Decided) -> None:
    """Write what came of a record: conflicts, the trace in the audit log, and where it stands."""
    standing, at = case.standing, case.clock.now()
    submission, address = standing.submission, decided.address
    findings = judging.without_overridden(decided.findings)
    is_visit = submission.act is Act.NOBODY_HOME and address is not None
    is_held = (_is_held(case, findings) and not is_visit) or bool(decided.conflicts)
    state = State.RECEIVED if is_held else State.ACCEPTED
    await records.put_conflicts(case.conn, submission, decided.conflicts)
    kept = [*standing.findings, *(each.to_json() for each in findings)]
    await audit.record(
        case.conn,
        principal=case.principal.id,
        action="submission.accept" if state is State.ACCEPTED else "submission.hold",
        subject=f"submission:{submission.submission_id}",
        at=at,
        detail={
            "by": RULES,
            "revision": submission.revision,
            "address": None if address is None else address.ref,
            "wrote": sorted(decided.wrote),
            "findings": [each["slug"] for each in kept],
            "conflicts": sorted(decided.conflicts),
        },
    )
    version = None if address is None else address.version
    settled = Settlement(
        state=state,
        waits_for=Waits.REVIEW if is_held else None,
        findings=kept,
        outcome=Outcome(decided.merge, version, decided.wrote),
        address_id=submission.address_id if address is None else address.address_id,
        commune=None if address is None else address.area,
        decided_at=None if is_held else at,
        decided_by=None if is_held else RULES,
        code=submission.code,
    )
    await records.settle(case.conn, standing, settled)
