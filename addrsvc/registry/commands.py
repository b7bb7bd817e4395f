"""What callers ask of the registry, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final

from addrsvc.registry.model import (
    Alias,
    Components,
    Holder,
    Kind,
    Position,
    Visibility,
)


class Keep(Enum):
    """Marks a field of a correction that stays as it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class AssignAddress:
    """Register one object: by a position, by components, or both."""

    kind: Kind
    source: str
    components: Components = field(default_factory=Components)
    position: Position | None = None
    commune_code: str | None = None
    name: str | None = None
    code: str | None = None
    """A code issued elsewhere, in any written form; None: draw a new one."""
    issuer: str | None = None
    """Who issued ``code``."""
    parent: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    text: str | None = None
    aliases: tuple[Alias, ...] = ()
    holder: Holder | None = None
    valid_from: date | None = None
    """Legal day it holds from; None: today."""
    distinct_because: str | None = None
    """Why it is no duplicate of those it looks like; needs a scope. None: duplicates are refused."""


@dataclass(frozen=True, slots=True)
class CorrectAddress:
    """Mend the record of one address; what is not named stays."""

    kind: Kind | Keep = KEEP
    components: Components | Keep = KEEP
    position: Position | Keep = KEEP
    commune_code: str | Keep = KEEP
    name: str | Keep | None = KEEP
    visibility: Visibility | Keep = KEEP
    text: str | Keep | None = KEEP
    aliases: tuple[Alias, ...] = ()
    """Added to those there are."""
    holder: Holder | None = None
    """Replaces the one there is; None: leave it."""
    reason: str | None = None
    distinct_because: str | None = None
    """As of :class:`AssignAddress`."""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all is asked for."""
        fields = (self.kind, self.components, self.position, self.commune_code, self.name)
        rest = (self.visibility, self.text)
        return (
            all(value is KEEP for value in (*fields, *rest))
            and not self.aliases
            and self.holder is None
        )


@dataclass(frozen=True, slots=True)
class RetireAddress:
    """Say that an address is no longer in use, and what took its place."""

    reason: str
    successors: tuple[str, ...] = ()
    """Codes of addresses in use, in any written form."""
    relation: str = "replaced"
    """``replaced``, ``merged`` (N→1) or ``split`` (1→N)."""
    on: date | None = None
    """First legal day it is out of use; None: today."""
