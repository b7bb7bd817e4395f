"""Halves of the real sets by a fixed hash: one to work with, one to score once at the end."""

from __future__ import annotations

from hashlib import sha256


def is_seen(identity: str) -> bool:
    """Tell whether a row belongs to the half one may look at.

    >>> sum(is_seen(f"A{number:04d}") for number in range(1000))
    504
    """
    return sha256(identity.encode()).digest()[0] % 2 == 0


def is_for_fitting(identity: str) -> bool:
    """Split a half once more: rows that coefficients are fitted on, and rows that check them."""
    return sha256(identity.encode()).digest()[1] % 2 == 0
