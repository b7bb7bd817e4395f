"""JSON of findings about registered addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language
from addrsvc.findings import Finding
from addrsvc.registry.quality.catalogue import CATALOGUE
from addrsvc.registry.quality.repository import CommuneQuality, Noted


def finding_out(finding: Finding, language: Language) -> dict[str, Any]:
    """Give one finding, worded."""
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "message": finding.text(language),
        "remedy": finding.kind.remedy.in_(language),
        "url": f"/findings/{finding.id}",
    }


def noted_out(noted: Noted, language: Language) -> dict[str, Any]:
    """Give one finding of an audit with its address."""
    code = None if noted.code is None else DigitalCode.of(noted.code).plate
    return {
        "ref": noted.ref,
        "code": code,
        **finding_out(noted.finding, language),
        "changed_since": noted.changed,
    }


def commune_out(quality: CommuneQuality) -> dict[str, Any]:
    """Give the counts of one commune."""
    return {
        "code": quality.code,
        "name": quality.name,
        "as_of": quality.as_of.isoformat(),
        "addresses": quality.addresses,
        "findings": [
            {
                "id": each.kind,
                "severity": each.severity.value,
                "count": each.count,
            }
            for each in quality.counts
        ],
    }


def totals_out(communes: Sequence[CommuneQuality], language: Language) -> list[dict[str, Any]]:
    """Give how many addresses have each kind of finding, in the order of the catalogue."""
    totals: dict[str, int] = {}
    for commune in communes:
        for each in commune.counts:
            totals[each.kind] = totals.get(each.kind, 0) + each.count
    return [
        {
            "id": kind.id,
            "severity": kind.severity.value,
            "title": kind.title.in_(language),
            "count": totals[kind.id],
            "url": f"/findings/{kind.id}",
        }
        for kind in CATALOGUE.values()
        if kind.id in totals
    ]
