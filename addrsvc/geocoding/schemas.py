"""The geocoder's JSON: what comes in, checked; verdicts and findings as they go out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from addrsvc.admin_units.conversion import PresentCommune
from addrsvc.errors import Language
from addrsvc.findings import SEVERITY_NAMES, Finding, FindingKind
from addrsvc.geocoding.answers import Given, Query
from addrsvc.geocoding.errors import AskedTwice, ContextInvalid, NothingAsked, PointIncomplete
from addrsvc.geocoding.geocodejson import feature
from addrsvc.geocoding.limits import MAX_ANSWERS, MAX_TEXT
from addrsvc.geocoding.scopes import DescribeUnit
from addrsvc.geocoding.verdict import Verdict
from addrsvc.parsing.model import Component
from addrsvc.problems import from_validation
from addrsvc.types import BBox, LonLat, UnitId

_Part = Annotated[str, Field(min_length=1, max_length=200)]
_PARTS: Final = tuple(Given.__dataclass_fields__)
_UNITS: Final[dict[str, int]] = {"commune": 5, "province": 2}
_CODE: Final = re.compile(r"[0-9]+")
_FEW: Final = re.compile(r"[0-9]{1,4}")


class GivenIn(BaseModel):
    """Parts of an address, each in a field of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: _Part | None = None
    floor: _Part | None = None
    building: _Part | None = None
    house_number: Annotated[_Part | None, Field(examples=["123/45/6A"])] = None
    thoroughfare: Annotated[_Part | None, Field(examples=["Đường Lê Hồng Phong"])] = None
    locality: Annotated[_Part | None, Field(examples=["Khu phố 3"])] = None
    commune: Annotated[
        _Part | None, Field(examples=["Phường Phú Lợi"], description="name, old or new, or code")
    ] = None
    district: Annotated[_Part | None, Field(description="name or code, until June 2025")] = None
    province: Annotated[_Part | None, Field(description="name or code")] = None

    def to_model(self) -> Given | None:
        """Give the components; None: there is not one."""
        values = {name: getattr(self, name) for name in _PARTS}
        return Given(**values) if any(each is not None for each in values.values()) else None


