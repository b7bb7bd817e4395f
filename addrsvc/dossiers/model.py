"""Pure: dossiers as they come in, their addresses, and when an address links itself.

>>> settle("C", [LinkCandidate("7512304827", "12 Đường Lê Lợi", 0.7, 0.3)]).state
<LinkState.WAITING: 'waiting'>
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from addrsvc.codes.code import TEXT_LIMIT
from addrsvc.codes.schemes import ALIAS_LIMIT
from addrsvc.dossiers.code import DossierCode
from addrsvc.dossiers.errors import GivenAddressInvalid, GivenAddressTooLong
from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.geocoding.answers import Match
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.ranking import Category
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.types import LonLat

ADDRESS_LIMIT: Final = 20
"""Most addresses of one dossier."""

NOTE_LIMIT: Final = 500
"""Most characters of a note beside an address."""

_LIMITS: Final = {
    "text": MAX_TEXT,
    "code": TEXT_LIMIT,
    "parcel": ALIAS_LIMIT,
    "note": NOTE_LIMIT,
}


class AddressRole(StrEnum):
    """What an address is to a dossier (vai trò của địa chỉ)."""

    RESIDENCE_PERMANENT = "residence_permanent"
    RESIDENCE_TEMPORARY = "residence_temporary"
    RESIDENCE_CURRENT = "residence_current"
    OBJECT = "object"
    """What the procedure is about: the plot, the house, the works."""
    BUSINESS = "business"
    DELIVERY = "delivery"
    """Where results are sent to."""


ROLE_NAMES: Final[dict[AddressRole, Text]] = {
    AddressRole.RESIDENCE_PERMANENT: Text("Nơi thường trú", "Permanent residence"),
    AddressRole.RESIDENCE_TEMPORARY: Text("Nơi tạm trú", "Temporary residence"),
    AddressRole.RESIDENCE_CURRENT: Text("Nơi ở hiện tại", "Present residence"),
    AddressRole.OBJECT: Text("Đối tượng của thủ tục", "Object of the procedure"),
    AddressRole.BUSINESS: Text("Địa điểm kinh doanh", "Place of business"),
    AddressRole.DELIVERY: Text("Nơi nhận kết quả", "Where results are delivered"),
}

RESIDENCES: Final = frozenset(
    {
        AddressRole.RESIDENCE_PERMANENT,
        AddressRole.RESIDENCE_TEMPORARY,
        AddressRole.RESIDENCE_CURRENT,
        AddressRole.DELIVERY,
    }
)
"""Roles that say where the applicant is to be found: personal data together with the dossier."""


class Channel(StrEnum):
    """How a dossier was handed in (hình thức nộp)."""

    ONLINE = "online"
    COUNTER = "counter"
    POST = "post"


CHANNEL_NAMES: Final[dict[Channel, Text]] = {
    Channel.ONLINE: Text("Trực tuyến", "Online"),
    Channel.COUNTER: Text("Trực tiếp", "At the counter"),
    Channel.POST: Text("Qua bưu chính công ích", "By public post"),
}


@dataclass(frozen=True, slots=True, repr=False)
class GivenAddress:
    """One address of a dossier as it was given, in exactly one of four ways.

    Never logged (so: no repr): beside a dossier it tells where a person lives.

    Raises:
        GivenAddressInvalid: none of the four, several, or a blank one.
        GivenAddressTooLong: more text than is taken.
    """

    role: AddressRole
    text: str | None = None
    """As written."""
    code: str | None = None
    """Digital address code in any printed or typed form."""
    parcel: str | None = None
    """Commune code at survey time, sheet and parcel, as ``codes.schemes`` reads them."""
    point: LonLat | None = None
    note: str | None = None
    """The sender's remark on the place; no name, no number of a person."""

    def __post_init__(self) -> None:
        ways = ("text", "code", "parcel", "point")
        given = [way for way in ways if getattr(self, way) is not None]
        blank = [way for way in given if way != "point" and not getattr(self, way).strip()]
        if len(given) != 1 or blank:
            raise GivenAddressInvalid(given=", ".join(given) if not blank else "0")
        for field, limit in _LIMITS.items():
            length = len(getattr(self, field) or "")
            if length > limit:
                raise GivenAddressTooLong(field=field, length=length, limit=limit)


