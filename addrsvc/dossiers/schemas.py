"""The JSON of dossiers: what comes in, checked and closed; what goes out to who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field

from addrsvc.codes.code import TEXT_LIMIT, DigitalCode
from addrsvc.codes.schemes import ALIAS_LIMIT
from addrsvc.dossiers.code import CODE_FLAG_TEXTS, DossierCode, parse_dossier_code
from addrsvc.dossiers.errors import GivenAddressPersonal
from addrsvc.dossiers.imported import (
    REMARK_TEXTS,
    Imported,
    Remark,
    RemarkKind,
    field_in,
    procedure_in,
)
from addrsvc.dossiers.kept import Dossier, KeptAddress
from addrsvc.dossiers.model import (
    ADDRESS_LIMIT,
    LINK_STATE_NAMES,
    NOTE_LIMIT,
    ROLE_NAMES,
    AddressRole,
    Channel,
    Correction,
    DossierInput,
    GivenAddress,
    LinkCandidate,
    LinkState,
)
from addrsvc.dossiers.procedures import parse_field, parse_procedure
from addrsvc.dossiers.repository import FormerLink
from addrsvc.dossiers.withheld import names_person, without_person
from addrsvc.errors import Language
from addrsvc.geo.given_point import given_point
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.registry.schemas import Closed

_LINE: Final = r"^[^\x00-\x1f\x7f]*$"
_LINES: Final = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
"""A text may have been written on several lines."""

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
Moment = Annotated[AwareDatetime, Field(ge=datetime.fromisoformat("2000-01-01T00:00:00Z"))]


class PointIn(Closed):
    """A point in WGS 84."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[106.6519])]
    # up to 180, for exchanged ones to be told so
    lat: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[10.9804])]


class AddressIn(Closed):
    """An address of a dossier, in exactly one way: as written, by code, parcel or point."""

    role: AddressRole
    text: Annotated[
        str | None,
        Field(max_length=MAX_TEXT, pattern=_LINES, examples=["12/3 Lê Lợi, P. Phú Lợi"]),
    ] = None
    code: Annotated[
        str | None, Field(max_length=TEXT_LIMIT, pattern=_LINE, examples=["75123-04827-7"])
    ] = None
    parcel: Annotated[
        str | None, Field(max_length=ALIAS_LIMIT, pattern=_LINE, examples=["25747-12-345"])
    ] = None
    point: PointIn | None = None
    note: Annotated[str | None, Field(max_length=NOTE_LIMIT, pattern=_LINES)] = None

    def to_model(self, place: str, remarks: list[Remark]) -> GivenAddress:
        """Give the value object, without persons; remark where one was left out.

        Raises:
            GivenAddressInvalid: it is given in no way, or in several.
            GivenAddressPersonal: it holds nothing but a person's name or number.
            PositionExchanged, PositionOutOfRange: see ``given_point``.
        """
        point = None if self.point is None else given_point(self.point.lon, self.point.lat)
        text = _without_person(f"{place}/text", self.text, remarks)
        is_nobody = text is not None or not (self.text or "").strip()
        if not is_nobody or any(names_person(each or "") for each in (self.code, self.parcel)):
            raise GivenAddressPersonal
        note = _without_person(f"{place}/note", self.note, remarks)
        return GivenAddress(self.role, text, self.code, self.parcel, point, note)


def _without_person(place: str, text: str | None, remarks: list[Remark]) -> str | None:
    """Cut persons out of a text; None: nothing else is in it."""
    if not text:
        return text
    left = without_person(text)
    if left.was_there:
        remarks.append(Remark(place, RemarkKind.PERSON_LEFT_OUT))
    return left.text or None


class DossierIn(Closed):
    """A dossier as it stands; what is left out is not said of it any more."""

    procedure: Annotated[Line | None, Field(examples=["1.011442"])] = None
    field: Annotated[Line | None, Field(examples=["G03-GD10"])] = None
    office: Annotated[Line | None, Field(examples=["H09.12"])] = None
    received_at: Moment | None = None
    due_at: Moment | None = None
    finished_at: Moment | None = None
    status: Annotated[
        str | None,
        Field(min_length=1, max_length=64, pattern=_LINE, description="as sent", examples=["2"]),
    ] = None
    channel: Channel | None = None
    addresses: Annotated[tuple[AddressIn, ...], Field(max_length=ADDRESS_LIMIT)] = ()

    def to_imported(self, code: DossierCode) -> Imported:
        """Give the value object, without persons, and what was remarked.

        Raises:
            InvalidInput: see ``AddressIn.to_model``, ``procedures.parse_procedure``.
        """
        remarks: list[Remark] = []
        dossier = DossierInput(
            code,
            self._procedure(remarks),
            self._field(remarks),
            _without_person("office", self.office, remarks),
            self.received_at,
            self.due_at,
            self.finished_at,
            _without_person("status", self.status, remarks),
            self.channel,
            tuple(
                each.to_model(f"addresses/{n}", remarks) for n, each in enumerate(self.addresses)
            ),
        )
        return Imported(dossier, (), tuple(remarks))

    def _procedure(self, remarks: list[Remark]) -> str | None:
        """Give the code as it is compared; one of unknown form as sent."""
        text = _without_person("procedure", self.procedure, remarks)
        if text is None:
            return None
        known = procedure_in(text)
        return parse_procedure(text).written if known is None else known

    def _field(self, remarks: list[Remark]) -> str | None:
        text = _without_person("field", self.field, remarks)
        if text is None:
            return None
        known = field_in(text)
        return parse_field(text).written if known is None else known


