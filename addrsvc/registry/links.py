"""Pure: links between identifiers and addresses, and which may stand beside which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from addrsvc.codes.code import parse_code
from addrsvc.codes.schemes import SCHEMES, Scheme, normalise
from addrsvc.registry.identifier_errors import (
    IdentifierDiffers,
    IdentifierTaken,
    LinkPeriodInvalid,
    SchemeUnknown,
)
from addrsvc.registry.model import Visibility


class LinkScheme(StrEnum):
    """Which identifier a link is of: the digital address code, or one of ``codes.schemes``."""

    CODE = "code"
    VPOSTCODE = Scheme.VPOSTCODE
    PLUS_CODE = Scheme.PLUS_CODE
    LOCATION_ID = Scheme.LOCATION_ID
    PARCEL = Scheme.PARCEL
    REAL_ESTATE_ID = Scheme.REAL_ESTATE_ID
    OLD_NUMBER = Scheme.OLD_NUMBER

    @property
    def is_public(self) -> bool:
        """Tell whether anybody may see it and search by it."""
        return self is LinkScheme.CODE or SCHEMES[Scheme(self.value)].is_public


_UNTOLD: Final = "…"
"""Stands for an address that is not to be told of."""

COMPUTED: Final = "computed"
"""Source of a plus code worked out of the position."""


def read_scheme(text: str) -> LinkScheme:
    """Read the name of a scheme.

    Raises:
        SchemeUnknown: there is none of this name.
    """
    try:
        return LinkScheme(text.strip())
    except ValueError:
        raise SchemeUnknown(given=text[:40], known=", ".join(LinkScheme)) from None


def spelt(scheme: LinkScheme, value: str) -> str:
    """Give the one spelling of an identifier.

    Raises:
        InvalidInput: it is not of the scheme's form.
    """
    if scheme is LinkScheme.CODE:
        return parse_code(value).code.text
    return normalise(Scheme(scheme.value), value)


@dataclass(frozen=True, slots=True)
class Link:
    """That an identifier stands for an address, by whom and for which days."""

    address_id: int
    code: str | None
    """Of the address; of a duplicate's code, the duplicate's own."""
    visibility: Visibility
    """Of that address."""
    scheme: LinkScheme
    value: str
    source: str
    confidence: float | None = None
    """How sure, 0 to 1; None: not said."""
    valid_from: date | None = None
    valid_to: date | None = None
    recorded_at: datetime | None = None
    """None: worked out, or not asked for."""
    withdrawn_at: datetime | None = None

    @property
    def ref(self) -> str:
        """Give what paths call the address."""
        return self.code if self.code is not None else f"p{self.address_id}"

    def holds(self, day: date | None) -> bool:
        """Tell whether it holds on a day; None: on any."""
        return day is None or (
            (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )


def check_period(valid_from: date | None, valid_to: date | None) -> None:
    """Pass a period that ends after it begins.

    Raises:
        LinkPeriodInvalid: it does not.
    """
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise LinkPeriodInvalid(valid_from=valid_from.isoformat(), valid_to=valid_to.isoformat())


Outcome = Literal["added", "already-there", "corrected"]


def settle(claim: Link, there: Sequence[Link], *, may_correct: bool) -> Outcome:
    """Say what a claim comes to beside the links its identifier has.

    Args:
        claim: what is to be said.
        there: links of the same identifier that are not withdrawn.
        may_correct: a link that is there may be said anew with another source or period.

    Raises:
        IdentifierTaken: it stands for another address at the same time, where one is allowed.
        IdentifierDiffers: it is there, says otherwise, and may not be corrected.
    """
    others = [each for each in there if each.address_id != claim.address_id]
    taken = next((each for each in others if _meet(each, claim)), None)
    if taken is not None and _is_exclusive(claim.scheme):
        is_secret = taken.visibility is Visibility.SECRET
        other = _UNTOLD if is_secret else taken.ref
        raise IdentifierTaken(scheme=claim.scheme.value, value=claim.value, other=other)
    own = next((each for each in there if each.address_id == claim.address_id), None)
    if own is None:
        return "added"
    differing = [name for name in _SAID if getattr(own, name) != getattr(claim, name)]
    if not differing:
        return "already-there"
    if not may_correct:
        raise IdentifierDiffers(fields=", ".join(differing))
    return "corrected"


_SAID: Final = ("source", "confidence", "valid_from", "valid_to")


def _is_exclusive(scheme: LinkScheme) -> bool:
    return scheme is not LinkScheme.CODE and SCHEMES[Scheme(scheme.value)].is_exclusive


def _meet(one: Link, other: Link) -> bool:
    """Tell whether two links hold on a common day."""
    return (one.valid_from or date.min) < (other.valid_to or date.max) and (
        other.valid_from or date.min
    ) < (one.valid_to or date.max)


def shown(links: Iterable[Link], day: date | None, *, is_full: bool) -> list[Link]:
    """Give the links somebody may see that hold on a day; ``is_full`` shows withdrawn ones too."""
    return [
        each
        for each in links
        if each.holds(day) and (is_full or (each.scheme.is_public and each.withdrawn_at is None))
    ]
