"""Pure: all rules on registered addresses. A rule looks at one subject and gives findings.

What is in use, kept or proposed is held to every rule; what is out of use only to those on
people, and to leading on to what took its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from addrsvc.findings import Finding
from addrsvc.registry.model import Status
from addrsvc.registry.quality import rules_links, rules_parts, rules_place, rules_texts
from addrsvc.registry.quality.subject import Subject

Rule = Callable[[Subject], Iterable[Finding]]

LIVE: Final[tuple[Rule, ...]] = (
    *rules_place.RULES,
    *rules_parts.RULES,
    *rules_texts.RULES,
    *rules_links.RULES,
)
ENDED: Final[tuple[Rule, ...]] = (
    rules_texts.no_personal_numbers,
    rules_texts.no_personal_names,
    rules_links.retired_leads_on,
)


def findings_of(subject: Subject) -> list[Finding]:
    """Hold a subject to the rules for its status."""
    ended = subject.status in {Status.RETIRED, Status.REJECTED}
    return [finding for rule in (ENDED if ended else LIVE) for finding in rule(subject)]