class ChooseIn(Closed):
    """The address a person chose."""

    code: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT, pattern=_LINE)]


class RejectIn(Closed):
    """Why an address is not linked."""

    not_in_register: bool = False
    """It is a place, and the register does not have it yet."""


def dossier_out(dossier: Dossier, language: Language) -> dict[str, Any]:
    """Give a dossier with its addresses in full."""
    return {
        **_head(dossier, language),
        "possibly_same": list(dossier.alike),
        "addresses": [_address_out(each, language) for each in dossier.addresses],
    }


def dossier_line(dossier: Dossier, language: Language) -> dict[str, Any]:
    """Give a dossier as lists do: what its addresses came to, without what was given."""
    return {
        **_head(dossier, language),
        "addresses": [
            {
                "n": each.n,
                "role": each.given.role,
                "state": each.state,
                "code": None if each.link is None else DigitalCode.of(each.link.code).printed,
            }
            for each in dossier.addresses
        ],
    }


def remarks_out(remarks: Iterable[Remark], language: Language) -> list[dict[str, str]]:
    """Give what was not taken over, and where; never the value."""
    return [
        {
            "id": each.kind.value,
            "field": each.field,
            "message": REMARK_TEXTS[each.kind].in_(language),
        }
        for each in remarks
    ]


def link_out(link: FormerLink) -> dict[str, Any]:
    """Give a link of an address, open or ended."""
    return {
        "dossier": link.code,
        "n": link.n,
        "role": link.role,
        "how": link.how,
        "from": link.valid_from,
        "linked_by": link.linked_by,
        "to": link.valid_to,
        "ended_by": link.ended_by,
        "why_ended": link.why_ended,
    }


def _head(dossier: Dossier, language: Language) -> dict[str, Any]:
    code, facts = parse_dossier_code(dossier.code), dossier.facts
    waiting = sum(each.state is LinkState.WAITING for each in dossier.addresses)
    return {
        "code": dossier.code,
        "notation": code.notation,
        "canonical": dossier.canonical,
        "flags": [
            {"id": flag, "message": CODE_FLAG_TEXTS[flag].in_(language)} for flag in code.flags
        ],
        "version": dossier.version,
        "received_on": dossier.received_on,
        "received_at": facts["received_at"],
        "due_at": facts["due_at"],
        "finished_at": facts["finished_at"],
        "procedure": facts["procedure_code"],
        "field": facts["field_code"],
        "office": facts["office"],
        "status": facts["status"],
        "channel": facts["channel"],
        "waiting": waiting,
        "created_at": dossier.created_at,
        "changed_at": dossier.changed_at,
    }


def _address_out(address: KeptAddress, language: Language) -> dict[str, Any]:
    given, judged, link = address.given, address.judged, address.link
    point = None if given.point is None else {"lon": given.point.lon, "lat": given.point.lat}
    decision = address.decision
    return {
        "n": address.n,
        "role": given.role,
        "role_name": ROLE_NAMES[given.role].in_(language),
        "text": given.text,
        "code": given.code,
        "parcel": given.parcel,
        "point": point,
        "note": given.note,
        "state": address.state,
        "state_name": LINK_STATE_NAMES[address.state].in_(language),
        "category": judged.category,
        "confidence": judged.settlement.confidence,
        "link": None
        if link is None
        else {
            "code": DigitalCode.of(link.code).printed,
            "how": link.how,
            "from": link.valid_from,
            "linked_by": link.linked_by,
        },
        "decision": None
        if decision is None
        else {"what": decision.what, "by": decision.by, "at": decision.at},
        "corrections": [_words_out(each, language) for each in judged.settlement.corrections],
        "reasons": [_words_out(each, language) for each in judged.reasons],
        "candidates": [_candidate_out(each) for each in judged.settlement.candidates],
    }


def _words_out(said: Correction, language: Language) -> dict[str, str]:
    return {"id": said.id, "message": said.text.in_(language)}


def _candidate_out(candidate: LinkCandidate) -> dict[str, Any]:
    point = candidate.point
    return {
        "code": None if candidate.code is None else DigitalCode.of(candidate.code).printed,
        "label": candidate.label,
        "match_level": candidate.level,
        "confidence": candidate.confidence,
        "gap": candidate.gap,
        "point": None if point is None else {"lon": point.lon, "lat": point.lat},
    }
