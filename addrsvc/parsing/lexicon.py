"""The administrative units a text may name, ready to be looked up by name and by place. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from addrsvc.types import Level, UnitId, ValidPeriod


@dataclass(frozen=True, slots=True)
class LexiconUnit:
    """What reading needs to know of a unit."""

    id: UnitId
    period: ValidPeriod
    level: Level
    kind: str
    """``tinh``, ``quan``, ``huyen``, ``thi_xa``, ``thanh_pho``, ``phuong``, ``xa``…"""
    name: str
    """Without the word of its kind: ``Phú Lợi``."""
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class FormerCommune:
    """A commune abolished before the registers begin (June 2025): known by name only."""

    kind: str
    name: str
    district_code: str
    """Code of the district of June 2025 it lay in."""


class UnitLexicon:
    """All units, old and new, and how the old ones went into the new."""

    def __init__(
        self,
        units: Iterable[LexiconUnit],
        links: Iterable[tuple[UnitId, UnitId]],
        former: Iterable[FormerCommune] = (),
    ) -> None:
        """``links``: (predecessor, successor), whole or in part, communes and provinces."""
