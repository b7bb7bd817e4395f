"""The JSON of acts on addresses: what is asked for, and what was done."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from addrsvc.auth.model import Principal
from addrsvc.errors import Language
from addrsvc.registry.acting import ActDone
from addrsvc.registry.acts import RecordedAct, Touched
from addrsvc.registry.commands import (
    ChangeAddress,
    MergeAddresses,
    NamedVersion,
    PartsFate,
    ReplaceAddress,
    ReserveAddress,
    RetireAddress,
    SplitAddress,
)
from addrsvc.registry.model import ACT_NAMES, ACT_STATUS_NAMES, STATUS_NAMES, Instrument, Status
from addrsvc.registry.schemas import (
    AmendIn,
    AssignIn,
    Closed,
    CodeText,
    LongText,
    ShortText,
    address_out,
)

Since = Annotated[date | None, Field(description="first legal day it is so; none: today")]


class InstrumentIn(Closed):
    """Legal instrument an act rests on (văn bản pháp lý)."""

    number: Annotated[ShortText, Field(examples=["1685/NQ-UBTVQH15"])]
    issued_on: date
    issuer: ShortText
    title: LongText | None = None

    def to_model(self) -> Instrument:
        """Give the value object."""
        return Instrument(self.number, self.issued_on, self.issuer, self.title)


class ChangeIn(AmendIn):
    """What became otherwise in the world."""

    on: Since = None

    def to_command(self) -> ChangeAddress:
        """Give the command the service takes."""
        return ChangeAddress(**self.amendment(), on=self.on)


class ReserveIn(Closed):
    """Why and since when a planned house has its code."""

    reason: LongText | None = None
    on: Since = None

    def to_command(self) -> ReserveAddress:
        """Give the command the service takes."""
        return ReserveAddress(self.reason, self.on)


class RetireIn(Closed):
    """Why and since when an address is out of use, and what took its place."""

    reason: LongText
    successors: Annotated[tuple[CodeText, ...], Field(max_length=200)] = ()
    relation: Literal["replaced", "merged", "split"] = "replaced"
    on: Since = None
    parts: PartsFate | None = None

    def to_command(self) -> RetireAddress:
        """Give the command the service takes."""
        return RetireAddress(self.reason, self.successors, self.relation, self.on, self.parts)


class NamedIn(Closed):
    """An address, and the version of it the asker saw."""

    code: CodeText
    version: Annotated[int, Field(ge=1, lt=2**31)]

    def to_model(self) -> NamedVersion:
        """Give the value object."""
        return NamedVersion(self.code, self.version)


class _SuccessionIn(Closed):
    """What merging, splitting and replacing have in common."""

    reason: LongText
    on: Since = None
    instrument: InstrumentIn | None = None

    def of_act(self) -> dict[str, Any]:
        """Give these fields of the command."""
        instrument = None if self.instrument is None else self.instrument.to_model()
        return {"reason": self.reason, "on": self.on, "instrument": instrument}


class MergeIn(_SuccessionIn):
    """Several addresses that become one, in use already or new."""

    addresses: Annotated[list[NamedIn], Field(min_length=1, max_length=200)]
    into: NamedIn | AssignIn

    def to_command(self) -> MergeAddresses:
        """Give the command the service takes."""
        into = self.into
        return MergeAddresses(
            addresses=tuple(each.to_model() for each in self.addresses),
            into=into.to_model() if isinstance(into, NamedIn) else into.to_command(),
            **self.of_act(),
        )


class SplitIn(_SuccessionIn):
    """The new addresses one becomes."""

    into: Annotated[list[AssignIn], Field(min_length=2, max_length=200)]
    parts: Literal["retire"] | None = None

    def to_command(self) -> SplitAddress:
        """Give the command the service takes."""
        into = tuple(each.to_command() for each in self.into)
        return SplitAddress(into=into, parts=self.parts, **self.of_act())


class ReplaceIn(_SuccessionIn):
    """The new address that takes the place of one."""

    by: AssignIn
    parts: PartsFate | None = None

    def to_command(self) -> ReplaceAddress:
        """Give the command the service takes."""
        return ReplaceAddress(by=self.by.to_command(), parts=self.parts, **self.of_act())


class UndoIn(Closed):
    """Why something is taken back."""

    reason: LongText


def done_out(done: ActDone, principal: Principal, language: Language) -> dict[str, Any]:
    """Give an act just done, with the addresses it wrote of as they stand."""
    addresses = [address_out(each, principal, language) for each in done.addresses]
    return {"act_id": done.act_id, "addresses": addresses}


def act_out(act: RecordedAct, language: Language) -> dict[str, Any]:
    """Give an act on record: for scopes only."""
    return {
        "act_id": act.act_id,
        "kind": act.kind,
        "kind_name": ACT_NAMES[act.kind].in_(language),
        "status": act.status,
        "status_name": ACT_STATUS_NAMES[act.status].in_(language),
        "principal": act.principal,
        "recorded_at": act.recorded_at.isoformat(),
        "reason": act.reason,
        "instrument": act.instrument,
        "effective_on": None if act.effective_on is None else act.effective_on.isoformat(),
        "counts": act.counts,
        "undoes": act.undoes,
        "undone_by": act.undone_by,
    }


def touched_out(touched: Touched, language: Language) -> dict[str, Any]:
    """Give an address an act wrote of."""
    return {
        "ref": touched.ref,
        "status": touched.status,
        "status_name": STATUS_NAMES[Status(touched.status)].in_(language),
        "version": touched.version,
        "version_now": touched.version_now,
    }
