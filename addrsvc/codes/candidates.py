"""Codes one slip away from a plate that was misread, for a look-up among live codes."""

from __future__ import annotations

from collections.abc import Iterator

from addrsvc.codes import check_digit as check
from addrsvc.codes.code import CODE_LENGTH, PLATE_LENGTH, DigitalCode
from addrsvc.codes.slips import SLIPS, Slip


def one_edit_candidates(text11: str) -> list[DigitalCode]:
    """List every code whose plate is one slip away from eleven typed digits.

    The slips are those of spec.md §3: one digit, neighbours swapped, digits swapped over
    one, twins, jump twins, ten for teen. Commonest kind of slip first, then by position;
    no code twice. The ten digits as typed are among them: the check digit may be the slip.

    Args:
        text11: eleven ASCII digits, as `read_digits` gives them.

    Raises:
        ValueError: anything else.

    >>> [c.plate for c in one_edit_candidates("75123048270")][:3]
    ['15123-04827-0', '79123-04827-0', '75823-04827-0']
    """
    if len(text11) != PLATE_LENGTH or not (text11.isascii() and text11.isdigit()):
        raise ValueError(f"not eleven digits: {text11!r}")
    found: dict[DigitalCode, None] = {}
    for slip in SLIPS.values():
        for plate in _slipped(text11, slip):
            if check.matches(plate):
                found.setdefault(DigitalCode.of(plate[:CODE_LENGTH]))
    return list(found)


def _slipped(text: str, slip: Slip) -> Iterator[str]:
    for start in range(len(text) - slip.width + 1):
        end = start + slip.width
        for changed in slip.outcomes(tuple(int(d) for d in text[start:end])):
            yield text[:start] + "".join(map(str, changed)) + text[end:]
