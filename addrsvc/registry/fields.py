"""Pure: how texts people typed are kept: NFC, single spaces, no control characters."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, replace

from addrsvc.registry.errors import FieldInvalid
from addrsvc.registry.model import Components, Locality

_REFUSED = {"Cc", "Cs", "Co", "Cn"}
"""Unicode categories that have no place in an address: control, surrogate, private, none."""


def spaced(text: str) -> str:
    """Give the text in NFC with single spaces; blank ones become empty.

    >>> spaced("  Đường  số 5 ")
    'Đường số 5'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean(field: str, text: str) -> str:
    """Give the text as it is kept.

    Raises:
        FieldInvalid: blank, or with control characters.

    >>> clean("name", "  Trường  Tiểu học ")
    'Trường Tiểu học'
    """
    kept = spaced(text)
    if not kept or any(unicodedata.category(sign) in _REFUSED for sign in kept):
        raise FieldInvalid(field=field)
    return kept


def clean_optional(field: str, text: str | None) -> str | None:
    """Give the text as it is kept; None stays None."""
    return None if text is None else clean(field, text)


def clean_components(components: Components) -> Components:
    """Give the components with every text as it is kept.

    Raises:
        FieldInvalid: one of them is blank, or holds control characters.
    """
    texts = {
        each.name: clean_optional(each.name, getattr(components, each.name))
        for each in fields(components)
        if each.name != "localities"
    }
    localities = tuple(
        Locality(locality.kind, clean("localities", locality.name))
        for locality in components.localities
    )
    return replace(components, localities=localities, **texts)
