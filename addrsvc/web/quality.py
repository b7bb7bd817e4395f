"""The page of quality: what the last audit found, by rule and by commune, as anybody may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.model import ANONYMOUS
from addrsvc.auth.sight import sight_of
from addrsvc.auth.web import count_visit
from addrsvc.clock import VIETNAM
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.findings import SEVERITY_NAMES, Severity
from addrsvc.registry.quality import repository
from addrsvc.registry.quality.catalogue import CATALOGUE, PERSONAL
from addrsvc.registry.quality.repository import CommuneQuality, FindingCount
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who
from addrsvc.wording import day_words, number_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One kind of finding and how many addresses have it."""

    id: str
    weight: str
    title: str
    count: str


@dataclass(frozen=True, slots=True)
class ShownCommune:
    """One commune: how many addresses were looked at, how many findings of each weight."""

    code: str
    name: str
    day: str
    addresses: str
    weights: tuple[str, ...]
    rules: tuple[ShownRule, ...]


@router.api_route("/quality", methods=["GET", "HEAD"])
async def quality_page(request: Request) -> Response:
    """Show the counts of the last audit over public addresses."""
    pages, language = pages_of(request), page_language(request)
    try:
        await count_visit(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await repository.counts(conn, sight_of(ANONYMOUS))
    except AddrsvcError as error:
        return pages.refuse(request, error, typed="")
    every = [each for commune in found for each in commune.counts]
    return pages.respond(
        request,
        "quality.html",
        indexed=True,
        addresses=number_words(sum(each.addresses for each in found), language),
        weights=[SEVERITY_NAMES[each].in_(language) for each in _ORDER],
        rules=_rules(every, language),
        communes=[_commune(each, language) for each in found],
    )


def _commune(quality: CommuneQuality, language: Language) -> ShownCommune:
    weights = dict.fromkeys(_ORDER, 0)
    for each in _shown(quality.counts):
        weights[each.severity] += each.count
    return ShownCommune(
        quality.code,
        quality.name,
        day_words(quality.as_of.astimezone(VIETNAM).date(), language),
        number_words(quality.addresses, language),
        tuple(number_words(weights[each], language) for each in _ORDER),
        _rules(quality.counts, language),
    )


def _shown(counts: tuple[FindingCount, ...] | list[FindingCount]) -> list[FindingCount]:
    """Leave out where personal data stand: that is for whoever mends it."""
    return [each for each in counts if each.kind not in PERSONAL]


def _rules(
    counts: tuple[FindingCount, ...] | list[FindingCount], language: Language
) -> tuple[ShownRule, ...]:
    """Give the kinds there are, the heaviest first, then the most frequent."""
    totals: dict[tuple[str, Severity], int] = {}
    for each in _shown(counts):
        key = each.kind, each.severity
        totals[key] = totals.get(key, 0) + each.count
    ordered = sorted(totals.items(), key=lambda item: (_ORDER.index(item[0][1]), -item[1]))
    return tuple(
        ShownRule(
            kind,
            SEVERITY_NAMES[severity].in_(language),
            CATALOGUE[kind].title.in_(language),
            number_words(count, language),
        )
        for (kind, severity), count in ordered
    )
