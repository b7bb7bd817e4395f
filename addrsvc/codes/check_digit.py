"""The check digit of a plate: Verhoeff, by ``python-stdnum``; spec.md §3 says why."""

from __future__ import annotations

import stdnum.verhoeff


def check_digit(digits: str) -> str:
    """Compute the digit that follows ten digits on a plate.

    Args:
        digits: ASCII digits, no separators.

    >>> check_digit("7512304827")
    '7'
    """
    return stdnum.verhoeff.calc_check_digit(digits)


def matches(digits: str) -> bool:
    """Tell whether the last of the digits is the check digit of those before it.

    >>> matches("75123048277"), matches("75123048274")
    (True, False)
    """
    return stdnum.verhoeff.is_valid(digits)
