"""Take in a code that another issuer gave out before: it is kept as it is, for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from addrsvc.codes.allocation import CodeSpace, ReservedRange, check_issuer
from addrsvc.codes.code import DigitalCode, parse_code
from addrsvc.codes.errors import CodeAlreadyDrawn, CodeReservedForOther
from addrsvc.codes.permutation import counter_of


@dataclass(frozen=True, slots=True)
class AdoptedCode:
    """A code given out elsewhere, and who gave it; ``verified`` as in `ParsedCode`."""

    code: DigitalCode
    issuer: str
    verified: bool


def adopt(
    text: str,
    issuer: str,
    space: CodeSpace | None,
    ranges: Iterable[ReservedRange] = (),
) -> AdoptedCode:
    """Check a code brought from another issuer before it is registered.

    Whether the code stands for an address already is for the registry to see first; its
    unique constraint has the last word. A counter already passed is taken as drawn, unless
    the code was then in a range reserved for this very issuer.

    Args:
        text: the code in any written form.
        issuer: who gave it out.
        space: the prefix of the code as stored; None if nothing is ever drawn from it.
        ranges: all reserved ranges known; those of other prefixes are passed over.

    Raises:
        IssuerInvalid: no proper name.
        CodeReservedForOther: the code lies in the range of another issuer.
        CodeAlreadyDrawn: drawn here before: issued, in a block, or burnt.
        ValueError: the space is that of another prefix.
        InvalidInput: the text is no code; see `parse_code`.

    >>> adopt("75123-04827", "VNPost", None).code.printed
    '75123-04827'
    """
    check_issuer(issuer)
    parsed = parse_code(text)
    code = parsed.code
    never_drawn_from = space.next_counter if space is not None else 0
    for reserved in ranges:
        if not reserved.holds(code):
            continue
        if reserved.issuer != issuer:
            raise CodeReservedForOther(code=code.printed, issuer=issuer, holder=reserved.issuer)
        never_drawn_from = min(never_drawn_from, reserved.since_counter)
    if space is not None:
        if space.prefix != code.prefix:
            raise ValueError(f"the space of {space.prefix} given for {code.printed}")
        if counter_of(space.prefix, space.key, code.suffix) < never_drawn_from:
            raise CodeAlreadyDrawn(code=code.printed, issuer=issuer)
    return AdoptedCode(code, issuer, parsed.verified)
