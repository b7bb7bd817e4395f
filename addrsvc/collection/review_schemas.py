"""Records as supervisors take and give them, as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from addrsvc.auth.model import Principal
from addrsvc.collection.judging import words_of
from addrsvc.collection.model import ACT_NAMES, STATE_NAMES, Submission
from addrsvc.collection.reviewing import FieldLook, Look
from addrsvc.errors import Language
from addrsvc.registry.model import Kind, Marks, Method
from addrsvc.registry.schemas import Closed, LongText, ShortText, address_out

_LocalityKind = Literal[
    "khu_pho", "ap", "to", "thon", "residential_area", "industrial_area", "place"
]
_Note = Annotated[str, Field(max_length=2_000, description="to the collector")]


class CollectedPositionIn(Closed):
    """Where the entrance is, WGS 84 degrees; one chosen as it is registered comes back as it is."""

    lon: Annotated[float, Field(ge=-180, le=180, examples=[106.65])]
    lat: Annotated[float, Field(ge=-90, le=90, examples=[10.95])]
    accuracy_m: Annotated[float, Field(gt=0, le=100_000)]
    method: Method = Method.MAP
    marks: Marks = Marks.ENTRANCE


class ValuesIn(Closed):
    """Values chosen or typed over; a field left out stays as the rules have it, null is nothing."""

    kind: Kind | None = None
    house_number: ShortText | None = None
    thoroughfare: ShortText | None = None
    localities: Annotated[list[tuple[_LocalityKind, ShortText]], Field(max_length=10)] | None = None
    unit: ShortText | None = None
    floor: ShortText | None = None
    building: ShortText | None = None
    name: ShortText | None = None
    position: CollectedPositionIn | None = None

    def to_values(self) -> dict[str, Any]:
        """Give what was said, as fields are merged."""
        said = self.model_dump(mode="json", exclude_unset=True)
        if self.position is not None:
            said["position"] = self.position.model_dump(mode="json")
        return said


class AcceptIn(Closed):
    """How a record is accepted."""

    values: ValuesIn = Field(default_factory=ValuesIn)
    distinct_because: Annotated[
        LongText | None, Field(description="why it is no duplicate of what it looks like")
    ] = None
    address_version: Annotated[
        int | None, Field(ge=1, lt=2**31, description="of ``address``, as read")
    ] = None


class SendBackIn(Closed):
    """What the collector is to do."""

    note: _Note


class RefuseIn(Closed):
    """Why nothing comes of it."""

    note: _Note | None = None


def submission_out(submission: Submission, language: Language) -> dict[str, Any]:
    """Give where a record stands."""
    return {
        "record": str(submission.submission_id),
        "version": submission.version,
        "revision": submission.revision,
        "act": submission.act.value,
        "act_name": ACT_NAMES[submission.act].in_(language),
        "state": submission.state.value,
        "state_name": STATE_NAMES[submission.state].in_(language),
        "waits_for": None if submission.waits_for is None else submission.waits_for.value,
        "commune": submission.commune_code,
        "code": submission.code,
        "task": None if submission.task_id is None else str(submission.task_id),
        "device": submission.device,
        "carried_by": submission.carried_by,
        "made_at": submission.made_at.isoformat(),
        "received_at": submission.received_at.isoformat(),
        "decided_at": (
            None if submission.decided_at is None else submission.decided_at.isoformat()
        ),
        "decided_by": submission.decided_by,
        "note": submission.note,
        "has_private": submission.has_private,
    }


def look_out(look: Look, principal: Principal, language: Language) -> dict[str, Any]:
    """Give a record with all that is needed to decide; nothing of people."""
    path = f"/v1/collection/submissions/{look.submission.submission_id}/photos"
    return submission_out(look.submission, language) | {
        "payload": look.payload,
        "address": (
            None if look.address is None else address_out(look.address, principal, language)
        ),
        "fields": [_field_out(each) for each in look.fields],
        "conflicts": [
            {
                "field": each.field,
                "base": each.base,
                "registered": each.registered,
                "collected": each.collected,
                "chosen": each.chosen,
                "chosen_by": each.chosen_by,
            }
            for each in look.conflicts
        ],
        "reasons": [
            {"slug": each["slug"], "text": words_of(each, language)} for each in look.findings
        ],
        "photos": [
            {
                "sha256": each.sha256,
                "bytes": each.bytes,
                "media_type": each.media_type,
                "marks": each.marks,
                "is_whole": each.is_whole,
                "is_erased": each.is_erased,
                "fault": each.fault,
                "path": f"{path}/{each.sha256}",
            }
            for each in look.photos
        ],
    }


def _field_out(field: FieldLook) -> dict[str, Any]:
    return {
        "field": field.field,
        "base": field.base,
        "registered": field.registered,
        "collected": field.collected,
        "standing": str(field.standing),
        "is_base_known": field.is_base_known,
    }
