"""The JSON of duplicates."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from addrsvc.errors import Language
from addrsvc.registry.duplicates.acting import DistinctFrom, DuplicateOf
from addrsvc.registry.duplicates.refusing import candidate
from addrsvc.registry.duplicates.report import Group
from addrsvc.registry.model import KIND_NAMES
from addrsvc.registry.schemas import CodeText, LongText


class DuplicateOfIn(BaseModel):
    """Which address is kept in place of a duplicate, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep: CodeText
    reason: LongText

    def to_command(self) -> DuplicateOf:
        """Give the command the service takes."""
        return DuplicateOf(self.keep, self.reason)


class DistinctFromIn(BaseModel):
    """Which address only looks like this one, and why they are two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    other: CodeText
    reason: LongText

    def to_command(self) -> DistinctFrom:
        """Give the command the service takes."""
        return DistinctFrom(self.other, self.reason)


def group_out(group: Group, language: Language) -> dict[str, Any]:
    """Give a group, each of its addresses with the surest reason why it is in it."""
    return {
        "group": group.group_id,
        "addresses": [
            {
                **candidate(each.likeness, each.address),
                "kind": each.address.document.kind.value,
                "kind_name": KIND_NAMES[each.address.document.kind].in_(language),
                "status": each.address.status.value,
                "version": each.address.version,
            }
            for each in group.members
        ],
    }
