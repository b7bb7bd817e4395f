"""JSON of a batch sent inline: items checked one by one, outcomes as they go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, TypeAdapter
from pydantic import ValidationError as Invalid

from addrsvc.admin_units import converting, service
from addrsvc.errors import AddrsvcError, Language
from addrsvc.geo.given_point import given_point, given_point_or_none
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.errors import BatchEmpty, BatchTooLong
from addrsvc.geocoding.limits import MAX_ITEMS, MAX_TEXT
from addrsvc.geocoding.many import STATUSES, Asked, CodeAsked, Conversion, Outcome
from addrsvc.geocoding.reverse import MAX_RADIUS_M
from addrsvc.geocoding.reverse_many import Place
from addrsvc.geocoding.schemas import GivenIn, ValidateIn
from addrsvc.problems import body_of, from_validation

MAX_ANSWERS_EACH: Final = 5
"""Most answers to one item: the single calls give more."""

Kind = Literal["geocode", "reverse", "validate", "convert", "check"]

_ItemId = (
    Annotated[StrictStr, Field(max_length=200)]
    | Annotated[StrictInt, Field(ge=-(2**53), le=2**53)]
    | None
)
_Degrees = Annotated[float, Field(allow_inf_nan=False, description="WGS 84, degrees")]
_Day = Annotated[date | None, Field(description="legal day; that of the batch if left out")]


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[_ItemId, Field(description="your own name of the item, given back")] = None


class GeocodeItem(_Item):
    """An address to be found: a text, or its parts."""

    text: Annotated[
        str | None, Field(max_length=MAX_TEXT, examples=["123/45/6A Lê Hồng Phong, P. Phú Lợi"])
    ] = None
    components: GivenIn | None = None
    at: _Day = None

    def to_asked(self, day: date) -> Asked:
        """Give what is asked.

        Raises:
            NothingAsked, AskedTwice: not one address in one way.
        """
        return self._as_given(None).to_query(day)

    def _as_given(self, code: str | None) -> ValidateIn:
        given = ValidateIn(text=self.text, components=self.components, code=code, at=self.at)
        return given.checked()


class ValidateItem(GeocodeItem):
    """An address to be judged: a text, or its parts, or a code."""

    code: Annotated[str | None, Field(max_length=200, examples=["75123-04827-7"])] = None

    def to_asked(self, day: date) -> Asked:
        """Give what is asked.

        Raises:
            NothingAsked, AskedTwice: not one address in one way.
        """
        checked = self._as_given(self.code)
        if checked.code is not None and checked.code.strip():
            return CodeAsked(checked.code)
        return checked.to_query(day)


class CheckItem(_Item):
    """A digital address code to be looked up, in any written form."""

    code: Annotated[str, Field(min_length=1, max_length=200, examples=["75123-04827-7"])]

    def to_asked(self, _: date) -> Asked:
        """Give what is asked."""
        return CodeAsked(self.code)


class ReverseItem(_Item):
    """A point whose commune and nearest addresses are asked for."""

    lon: _Degrees
    lat: _Degrees
    at: _Day = None

    def to_asked(self, day: date) -> Asked:
        """Give what is asked.

        Raises:
            PositionExchanged, PositionOutOfRange: no point meant.
            UnitsNotKnownBefore: the day is earlier than the registers reach.
        """
        at = self.at or day
        service.refuse_unknown_past(at)
        return Place(given_point(self.lon, self.lat), at)


class ConvertItem(_Item):
    """An old or new commune, by a text that names it or its code."""

    text: Annotated[
        str | None,
        Field(min_length=1, max_length=500, examples=["P. Phú Cường, TP. Thủ Dầu Một"]),
    ] = None
    code: Annotated[str | None, Field(pattern=r"^[0-9]{2,5}$")] = None
    since: Annotated[
        date | None, Field(alias="from", description="a day on which the code held")
    ] = None
    to: Annotated[date | None, Field(description="legal day to convert to")] = None
    locality: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    lon: _Degrees | None = None
    lat: _Degrees | None = None

    def to_asked(self, day: date) -> Asked:
        """Give what is asked.

        Raises:
            PositionIncomplete, PositionExchanged, PositionOutOfRange: no point meant.
        """
        point = given_point_or_none(self.lon, self.lat)
        asked = converting.Asked(self.text, self.code, self.since, self.locality, point)
        return Conversion(asked, self.to or day)


_ITEMS: Final[dict[Kind, type[GeocodeItem | ReverseItem | ConvertItem | CheckItem]]] = {
    "geocode": GeocodeItem,
    "reverse": ReverseItem,
    "validate": ValidateItem,
    "convert": ConvertItem,
    "check": CheckItem,
}
_ID: Final[TypeAdapter[str | int | None]] = TypeAdapter(_ItemId)


def _documented() -> dict[str, Any]:
    """Give the forms of items for OpenAPI; what they refer to stands in them."""
    forms = []
    for model in _ITEMS.values():
        schema = model.model_json_schema(by_alias=True)
        parts = schema.pop("$defs", {})
        for name, found in schema["properties"].items():
            if "$ref" in str(found):
                schema["properties"][name] = {"anyOf": [*parts.values(), {"type": "null"}]}
        forms.append(schema)
    return {"type": "array", "minItems": 1, "maxItems": MAX_ITEMS, "items": {"anyOf": forms}}


class BatchIn(BaseModel):
    """Up to a thousand questions of one kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[Kind, Field(description="what is asked of every item")]
    items: Annotated[list[Any], Field(json_schema_extra=lambda it: it.update(_documented()))]
    at: Annotated[
        date | None, Field(description="legal day of items that name none; today if left out")
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=MAX_ANSWERS_EACH, description="most answers to one item")
    ] = 1
    radius_m: Annotated[
        float, Field(gt=0, le=MAX_RADIUS_M, allow_inf_nan=False, description="of reverse; metres")
    ] = 1_000.0

    def refuse_wrong_length(self) -> None:
        """Pass what holds something, and not too much.

        Raises:
            BatchEmpty, BatchTooLong: it does not.
        """
        if not self.items:
            raise BatchEmpty(limit=MAX_ITEMS)
        if len(self.items) > MAX_ITEMS:
            raise BatchTooLong(count=len(self.items), limit=MAX_ITEMS)


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One item: its id, and what it asks or why it cannot be read."""

    id: str | int | None
    asked: Asked | AddrsvcError


def read_item(batch: BatchIn, item: Any, today: date) -> ItemRead:
    """Read one item; what is wrong with it concerns no other."""
    try:
        read = _ITEMS[batch.kind].model_validate(item)
    except Invalid as error:
        # below “body”, as the framework does it: pointers are within the item
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        return ItemRead(_id_of(item), from_validation(errors))
    try:
        asked = read.to_asked(batch.at or today)
    except AddrsvcError as error:
        return ItemRead(read.id, error)
    if isinstance(asked, Query) and batch.kind == "geocode":
        asked = replace(asked, limit=batch.limit)
    return ItemRead(read.id, asked)


def _id_of(item: Any) -> str | int | None:
    """Give the id of an item that is otherwise wrong; None: it has none that can be given back."""
    try:
        return _ID.validate_python(item.get("id") if isinstance(item, dict) else None)
    except Invalid:
        return None


def item_out(read: ItemRead, outcome: Outcome, language: Language) -> bytes:
    """Give one item of the answer as JSON."""
    out: dict[str, Any] = {"id": read.id, "status": outcome.status}
    if outcome.category is not None:
        out |= {"category": outcome.category, "next_action": outcome.next_action}
    if outcome.problem is None:
        out["answer"] = outcome.answer
    else:
        out["problem"] = body_of(outcome.problem, language, None)
    return orjson.dumps(out, default=str)


def receipt_out(
    kind: Kind, outcomes: Sequence[Outcome], *, sent: str, answered: str, event: int
) -> dict[str, Any]:
    """Give what a batch came to; counts add up to the number of items."""
    counts = Counter(each.status for each in outcomes)
    categories = Counter(each.category for each in outcomes if each.category is not None)
    return {
        "kind": kind,
        "items": len(outcomes),
        "counts": {status: counts[status] for status in STATUSES if counts[status]},
        "categories": dict(sorted(categories.items())),
        "sent_sha256": sent,
        "items_sha256": answered,
        "event": event,
    }
