"""Accept a record: what it says is done in the register, as far as the supervisor did not say else.

What the supervisor chose or typed holds; of the rest, what only the collector changed. A field that
the register says otherwise by now, and nobody chose, refuses the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.collection import applying, comparing, merging, records
from addrsvc.collection.comparing import EXISTENCE, Compared
from addrsvc.collection.decisions import Decision, conclude, take
from addrsvc.collection.errors import ConflictsOpen
from addrsvc.collection.merging import FIELDS, Merged, Standing, fields_of
from addrsvc.collection.model import Act, State, Submission
from addrsvc.collection.records import Outcome
from addrsvc.db.rows import execute, row
from addrsvc.registry.errors import AddressNotFound, FieldInvalid, VersionStale
from addrsvc.registry.lifecycle import LIVING
from addrsvc.registry.model import Kind

_NEEDED: Final = frozenset({"kind", "position"})
"""Fields that always say something."""


async def accept(
    conn: AsyncConnection,
    principal: Principal,
    submission_id: UUID,
    version: int,
    *,
    values: Mapping[str, Any] | None = None,
    distinct_because: str | None = None,
    address_version: int | None = None,
    clock: Clock,
) -> Submission:
    """Do in the register what the record says, as the supervisor.

    Args:
        conn: the transaction.
        principal: the supervisor, who acts in the register.
        submission_id: the record.
        version: of the record, as read.
        values: by field, what the supervisor chose or typed, as ``FieldLook`` gives values; None
            as a value says nothing. Fields left out: as collected, but where the register says
            otherwise by now one must be chosen.
        distinct_because: why it is no duplicate of what it looks like.
        address_version: of ``Look.address``, as read; None: whichever it is.
        clock: the moment.

    Raises:
        SubmissionUnknown, SubmissionStale, SubmissionInOtherState: as they say.
        ConflictsOpen: fields the register says otherwise, and nothing was chosen.
        FieldInvalid: a value is none of its field.
        VersionStale: the address changed since it was read.
        AddrsvcError: what the register refuses, such as DuplicateAddress.
    """
    standing = await take(conn, principal, submission_id, version)
    chosen = cleaned(values or {})
    act = standing.record.act
    acting = _Accepting(conn, principal, standing, clock, distinct_because, address_version)
    if act is Act.ADD and standing.submission.address_id is None:
        decision = await acting.add(chosen)
    elif act in {Act.ADD, Act.CORRECT}:
        decision = await acting.correct(chosen)
    elif act is Act.GONE:
        decision = await acting.retire()
    else:
        decision = await acting.note_visit()
    return await conclude(conn, principal, standing, "accept", decision, clock)


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give values as they are merged.

    Raises:
        FieldInvalid: a value is none of its field.

    >>> cleaned({"house_number": " 12  A ", "unit": ""})
    {'house_number': '12 A', 'unit': None}
    """
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS or (value is None and name in _NEEDED):
            raise FieldInvalid(field=name)
        try:
            kept[name] = _cleaned(name, value)
        except (KeyError, TypeError, ValueError) as error:
            raise FieldInvalid(field=name) from error
    return kept


def _cleaned(name: str, value: Any) -> Any:
    if name == "kind":
        return Kind(value).value
    if name == "position":
        return merging.position_json(merging.position_of(value))
    return merging.localities_of(value) if name == "localities" else merging.text_of(value)


