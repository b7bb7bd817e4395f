"""Pure: what pages show of one plan: its land uses, what it changes, what was done to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.errors import Language, Text, problem_shown
from addrsvc.planning.changes.model import Comparison, ComparisonState, Counts
from addrsvc.planning.code_lists import use_of
from addrsvc.planning.model import Plan
from addrsvc.planning.service import Act, HistoryEntry
from addrsvc.web.plans_wording import area_words, percent_words
from addrsvc.web.words import words
from addrsvc.wording import moment_words, number_words

ACT_NAMES: Final[dict[Act, Text]] = {
    Act.CREATE: Text("Lập bản nháp", "Draft begun"),
    Act.DESCRIBE: Text("Sửa thông tin", "Description changed"),
    Act.STORE: Text("Lưu các vùng", "Zones stored"),
    Act.PUBLISH: Text("Công bố", "Published"),
    Act.SUPERSEDE: Text("Được thay thế", "Superseded"),
    Act.WITHDRAW: Text("Thu hồi", "Withdrawn"),
    Act.DISCARD: Text("Hủy bản nháp", "Draft discarded"),
}

_ROWS: Final = 60
"""Changes shown, the largest; the rest is small, and told by its sum."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    """One land use of a plan."""

    code: str
    name: str
    colour: str
    zones: str = ""
    area: str = ""
    percent: str = ""


@dataclass(frozen=True, slots=True)
class ShownChanges:
    """What a plan changes, as a table."""

    rows: tuple[tuple[ShownCode | None, ShownCode | None, str], ...]
    """Before and after, None: nothing was or is planned; the largest first."""
    sentences: tuple[str, ...]
    map_url: str
    is_moving: bool
    """It is being worked out."""


@dataclass(frozen=True, slots=True)
class ShownAct:
    """One thing that was done to a plan."""

    act: str
    moment: str
    reason: str


def shown_uses(
    plan: Plan, uses: Iterable[tuple[str, str | None, int, float]], language: Language
) -> list[ShownCode]:
    """Give the land uses of a plan: code, label, zones and square metres of each."""
    return [
        _code(
            plan.described.code_list,
            code,
            language,
            label=label,
            zones=number_words(zones, language),
            area=area_words(area_m2, language),
            percent=percent_words(area_m2 / plan.area_m2 * 100, language) if plan.area_m2 else "",
        )
        for code, label, zones, area_m2 in uses
    ]


def shown_changes(
    plan: Plan, lists: Sequence[str], comparison: Comparison, language: Language
) -> ShownChanges | None:
    """Give what a plan changes; None: it replaces none, or nobody asked.

    ``lists``: ids of the code lists of the plans before, the first one names their codes.
    """
    say, found = words(language), comparison.differences
    if found is None:
        if comparison.state in {ComparisonState.NONE, ComparisonState.DONE}:
            return None
        is_failed = comparison.state is ComparisonState.FAILED
        sentence = say.plan_changes_failed if is_failed else say.plan_changes_soon
        if comparison.problem is not None:
            sentence = problem_shown(comparison.problem, language)["detail"]
        return ShownChanges((), (sentence,), "", is_moving=not is_failed)
    before_list = lists[0] if lists else plan.described.code_list
    changed = [each for each in found.rows if not each.is_unchanged]
    rows = tuple(
        (
            None if each.before is None else _code(before_list, each.before, language),
            None if each.after is None else _code(plan.described.code_list, each.after, language),
            area_words(each.area_m2, language),
        )
        for each in changed[:_ROWS]
    )
    sentences = [
        say.plan_changes_sum.format(
            changed=area_words(found.changed_m2, language),
            unchanged=area_words(found.unchanged_m2, language),
        )
    ]
    if len(changed) > _ROWS:
        rest = sum(each.area_m2 for each in changed[_ROWS:])
        sentences.append(
            say.plan_changes_rest.format(
                count=number_words(len(changed) - _ROWS, language),
                area=area_words(rest, language),
            )
        )
    if found.before_twice_m2 or found.after_twice_m2:
        twice = area_words(found.before_twice_m2 + found.after_twice_m2, language)
        sentences.append(say.plan_changes_twice.format(area=twice))
    map_url = f"/v1/plans/{plan.plan_id}/changes/map?lang={language}" if rows else ""
    return ShownChanges(rows, tuple(sentences), map_url, is_moving=False)


def shown_counts(counts: Counts, language: Language) -> dict[str, str]:
    """Give how many addresses and dossiers a plan concerns, in words."""
    return {
        "addresses": number_words(counts.addresses, language),
        "dossiers": number_words(counts.dossiers, language),
        "proposals": number_words(counts.proposals, language),
    }


def shown_history(entries: Sequence[HistoryEntry], language: Language) -> list[ShownAct]:
    """Give what was done to a plan, the latest first."""
    return [
        ShownAct(
            ACT_NAMES[each.act].in_(language),
            moment_words(each.recorded_at, language),
            each.reason or "",
        )
        for each in reversed(entries)
    ]


def _code(
    code_list: str,
    code: str,
    language: Language,
    *,
    label: str | None = None,
    zones: str = "",
    area: str = "",
    percent: str = "",
) -> ShownCode:
    use = use_of(code_list, code, label)
    return ShownCode(code, use.name.in_(language), use.colour, zones, area, percent)
