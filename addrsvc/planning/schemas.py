"""The JSON of plans: what comes in, checked and closed; what goes out to who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Final, cast

import shapely
from pydantic import ConfigDict, Field, JsonValue, field_validator

from addrsvc.auth.model import Principal, Scope
from addrsvc.errors import Language
from addrsvc.events.chain import moment
from addrsvc.geo import geojson
from addrsvc.planning.acts import HistoryEntry
from addrsvc.planning.changes.model import COMPARISON_STATE_NAMES, Counts
from addrsvc.planning.code_lists import LISTS, use_of
from addrsvc.planning.describing import NAME_LIMIT, NOTE_LIMIT, SCALES, YEARS
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    REFERENCE_NOTICE,
    STATUS_NAMES,
    Described,
    Level,
    Plan,
    PlanKind,
)
from addrsvc.planning.repository import ZonePage
from addrsvc.planning.service import Publishing, Rehearsal
from addrsvc.registry.schemas import Closed

EXAMPLE: Final[dict[str, JsonValue]] = {
    "name": "Quy hoạch sử dụng đất thời kỳ 2021-2030 (ví dụ)",
    "kind": "land_use",
    "level": "commune",
    "code_list": "land-use-2024",
    "issuer": "UBND tỉnh",
    "decision_number": "12/QĐ-UBND",
    "decision_date": "2025-12-30",
    "scale": 10000,
    "period_from": 2021,
    "period_to": 2030,
}

Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
Short = Annotated[str, Field(max_length=NAME_LIMIT)]
Decision = Annotated[str, Field(max_length=100)]
Note = Annotated[str, Field(max_length=NOTE_LIMIT)]
CodeListId = Annotated[
    str, Field(max_length=40, description="what its codes mean", examples=sorted(LISTS))
]
Scale = Annotated[int, Field(ge=SCALES[0], le=SCALES[1], description="denominator: 2000 is 1:2000")]
Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[1])]
PlanNumber = Annotated[int, Field(ge=1, lt=2**62)]


class PlanIn(Closed):
    """A draft to begin."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    name: Name
    kind: PlanKind
    level: Level
    code_list: CodeListId
    issuer: Short | None = None
    decision_number: Annotated[
        Decision | None, Field(description="needed to publish, as its date")
    ] = None
    decision_date: date | None = None
    scale: Scale | None = None
    period_from: Year | None = None
    period_to: Year | None = None
    is_synthetic: Annotated[
        bool, Field(description="invented, for showing and testing: every answer says so")
    ] = False
    note: Note | None = None

    def to_described(self) -> Described:
        """Give it as the register has it."""
        return Described(**dict(self))


class PlanChangeIn(Closed):
    """What to say else of a draft; what is left out stays, null takes it away."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"scale": 5000}]}
    )

    name: Name | None = None
    kind: PlanKind | None = None
    level: Level | None = None
    code_list: CodeListId | None = None
    issuer: Short | None = None
    decision_number: Decision | None = None
    decision_date: date | None = None
    scale: Scale | None = None
    period_from: Year | None = None
    period_to: Year | None = None
    is_synthetic: bool | None = None
    note: Note | None = None

    @field_validator("name", "kind", "level", "code_list", "is_synthetic")
    @classmethod
    def _is_there(cls, value: object) -> object:
        if value is None:
            raise ValueError("it cannot be taken away")
        return value

    def to_changes(self) -> dict[str, Any]:
        """Give the fields that were sent."""
        return {field: getattr(self, field) for field in self.model_fields_set}


class PublishIn(Closed):
    """From when on a draft holds, and whose place it takes."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"valid_from": "2026-03-01", "replaces": [4]}]},
    )

    valid_from: Annotated[date, Field(description="legal day from which it holds")]
    replaces: Annotated[
        tuple[PlanNumber, ...],
        Field(max_length=50, description="published plans that hold until that day"),
    ] = ()
    tells: Annotated[
        bool,
        Field(
            description="false: nobody is told of the addresses concerned, nothing is proposed "
            "to dossiers; for a plan that has long been in force. That is kept in its history"
        ),
    ] = True

    def to_publishing(self) -> Publishing:
        """Give it as the register has it."""
        return Publishing(self.valid_from, tuple(sorted(set(self.replaces))), self.tells)


