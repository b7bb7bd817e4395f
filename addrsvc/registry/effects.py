"""Pure: what an act does to each address it touches, to be seen before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from addrsvc.registry.differences import Difference, differences
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address
from addrsvc.registry.timeline import Slice


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one address."""

    ref: str
    what: str
    """As its event says it: ``assigned``, ``changed``, ``retired``, ``restored`` and so on."""
    is_new: bool
    label: str
    status: str
    valid_from: date
    """First legal day of what is said."""
    differences: tuple[Difference, ...]
    """Of what was said before; none for a new address."""
    successors: tuple[str, ...]


def effect_of(what: str, address: Address, before: Slice | None, after: Slice | None) -> Effect:
    """Give the effect on one address, which stands as ``address`` after the act.

    ``before`` and ``after`` are what is said of the days the act is about; before None: it is new.
    """
    return Effect(
        ref=address.ref,
        what=what,
        is_new=before is None,
        label=address_line(
            address.document.components, address.commune_name, address.province_name
        ),
        status=address.status.value,
        valid_from=address.valid_from if after is None else after.valid_from,
        differences=() if before is None or after is None else slices_differ(before, after),
        successors=tuple(each.code for each in address.successors),
    )


def slices_differ(before: Slice, after: Slice) -> tuple[Difference, ...]:
    """Give what two slices say differently, the status first."""
    found = differences(before.document, after.document)
    if before.status is not after.status:
        found.insert(0, Difference("status", before.status.value, after.status.value))
    return tuple(found)


class Effects:
    """The effects of one act, as they come about."""

    def __init__(self) -> None:
        self.found: list[Effect] = []

    def note(self, effect: Effect) -> None:
        """Take one in."""
        self.found.append(effect)

    def to_json(self) -> list[dict[str, Any]]:
        """Give them for an answer; addresses that are not there yet are ``new-1`` and so on.

        The code a new address would get is not shown: nobody may print what was never given.
        """
        new = [each.ref for each in self.found if each.is_new]
        names = {ref: f"new-{number}" for number, ref in enumerate(new, 1)}

        def named(value: Any) -> Any:
            return names.get(value, value) if isinstance(value, str) else value

        return [
            {
                "ref": named(each.ref),
                "what": each.what,
                "label": each.label,
                "status": each.status,
                "valid_from": each.valid_from.isoformat(),
                "differences": [
                    {**one.to_json(), "before": named(one.before), "after": named(one.after)}
                    for one in each.differences
                ],
                "successors": [named(code) for code in each.successors],
            }
            for each in self.found
        ]