class _Accepting:
    """One acceptance under way."""

    def __init__(
        self,
        conn: AsyncConnection,
        principal: Principal,
        standing: records.Standing,
        clock: Clock,
        distinct_because: str | None,
        address_version: int | None,
    ) -> None:
        self._conn, self._principal, self._clock = conn, principal, clock
        self._standing, self._record = standing, standing.record
        self._because, self._version = distinct_because, address_version

    async def add(self, chosen: Mapping[str, Any]) -> Decision:
        """Register the address; under its code from the block wherever that is still possible."""
        collected = applying.collected_fields(self._record)
        said = {**collected, **chosen}
        code = self._standing.submission.code or await self._claim()
        address = await applying.add(
            self._conn,
            self._principal,
            self._record,
            said,
            self._clock,
            code=code,
            distinct_because=self._because,
        )
        new = merging.merge(dict.fromkeys(collected), {}, collected)
        await self._choose(new.fields, said)
        outcome = Outcome(new, address.version, frozenset(said), has_written=True)
        detail = {"address": address.ref, "wrote": sorted(said), "typed": sorted(chosen)}
        return Decision(State.ACCEPTED, outcome, address, code=code, detail=detail)

    async def _claim(self) -> str | None:
        """Speak for the code of a record that came when its block had ended.

        It is on the house by now, and nobody else's: who reads it there shall find it.
        """
        code, submission = self._record.code, self._standing.submission
        if code is None:
            return None
        await execute(self._conn, records.QUERIES["lock_code"], {"code": code})
        which = {"code": code, "device": submission.device}
        found = await row(self._conn, records.QUERIES["is_free_in_block"], which)
        return code if found is not None and found["is_free"] else None

    async def correct(self, chosen: Mapping[str, Any]) -> Decision:
        """Write what was chosen, and of the rest what only the collector changed."""
        compared = await self._compare()
        address, merged = compared.address, compared.merge
        still_open = [name for name in merged.conflicts if name not in chosen]
        if still_open:
            raise ConflictsOpen(fields=still_open)
        registered = fields_of(address.document)
        wanted = {**merged.changes, **chosen}
        changes = {name: value for name, value in wanted.items() if value != registered[name]}
        if changes:
            address = await applying.correct(
                self._conn,
                self._principal,
                self._record,
                address,
                changes,
                self._clock,
                distinct_because=self._because,
            )
        after = {**registered, **changes}
        await self._choose(merged.fields, after)
        before = self._standing.outcome
        wrote = frozenset(changes) | (frozenset() if before is None else before.wrote)
        outcome = Outcome(merged, address.version, wrote, has_written=bool(changes))
        detail = {"address": address.ref, "wrote": sorted(changes), "typed": sorted(chosen)}
        return Decision(State.ACCEPTED, outcome, address, detail=detail)

    async def _choose(self, fields: Mapping[str, Merged], after: Mapping[str, Any]) -> None:
        """Note whose value each field has, wherever the collector's is not what was written."""
        submission, before = self._standing.submission, self._standing.outcome
        stated = () if before is None else before.merge.conflicts
        told = {
            name: each
            for name, each in fields.items()
            if name in stated
            or each.standing is Standing.CONFLICT
            or (after[name] != each.collected and each.standing is not Standing.REGISTERED)
        }
        await records.put_conflicts(self._conn, submission, told)
        whose = {name: _whose(each, after[name]) for name, each in told.items()}
        await records.choose(
            self._conn, submission, whose, by=self._principal.id, at=self._clock.now()
        )

    async def retire(self) -> Decision:
        """Take the address out of use; what was said of it since must have been looked at."""
        compared = await self._compare()
        address, others = compared.address, comparing.seen_otherwise(compared)
        if others and self._version is None:
            raise ConflictsOpen(fields=sorted(others))
        outcome = Outcome(merging.Merge({}), address.version)
        if address.status in LIVING:
            address = await applying.retire(
                self._conn, self._principal, self._record, address, self._clock
            )
            wrote = frozenset({EXISTENCE})
            outcome = Outcome(merging.Merge({}), address.version, wrote, has_written=True)
        await records.put_conflicts(self._conn, self._standing.submission, others)
        whose = dict.fromkeys(others, "collected")
        await records.choose(
            self._conn,
            self._standing.submission,
            whose,
            by=self._principal.id,
            at=self._clock.now(),
        )
        detail = {"address": address.ref, "wrote": sorted(outcome.wrote)}
        return Decision(State.ACCEPTED, outcome, address, detail=detail)

    async def note_visit(self) -> Decision:
        """Take in that somebody was there; where the address is not known, where it was said."""
        try:
            address = (await self._compare()).address
        except AddressNotFound:
            address = None
        return Decision(State.ACCEPTED, address=address)

    async def _compare(self) -> Compared:
        compared = await comparing.compare(self._conn, self._principal, self._standing)
        address = compared.address
        if self._version is not None and self._version != address.version:
            raise VersionStale(given=str(self._version), current=address.version)
        return compared


def _whose(field: Merged, value: Any) -> str:
    if value == field.collected:
        return "collected"
    return "registered" if value == field.registered else "other"
