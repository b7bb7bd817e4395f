"""A keyed shuffle of the 100,000 suffixes of a prefix: counter → suffix, spec.md §4.

>>> suffix_at("75123", bytes(32), 0)
'66065'
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from addrsvc.codes.code import is_prefix

SUFFIXES: Final = 100_000
"""How many suffixes a prefix has: 00000 to 99999."""

KEY_BYTES: Final = 32
"""Length of the random key of a prefix."""

DOMAIN_LABEL: Final = b"addrsvc/codes/permutation/v1"
"""Set before prefix and key so that no other use of the key yields the same stream."""

_WORD_BYTES = 8
_CACHED = 128
"""Shuffles kept, 400 kB each."""

Suffixes = npt.NDArray[np.uint32]


@lru_cache(maxsize=_CACHED)
def suffixes(prefix: str, key: bytes) -> Suffixes:
    """Give all suffixes of a prefix in the order of their counters.

    Returns:
        Shape (100000,), read-only; element i is the suffix of counter i.

    Raises:
        ValueError: prefix not five digits, or key not 32 bytes.
    """
    if not is_prefix(prefix):
        raise ValueError(f"not a prefix: {prefix!r}")
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    stream = hashlib.shake_256(DOMAIN_LABEL + prefix.encode("ascii") + key)
    words = np.frombuffer(stream.digest(SUFFIXES * _WORD_BYTES), dtype=">u8")
    order = np.argsort(words.astype(np.uint64), kind="stable").astype(np.uint32)
    order.setflags(write=False)
    return order


def suffix_at(prefix: str, key: bytes, counter: int) -> str:
    """Give the suffix of a counter, five digits.

    Raises:
        ValueError: counter outside 0…99999; prefix or key as in `suffixes`.
    """
    if not 0 <= counter < SUFFIXES:
        raise ValueError(f"counter outside 0…{SUFFIXES - 1}: {counter}")
    return f"{suffixes(prefix, key)[counter]:05d}"


def counter_of(prefix: str, key: bytes, suffix: str) -> int:
    """Give the counter whose suffix this is.

    Raises:
        ValueError: suffix not five digits; prefix or key as in `suffixes`.
    """
    if not is_prefix(suffix):  # same form: five ASCII digits
        raise ValueError(f"not a suffix: {suffix!r}")
    return int(np.flatnonzero(suffixes(prefix, key) == int(suffix))[0])