@dataclass(frozen=True, slots=True)
class DossierInput:
    """A dossier as a partner sends it; None: not said."""

    code: DossierCode
    procedure: str | None = None
    """Procedure code, see ``procedures``."""
    field: str | None = None
    """Code of the field the procedure belongs to, see ``procedures``."""
    office: str | None = None
    """Code or name of the office that handles it; says nothing about where the address is."""
    received_at: datetime | None = None
    """Aware, as the following two."""
    due_at: datetime | None = None
    finished_at: datetime | None = None
    status: str | None = None
    """Code as sent, see ``statuses``; unknown ones are kept."""
    channel: Channel | None = None
    addresses: tuple[GivenAddress, ...] = ()


class LinkState(StrEnum):
    """How far the link between an address as given and the register has come."""

    LINKED = "linked"
    """As it was written."""
    CORRECTED = "corrected"
    """Linked; what was put right is kept beside it."""
    WAITING = "waiting"
    """For a person to choose, confirm or reject."""
    REJECTED = "rejected"
    """A person said that the text names no address, or is not to be linked."""
    NO_MATCH = "no_match"
    """A person looked: the register does not have the place yet."""

    @property
    def is_linked(self) -> bool:
        """Tell whether it names an address of the register."""
        return self in {LinkState.LINKED, LinkState.CORRECTED}


LINK_STATE_NAMES: Final[dict[LinkState, Text]] = {
    LinkState.LINKED: Text("Đã liên kết", "Linked"),
    LinkState.CORRECTED: Text("Đã liên kết, có sửa", "Linked with a correction"),
    LinkState.WAITING: Text("Chờ người xem", "Waiting for a person"),
    LinkState.REJECTED: Text("Không liên kết", "Not to be linked"),
    LinkState.NO_MATCH: Text("Chưa có trong sổ", "Not in the register yet"),
}


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """A place that an address as given may mean."""

    code: str | None
    """Ten digits; None: a fallback, no registered address."""
    label: str
    confidence: float
    gap: float
    level: MatchLevel = MatchLevel.HOUSE
    point: LonLat | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right before an address linked itself."""

    id: str
    """Of the finding that says so, or ``commune-inferred``."""
    text: Text


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of an address as given."""

    state: LinkState
    code: str | None = None
    """The address it links to, ten digits; None: not linked."""
    confidence: float = 0.0
    corrections: tuple[Correction, ...] = ()
    candidates: tuple[LinkCandidate, ...] = ()
    """What a person may choose from, best first; kept for linked ones too, so that the link can
    be judged later."""


def settle(
    category: Category | None,
    candidates: Sequence[LinkCandidate] = (),
    corrections: Sequence[Correction] = (),
) -> Settlement:
    """Decide whether an address links itself.

    A links as written, B with what was corrected, C waits for a person. A certain street or
    commune is no address: without a code of the register it waits, whatever the category.

    Args:
        category: of the verdict; None: there was nothing to judge.
        candidates: best first.
        corrections: see `corrections_in`.
    """
    best = candidates[0] if candidates else None
    if best is None or best.code is None or category not in {"A", "B"}:
        confidence = 0.0 if best is None else best.confidence
        return Settlement(LinkState.WAITING, None, confidence, candidates=tuple(candidates))
    state = LinkState.LINKED if category == "A" else LinkState.CORRECTED
    kept = () if category == "A" else tuple(corrections)
    return Settlement(state, best.code, best.confidence, kept, tuple(candidates))


def candidate_of(match: Match) -> LinkCandidate:
    """Give a geocoder's answer as something to choose."""
    found = match.candidate
    return LinkCandidate(
        found.code, found.label, match.confidence, match.gap, found.level, found.point
    )


_CORRECTING: Final = frozenset(
    {
        "corrected-spelling",
        "old-number",
        "old-street",
        "retired-address",
        "commune-split-2025",
        "commune-renamed-or-merged-2025",
        "district-abolished-2025",
        "province-merged-2025",
    }
)
"""Findings that say what was written differs from what is linked."""


def corrections_in(
    components: Sequence[Component], findings: Sequence[Finding]
) -> tuple[Correction, ...]:
    """Give what a verdict put right, each in words."""
    found = [
        Correction(each.id, Text(each.text("vi"), each.text("en")))
        for each in findings
        if each.id in _CORRECTING
    ]
    found += [
        Correction(
            "commune-inferred",
            Text(
                f"Không ghi phường, xã; suy ra {each.value}.",
                f"No commune was written; {each.value} follows.",
            ),
        )
        for each in components
        if each.type is ComponentType.COMMUNE and each.status is Status.INFERRED
    ]
    return tuple(found)