class WithdrawIn(Closed):
    """From when on a plan holds no more, and why."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"valid_to": "2026-06-01", "reason": "QĐ 9/QĐ-UBND bãi bỏ"}]
        },
    )

    valid_to: Annotated[date, Field(description="first legal day on which it holds no more")]
    reason: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500,
            pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
            description="public; names no person",
        ),
    ]


def plan_out(plan: Plan, principal: Principal, language: Language) -> dict[str, Any]:
    """Give a plan; who wrote it is told to planners."""
    said = asdict(plan.described)
    code_list = LISTS.get(plan.described.code_list)
    base = f"/v1/plans/{plan.plan_id}"
    told = {
        "plan_id": plan.plan_id,
        "version": plan.version,
        "status": plan.status.value,
        "status_name": STATUS_NAMES[plan.status].in_(language),
        **said,
        "kind_name": KIND_NAMES[plan.described.kind].in_(language),
        "level_name": LEVEL_NAMES[plan.described.level].in_(language),
        "code_list_name": None if code_list is None else code_list.name.in_(language),
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
        "zones": plan.zones,
        "vertices": plan.vertices,
        "area_m2": plan.area_m2,
        "extent": plan.extent,
        "communes": plan.communes,
        "replaces": plan.replaces,
        "replaced_by": plan.replaced_by,
        "published_at": None if plan.published_at is None else moment(plan.published_at),
        "notice": REFERENCE_NOTICE.in_(language),
        "links": {
            "self": base,
            "zones": f"{base}/zones",
            "history": f"{base}/history",
        },
    }
    if principal.may(Scope.PLANS_WRITE):
        told |= {
            "file_id": plan.file_id,
            "created_at": moment(plan.created_at),
            "created_by": plan.created_by,
            "changed_at": moment(plan.changed_at),
            "changed_by": plan.changed_by,
        }
        told["links"] = {**told["links"], "files": f"{base}/files"}
    return told


def plan_line(plan: Plan, language: Language) -> dict[str, Any]:
    """Give what tells a plan from others."""
    said = plan.described
    return {
        "plan_id": plan.plan_id,
        "name": said.name,
        "status": plan.status.value,
        "status_name": STATUS_NAMES[plan.status].in_(language),
        "kind": said.kind.value,
        "level": said.level.value,
        "decision_number": said.decision_number,
        "is_synthetic": said.is_synthetic,
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
    }


def rehearsal_out(rehearsal: Rehearsal, principal: Principal, language: Language) -> dict[str, Any]:
    """Give what publishing would do."""
    known = rehearsal.comparison
    return {
        "dry_run": True,
        "plan": plan_out(rehearsal.plan, principal, language),
        "valid_from": rehearsal.wanted.valid_from,
        "superseded": [plan_line(each, language) for each in rehearsal.replaced],
        "alongside": [plan_line(each, language) for each in rehearsal.alongside],
        "counts_state": known.state.value,
        "counts_state_name": COMPARISON_STATE_NAMES[known.state].in_(language),
        "counts": None if known.counts is None else _counts_out(known.counts),
    }


def _counts_out(counts: Counts) -> dict[str, Any]:
    communes = [
        {"commune": each.commune, "addresses": each.addresses, "dossiers": each.dossiers}
        for each in counts.communes
    ]
    return {
        "addresses": counts.addresses,
        "dossiers": counts.dossiers,
        "proposals": counts.proposals,
        "communes": communes,
    }


def history_out(entry: HistoryEntry, principal: Principal, language: Language) -> dict[str, Any]:
    """Give an act on a plan; who did it is told to planners."""
    told = {
        "version": entry.version,
        "act": entry.act.value,
        "status": entry.status.value,
        "status_name": STATUS_NAMES[entry.status].in_(language),
        "at": moment(entry.recorded_at),
        "reason": entry.reason,
        "document": dict(entry.document),
    }
    return {**told, "by": entry.principal} if principal.may(Scope.PLANS_WRITE) else told


def zones_out(plan: Plan, page: ZonePage, language: Language) -> dict[str, Any]:
    """Give a page of zones as a FeatureCollection; CPU work where shapes are large."""
    features = []
    for each in page.zones:
        use = use_of(plan.described.code_list, each.code, each.label)
        properties: Mapping[str, Any] = {
            "n": each.n,
            "code": each.code,
            "name": use.name.in_(language),
            "colour": use.colour,
            "label": each.label,
            "area_m2": each.area_m2,
            "attributes": each.attributes,
        }
        shape = cast("shapely.MultiPolygon", shapely.from_wkb(each.wkb))
        features.append(geojson.feature(geojson.polygons(shape), properties, each.n))
    return geojson.collection(
        features,
        next=page.next,
        plan_id=plan.plan_id,
        name=plan.described.name,
        is_synthetic=plan.described.is_synthetic,
        notice=REFERENCE_NOTICE.in_(language),
    )
