"""Pure: what may be found about an address, each kind under an identifier that never changes.

A finding says what was noticed about an address and what to do next, in both languages. The
catalogue is the source of ``/findings`` and ``GET /v1/findings``; messages name units, streets
and numbers, never a person, a telephone number or anything else that was left out as noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import Final

from addrsvc.errors import Language, Text


class Severity(StrEnum):
    """How much a finding weighs."""

    INFO = "info"
    """Good to know; the answer stands."""
    WARNING = "warning"
    """The answer may be another one, or is less exact than what was asked."""
    ERROR = "error"
    """Without mending there is no answer."""


SEVERITY_NAMES: Final[dict[Severity, Text]] = {
    Severity.INFO: Text("Để biết", "Good to know"),
    Severity.WARNING: Text("Cần xem lại", "Look again"),
    Severity.ERROR: Text("Phải sửa", "Must be mended"),
}


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One entry of the catalogue."""

    id: str
    severity: Severity
    title: Text
    message: Text
    """With the facts of one address filled in."""
    about: Text
    """Why it is so."""
    remedy: Text
    """What to do next."""
    settled: Text | None = None
    """The message where the matter was decided, or nothing is to be changed; weighs ``info``."""


def kinds_in(*modules: ModuleType) -> dict[str, FindingKind]:
    """Give the kinds that modules define, by identifier, in the order they stand there."""
    defined = (value for module in modules for value in vars(module).values())
    return {kind.id: kind for kind in defined if isinstance(kind, FindingKind)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one address."""

    kind: FindingKind
    facts: Mapping[str, str | Text] = field(default_factory=dict)
    """Names and numbers as they are; phrases in both languages."""
    component: int | None = None
    """Position in the list of components; None: it is about the whole."""
    is_settled: bool = False

    @property
    def id(self) -> str:
        """Give the stable identifier."""
        return self.kind.id

    @property
    def severity(self) -> Severity:
        """Give its weight here: what is settled only informs."""
        return Severity.INFO if self.is_settled else self.kind.severity

    def text(self, language: Language) -> str:
        """Say it in one language."""
        settled = self.kind.settled if self.is_settled else None
        facts = {
            name: fact.in_(language) if isinstance(fact, Text) else fact
            for name, fact in self.facts.items()
        }
        return (settled or self.kind.message).in_(language).format_map(facts)
