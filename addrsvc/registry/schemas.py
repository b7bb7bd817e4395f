"""The registry's JSON: what comes in, checked and closed; what goes out, by who asks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import sight_of
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.schemes import Scheme
from addrsvc.errors import Language
from addrsvc.personal.model import Purpose
from addrsvc.registry.commands import KEEP, AssignAddress, CorrectAddress
from addrsvc.registry.label import address_line
from addrsvc.registry.model import (
    KIND_NAMES,
    PRIVATE_KINDS,
    STATUS_NAMES,
    Address,
    Alias,
    Components,
    Document,
    Holder,
    Kind,
    Locality,
    Marks,
    Method,
    Part,
    Position,
    Version,
    Visibility,
)
from addrsvc.types import LonLat

ShortText = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(min_length=1, max_length=500)]
CodeText = Annotated[str, Field(min_length=1, max_length=200)]


class Closed(BaseModel):
    """A body that refuses fields it does not know: a typo must not pass in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PositionIn(Closed):
    """A point in WGS 84 with how it was found."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[106.6519])]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[10.9804])]
    accuracy_m: Annotated[
        float, Field(gt=0, le=1000, allow_inf_nan=False, description="68 % radius, metres")
    ]
    method: Literal["gnss", "survey", "map", "imagery", "unknown"] = "unknown"
    marks: Marks = Marks.OBJECT

    def to_model(self) -> Position:
        """Give the value object, rounded to 7 decimals (about a centimetre)."""
        point = LonLat(round(self.lon, 7), round(self.lat, 7))
        return Position(point, self.accuracy_m, Method(self.method), self.marks)


class LocalityIn(Closed):
    """A named part of the commune."""

    kind: Literal["khu_pho", "ap", "to", "thon", "residential_area", "industrial_area", "place"]
    name: ShortText


class ComponentsIn(Closed):
    """Typed parts of the address as people write it."""

    unit: ShortText | None = None
    floor: ShortText | None = None
    building: ShortText | None = None
    house_number: Annotated[ShortText | None, Field(examples=["123/45/6A"])] = None
    thoroughfare: Annotated[ShortText | None, Field(examples=["Đường Lê Hồng Phong"])] = None
    localities: Annotated[list[LocalityIn], Field(max_length=10)] = []

    def to_model(self) -> Components:
        """Give the value object."""
        return Components(
            unit=self.unit,
            floor=self.floor,
            building=self.building,
            house_number=self.house_number,
            thoroughfare=self.thoroughfare,
            localities=tuple(Locality(each.kind, each.name) for each in self.localities),
        )


class AliasIn(Closed):
    """Another identifier of the same place."""

    scheme: Scheme
    value: ShortText


class HolderIn(Closed):
    """The person behind the address; kept apart, never part of any public answer."""

    name: ShortText
    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None

    def to_model(self) -> Holder:
        """Give the value object."""
        return Holder(self.name, self.phone)


class ReadingIn(Closed):
    """Why somebody reads the person behind an address."""

    purpose: Purpose
    note: Annotated[str, Field(min_length=3, max_length=500)] | None = None


DistinctBecause = Annotated[
    LongText | None,
    Field(description="why it is no duplicate of those it looks like; needs addresses:override"),
]


class AssignIn(Closed):
    """One object to register."""

    kind: Kind
    source: Annotated[ShortText, Field(examples=["field"])]
    position: PositionIn | None = None
    commune_code: Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["25747"])] | None = None
    components: ComponentsIn = ComponentsIn()
    name: ShortText | None = None
    code: Annotated[CodeText, Field(description="issued elsewhere; left out: a new one")] | None = (
        None
    )
    issuer: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    parent: CodeText | None = None
    part: Part | None = None
    visibility: Visibility = Visibility.PUBLIC
    text: LongText | None = None
    aliases: Annotated[list[AliasIn], Field(max_length=20)] = []
    holder: HolderIn | None = None
    valid_from: date | None = None
    distinct_because: DistinctBecause = None

    def to_command(self) -> AssignAddress:
        """Give the command the service takes."""
        return AssignAddress(
            kind=self.kind,
            source=self.source,
            components=self.components.to_model(),
            position=None if self.position is None else self.position.to_model(),
            commune_code=self.commune_code,
            name=self.name,
            code=self.code,
            issuer=self.issuer,
            parent=self.parent,
            part=self.part,
            visibility=self.visibility,
            text=self.text,
            aliases=tuple(Alias(each.scheme.value, each.value) for each in self.aliases),
            holder=None if self.holder is None else self.holder.to_model(),
            valid_from=self.valid_from,
            distinct_because=self.distinct_because,
        )


class AmendIn(Closed):
    """What is otherwise; a field left out stays, ``null`` empties the ones that may be empty."""

    kind: Kind = Kind.DWELLING
    position: PositionIn = PositionIn(lon=0, lat=0, accuracy_m=1)
    commune_code: Annotated[str, Field(pattern=r"^[0-9]{5}$")] = "00000"
    components: ComponentsIn = ComponentsIn()
    name: ShortText | None = None
    visibility: Visibility = Visibility.PUBLIC
    text: LongText | None = None
    parent: CodeText | None = None
    part: Part | None = None
    aliases: Annotated[list[AliasIn], Field(max_length=20)] = []
    holder: HolderIn | None = None
    reason: LongText | None = None
    distinct_because: DistinctBecause = None

    def amendment(self) -> dict[str, Any]:
        """Give the fields of the command the service takes; defaults stand for nothing here."""
        given = self.model_fields_set
        return {
            "kind": self.kind if "kind" in given else KEEP,
            "position": self.position.to_model() if "position" in given else KEEP,
            "commune_code": self.commune_code if "commune_code" in given else KEEP,
            "components": self.components.to_model() if "components" in given else KEEP,
            "name": self.name if "name" in given else KEEP,
            "visibility": self.visibility if "visibility" in given else KEEP,
            "text": self.text if "text" in given else KEEP,
            "parent": self.parent if "parent" in given else KEEP,
            "part": self.part if "part" in given else KEEP,
            "aliases": tuple(Alias(each.scheme.value, each.value) for each in self.aliases),
            "holder": None if self.holder is None else self.holder.to_model(),
            "reason": self.reason,
            "distinct_because": self.distinct_because,
        }


class CorrectIn(AmendIn):
    """What of the record was wrong."""

    on: Annotated[
        date | None, Field(description="a day of the time whose record is mended; none: now")
    ] = None

    def to_command(self) -> CorrectAddress:
        """Give the command the service takes."""
        return CorrectAddress(**self.amendment(), on=self.on)


def _position_out(position: Position | None) -> dict[str, Any] | None:
    if position is None:
        return None
    return {
        "lon": position.point.lon,
        "lat": position.point.lat,
        "accuracy_m": position.accuracy_m,
        "method": position.method.value,
        "marks": position.marks.value,
    }


def _components_out(components: Components) -> list[dict[str, Any]]:
    """Give the parts that are there, innermost first, each with its type."""
    parts: list[dict[str, Any]] = [
        {"type": name, "value": value}
        for name in ("unit", "floor", "building", "house_number", "thoroughfare")
        if (value := getattr(components, name)) is not None
    ]
    parts += [
        {"type": "locality", "kind": each.kind, "value": each.name}
        for each in components.localities
    ]
    return parts


def document_out(document: Document, *, full: bool) -> dict[str, Any]:
    """Give the parts of a document; ``full`` adds what only a scope may see."""
    private = document.kind in PRIVATE_KINDS
    shown: dict[str, Any] = {
        "kind": document.kind.value,
        "name": document.name if full or not private else None,
        "components": _components_out(document.components),
        "position": _position_out(document.position),
        "parent": document.parent,
        "part": None if document.part is None else document.part.value,
    }
    if full:
        shown["visibility"] = document.visibility.value
        shown["source"] = document.source
        shown["text"] = document.text
    return shown


def address_out(address: Address, principal: Principal, language: Language) -> dict[str, Any]:
    """Give an address as this principal may see it; nothing here is ever a holder's."""
    code = None if address.code is None else DigitalCode.of(address.code)
    document = address.document
    sight = sight_of(principal)
    full = sight.sees_fully(address.area)
    out: dict[str, Any] = {
        "ref": address.ref,
        "code": address.code,
        "printed": None if code is None else code.printed,
        "plate": None if code is None else code.plate,
        "url": None if code is None else f"/a/{code.text}",
        "status": address.status.value,
        "status_name": STATUS_NAMES[address.status].in_(language),
        "kind_name": KIND_NAMES[document.kind].in_(language),
        "label": address_line(document.components, address.commune_name, address.province_name),
        **document_out(document, full=full),
        "commune": {
            "code": address.commune_code,
            "name": address.commune_name,
            "province": {"code": address.province_code, "name": address.province_name},
        },
        "valid_from": address.valid_from.isoformat(),
        "version": address.version,
        "successors": [
            {"code": each.code, "relation": each.relation}
            for each in address.successors
            if sight.sees_anywhere(each.visibility)
        ],
    }
    if full:
        out["issuer"] = address.issuer
        out["recorded_from"] = address.recorded_from.isoformat()
    return out


def version_out(version: Version) -> dict[str, Any]:
    """Give one row of a history, with source and author: for scopes only."""
    return {
        "version": version.version,
        "status": version.status.value,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": None if version.valid_to is None else version.valid_to.isoformat(),
        "recorded_from": version.recorded_from.isoformat(),
        "recorded_to": (None if version.recorded_to is None else version.recorded_to.isoformat()),
        "act": version.act,
        "principal": version.principal,
        "reason": version.reason,
        "act_id": version.act_id,
        "instrument": version.instrument,
        "commune_code": version.document.commune.code,
        **document_out(version.document, full=True),
    }