class GeocodeParams(GivenIn):
    """What ``GET /v1/geocode`` takes; other parameters are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    q: Annotated[
        str | None,
        Field(
            max_length=MAX_TEXT,
            description="the address as written; excludes its parts",
            examples=["123/45/6A Lê Hồng Phong, P. Phú Lợi, TP. Thủ Dầu Một"],
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MAX_ANSWERS)] = 5
    at: Annotated[
        date | None, Field(description="legal day that codes of units belong to; today if left out")
    ] = None
    lon: Annotated[
        float | None,
        Field(ge=-180, le=180, allow_inf_nan=False, description="prefer answers near, with lat"),
    ] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    bbox: Annotated[
        str | None, Field(max_length=200, description="west,south,east,north: only inside")
    ] = None

    @classmethod
    def read(cls, params: Mapping[str, str]) -> GeocodeParams:
        """Read the parameters of a request.

        Raises:
            RequestInvalid: one of them is of the wrong form.
        """
        try:
            return cls.model_validate(params)
        except ValidationError as error:
            raise from_validation(error.errors()) from None

    def to_query(self, today: date) -> Query:
        """Give the query.

        Raises:
            InvalidInput: nothing is asked, or two things at once, or half a point.
        """
        text = self.q if self.q is not None and self.q.strip() else None
        if (self.lon is None) != (self.lat is None):
            raise PointIncomplete
        near = None
        if self.lon is not None and self.lat is not None:
            near = LonLat(self.lon, self.lat)
        given = self.to_model()
        context: dict[str, str | None] = {}
        if text is not None:
            context = self._context()
            given = None
        elif given is None:
            raise NothingAsked(field="q")
        return Query(
            at=self.at or today,
            text=text,
            given=given,
            limit=self.limit,
            near=near,
            box=None if self.bbox is None else BBox.parse(self.bbox),
            **context,
        )

    def _context(self) -> dict[str, str | None]:
        """Give where to look for a text: codes of a commune and a province."""
        parts = [n for n in _PARTS if n not in _UNITS and getattr(self, n) is not None]
        if parts:
            raise AskedTwice(given=", ".join(["q", *parts]))
        context: dict[str, str | None] = {}
        for name, digits in _UNITS.items():
            code = getattr(self, name)
            if code is not None and not (_CODE.fullmatch(code) and len(code) == digits):
                raise ContextInvalid(field=name, digits=digits)
            context[name] = code
        return context


def read_query(params: Mapping[str, str], today: date) -> Query:
    """Read what ``GET /v1/geocode`` is asked; a text and a limit, the usual case, take no model.

    Raises:
        InvalidInput: see :class:`GeocodeParams`.
    """
    text, limit = params.get("q"), params.get("limit", "5")
    is_alone = len(params) == 1 + ("limit" in params)
    if text is not None and is_alone and len(text) <= MAX_TEXT and text.strip():
        count = int(limit) if _FEW.fullmatch(limit) else 0
        if 0 < count <= MAX_ANSWERS:
            return Query(at=today, text=text, limit=count)
    return GeocodeParams.read(params).to_query(today)


class ValidateIn(BaseModel):
    """One address to be judged: a text, or its parts, or a code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[
        str | None,
        Field(
            max_length=MAX_TEXT,
            examples=["123/45/6A Lê Hồng Phong, KP3, P. Phú Cường, TX. TDM, Bình Dương"],
        ),
    ] = None
    components: GivenIn | None = None
    code: Annotated[str | None, Field(max_length=200, examples=["75123-04827-7"])] = None
    at: Annotated[
        date | None, Field(description="legal day whose units count as present; today if left out")
    ] = None

    def checked(self) -> ValidateIn:
        """Pass what names one address in one way.

        Raises:
            NothingAsked: no address is there.
            AskedTwice: more than one is.
        """
        given = {
            "text": bool(self.text and self.text.strip()),
            "components": self.components is not None and self.components.to_model() is not None,
            "code": bool(self.code and self.code.strip()),
        }
        named = [name for name, is_given in given.items() if is_given]
        if not named:
            raise NothingAsked(field="text")
        if len(named) > 1:
            raise AskedTwice(given=", ".join(named))
        return self

    def to_query(self, today: date) -> Query:
        """Give the query of a text or of components."""
        given = self.components.to_model() if self.components is not None else None
        text = self.text if self.text is not None and self.text.strip() else None
        return Query(at=self.at or today, text=text, given=given)


def verdict_out(verdict: Verdict, describe: DescribeUnit, language: Language) -> dict[str, Any]:
    """Give a verdict in its fixed shape."""
    return {
        "category": verdict.category,
        "next_action": verdict.next_action,
        "confidence": round(verdict.confidence, 4),
        "gap": round(verdict.gap, 4),
        "components": [_component_out(each) for each in verdict.components],
        "commune": {
            "written": _written_out(verdict.written, describe),
            "present": [_present_out(each) for each in verdict.present],
        },
        "matches": [feature(each) for each in verdict.matches],
        "findings": [_finding_out(each, language) for each in verdict.findings],
    }


def _component_out(component: Component) -> dict[str, Any]:
    return {
        "type": component.type.value,
        "value": component.value or None,
        "span": None if component.span is None else list(component.span),
        "status": component.status.value,
    }


def _written_out(unit: UnitId | None, describe: DescribeUnit) -> dict[str, Any] | None:
    facts = None if unit is None else describe(unit)
    if unit is None or facts is None:
        return None
    start, end = facts.period.start, facts.period.end
    valid = [start.isoformat(), None if end is None else end.isoformat()]
    return {"code": unit.code, "name": facts.name, "valid": valid}


def _present_out(commune: PresentCommune) -> dict[str, Any]:
    return {
        "code": commune.unit.code,
        "name": commune.name,
        "certainty": commune.certainty.value,
        "share": None if commune.share is None else round(commune.share, 4),
        "instrument": commune.instrument,
    }


def _finding_out(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "message": finding.text(language),
        "component": finding.component,
    }


def finding_kind_out(kind: FindingKind, language: Language) -> dict[str, Any]:
    """Give one entry of the catalogue."""
    return {
        "id": kind.id,
        "severity": kind.severity.value,
        "severity_name": SEVERITY_NAMES[kind.severity].in_(language),
        "title": kind.title.in_(language),
        "about": kind.about.in_(language),
        "remedy": kind.remedy.in_(language),
        "url": f"/findings/{kind.id}",
    }
