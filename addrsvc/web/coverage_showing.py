"""What the page of coverage shows, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.coverage.model import Commune, Coverage, FindingRow, Growth, Period, share_of
from addrsvc.coverage.wording import COUNT_NAMES, percent
from addrsvc.errors import Language, Text
from addrsvc.findings import SEVERITY_NAMES, Severity
from addrsvc.wording import day_words, number_words

UNKNOWN: Final = "–"
ORDER_NAMES: Final[dict[str, Text]] = {
    "code": Text("Mã phường, xã", "Code"),
    "collected": Text("Thu thập nhiều nhất", "Most collected"),
    "share": Text("Tỷ lệ thấp nhất", "Lowest share"),
}
PERIOD_NAMES: Final[dict[str, Text]] = {
    Period.DAY.value: Text("Ngày", "Day"),
    Period.WEEK.value: Text("Tuần", "Week"),
    Period.MONTH.value: Text("Tháng", "Month"),
}

_SHOWN_FINDINGS: Final = 30


@dataclass(frozen=True, slots=True)
class ShownCommune:
    """One row of the table."""

    code: str
    name: str
    is_former: bool
    expected: str
    share: str
    is_over: bool
    collected: str
    households: str
    verified: str
    notified: str
    plates: str
    findings: str
    waiting: str
    tickets: str


@dataclass(frozen=True, slots=True)
class ShownCount:
    """One of the totals."""

    id: str
    name: str
    count: str


@dataclass(frozen=True, slots=True)
class ShownTotal:
    """All communes together."""

    expected: str
    """Empty: of no commune."""
    expected_of: str
    share: str
    counts: tuple[ShownCount, ...]
    dossiers: tuple[str, str, str] | None
    """Addresses, linked, waiting; None: not told."""


@dataclass(frozen=True, slots=True)
class ShownPeriod:
    """One row of growth."""

    name: str
    made: str
    verified: str
    retired: str
    width: str
    """Of the bar, in hundredths of the longest."""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One kind of finding over all communes."""

    id: str
    title: str
    severity: str
    count: str


def in_order(communes: Sequence[Commune], order: str) -> list[Commune]:
    """Put communes in order; those of which the number is not known come last."""
    if order == "share":
        return sorted(communes, key=lambda each: (each.share is None, each.share or 0, each.code))
    if order == "collected":
        return sorted(
            communes,
            key=lambda each: (
                each.counts is None,
                0 if each.counts is None else -each.counts.in_use,
                each.code,
            ),
        )
    return list(communes)


def shown_commune(commune: Commune, language: Language) -> ShownCommune:
    """Give a row of the table."""
    counts, findings, dossiers = commune.counts, commune.findings, commune.dossiers
    heavy = None
    if findings is not None:
        heavy = findings.get(Severity.ERROR, 0) + findings.get(Severity.WARNING, 0)
    return ShownCommune(
        code=commune.code,
        name=commune.name,
        is_former=commune.is_former,
        expected=_said(commune.expected, language),
        share=UNKNOWN if commune.share is None else percent(commune.share, language),
        is_over=commune.is_over,
        collected=_said(None if counts is None else counts.in_use, language),
        households=_said(None if counts is None else counts.households, language),
        verified=_said(None if counts is None else counts.verified, language),
        notified=_said(None if counts is None else counts.notified, language),
        plates=_said(None if counts is None else counts.plate_fixed, language),
        findings=_said(heavy, language),
        waiting=_said(None if dossiers is None else dossiers.waiting, language),
        tickets=_said(commune.tickets, language),
    )


def shown_total(coverage: Coverage, language: Language) -> ShownTotal:
    """Give all communes together."""
    total = coverage.total
    share = share_of(coverage.communes)
    given = sum(each.expected is not None for each in coverage.communes)
    dossiers = total.dossiers
    return ShownTotal(
        expected="" if total.expected is None else _said(total.expected, language),
        expected_of=number_words(given, language),
        share="" if share is None else percent(share, language),
        counts=tuple(
            ShownCount(name, text.in_(language), _said(getattr(total.counts, name, None), language))
            for name, text in COUNT_NAMES.items()
        ),
        dossiers=None
        if dossiers is None
        else (
            _said(dossiers.addresses, language),
            _said(dossiers.linked, language),
            _said(dossiers.waiting, language),
        ),
    )


def shown_growth(growth: Growth, language: Language) -> list[ShownPeriod]:
    """Give the rows of growth, the newest first."""
    longest = max((each.made for each in growth.rows), default=0) or 1
    return [
        ShownPeriod(
            name=f"{each.first_day:%m/%Y}"
            if growth.by is Period.MONTH
            else day_words(each.first_day, language)
            if growth.by is Period.DAY
            else f"{day_words(each.first_day, language)} – {day_words(each.last_day, language)}",
            made=number_words(each.made, language),
            verified=number_words(each.verified, language),
            retired=number_words(each.retired, language),
            width=f"{100 * each.made / longest:.2f}",
        )
        for each in reversed(growth.rows)
    ]


def shown_findings(found: Sequence[FindingRow], language: Language) -> list[ShownFinding]:
    """Give the kinds of findings over all communes, the heaviest first, then the most frequent."""
    order = [*reversed(Severity)]
    totals: dict[tuple[str, Severity], int] = {}
    titles = {each.kind: each.title for each in found}
    for each in found:
        key = each.kind, each.severity
        totals[key] = totals.get(key, 0) + each.count
    ordered = sorted(totals.items(), key=lambda item: (order.index(item[0][1]), -item[1]))
    return [
        ShownFinding(
            kind,
            titles[kind].in_(language),
            SEVERITY_NAMES[severity].in_(language),
            number_words(count, language),
        )
        for (kind, severity), count in ordered[:_SHOWN_FINDINGS]
    ]


def _said(number: int | None, language: Language) -> str:
    return UNKNOWN if number is None else number_words(number, language)
