"""The JSON and the CSV of what a plan changes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from addrsvc.errors import Language, Text, problem_shown
from addrsvc.planning.changes.errors import AgainstUnreadable
from addrsvc.planning.changes.model import (
    COMPARISON_STATE_NAMES,
    NO_LONGER_PLANNED,
    NOT_PLANNED,
    ChangeRow,
    Counts,
    Differences,
)
from addrsvc.planning.changes.service import Compared, Telling
from addrsvc.planning.code_lists import Use, use_of
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    REFERENCE_NOTICE,
    STATUS_NAMES,
    Plan,
)
from addrsvc.registry.schemas import Closed
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import open_writer

SYNTHETIC: Final = Text(
    "Có đồ án giả lập để thử nghiệm, không có giá trị thực tế.",
    "Some of these plans are invented for testing and hold nowhere.",
)
_NUMBERS: Final = re.compile(r"([0-9]{1,18})?(,[0-9]{1,18})*")
_BEFORE: Final = Text("Trước", "Before")
_AFTER: Final = Text("Sau", "After")
_CODE: Final = Text("Mã {side}", "Code {side}")
_AREA: Final = Text("Diện tích (m²)", "Area (m²)")
_PERCENT: Final = Text("Tỷ lệ (%)", "Share (%)")
_UNCHANGED: Final = Text("Giữ nguyên", "Unchanged")
_YES: Final = Text("có", "yes")
_INVENTED: Final = Text("giả lập, không có giá trị thực tế", "invented for testing")
_SINCE: Final = Text("hiệu lực từ {day}", "holds from {day}")
_UNTIL: Final = Text("đến trước {day}", "until before {day}")
_TOTAL: Final = Text("Tổng cộng", "Total")


class ComparedIn(Closed):
    """What a plan is to be compared with."""

    against: Annotated[
        list[Annotated[int, Field(ge=1, lt=2**62)]] | None,
        Field(max_length=1_000, description="plans; left out: those whose place it took"),
    ] = None


def numbers_of(against: str | None) -> list[int] | None:
    """Read numbers of plans; None: not said.

    Raises:
        AgainstUnreadable: these are none.
    """
    if against is None:
        return None
    plain = against.replace(" ", "")
    if _NUMBERS.fullmatch(plain) is None:
        raise AgainstUnreadable(given=against[:80])
    return [int(each) for each in plain.split(",") if each]


def compared_out(
    found: Compared, language: Language, tellings: Sequence[Telling] | None = None
) -> dict[str, Any]:
    """Give what is known of the changes; counts and tellings to planners only."""
    comparison, differences = found.comparison, found.comparison.differences
    is_synthetic = any(each.described.is_synthetic for each in (found.plan, *found.against))
    said: dict[str, Any] = {
        "plan": _plan_out(found.plan, language),
        "against": [_plan_out(each, language) for each in found.against],
        "state": comparison.state,
        "state_name": COMPARISON_STATE_NAMES[comparison.state].in_(language),
        "comparison": comparison.comparison_id,
        "asked_at": comparison.asked_at,
        "done_at": comparison.done_at,
        "problem": None
        if comparison.problem is None
        else problem_shown(comparison.problem, language),
        "changes": None if differences is None else _differences_out(found, differences, language),
        "notice": REFERENCE_NOTICE.in_(language),
        "is_synthetic": is_synthetic,
        "synthetic_note": SYNTHETIC.in_(language) if is_synthetic else None,
    }
    if tellings is not None:
        said["counts"] = None if comparison.counts is None else counts_out(comparison.counts)
        said["told"] = [
            {
                "act": each.act,
                "addresses": each.told,
                "began_at": each.recorded_at,
                "finished_at": each.finished_at,
            }
            for each in tellings
        ]
    return said


def counts_out(counts: Counts) -> dict[str, Any]:
    """Give how many addresses and dossiers are concerned."""
    return {
        "addresses": counts.addresses,
        "dossiers": counts.dossiers,
        "proposals": counts.proposals,
        "communes": [
            {"commune": each.commune, "addresses": each.addresses, "dossiers": each.dossiers}
            for each in counts.communes
        ],
    }


def _differences_out(found: Compared, of: Differences, language: Language) -> dict[str, Any]:
    return {
        "area_m2": round(of.after_m2, 2),
        "before_m2": round(of.before_m2, 2),
        "changed_m2": round(of.changed_m2, 2),
        "unchanged_m2": round(of.unchanged_m2, 2),
        "before_twice_m2": round(of.before_twice_m2, 2),
        "after_twice_m2": round(of.after_twice_m2, 2),
        "rows": [
            {
                "before": _use_out(_before(found, row), language),
                "after": _use_out(_after(found, row), language),
                "area_m2": round(row.area_m2, 2),
                "percent": None if share is None else round(share, 4),
                "pieces": row.pieces,
                "is_unchanged": row.is_unchanged,
            }
            for row, share in ((row, _percent(row, of)) for row in of.rows)
        ],
    }


def _before(found: Compared, row: ChangeRow) -> Use | None:
    if row.before is None:
        return None
    lists = [each.described.code_list for each in found.against] or [""]
    return use_of(lists[0], row.before)


def _after(found: Compared, row: ChangeRow) -> Use | None:
    return None if row.after is None else use_of(found.plan.described.code_list, row.after)


def _percent(row: ChangeRow, of: Differences) -> float | None:
    """Give the share of the plan; None: it is no ground of the plan."""
    if row.after is None or of.after_m2 == 0:
        return None
    return 100 * row.area_m2 / of.after_m2


def _use_out(use: Use | None, language: Language) -> dict[str, Any] | None:
    if use is None:
        return None
    return {"code": use.code, "name": use.name.in_(language), "colour": use.colour}


def _plan_out(plan: Plan, language: Language) -> dict[str, Any]:
    told = plan.described
    return {
        "plan_id": plan.plan_id,
        "name": told.name,
        "kind": told.kind,
        "kind_name": KIND_NAMES[told.kind].in_(language),
        "level": told.level,
        "level_name": LEVEL_NAMES[told.level].in_(language),
        "status": plan.status,
        "status_name": STATUS_NAMES[plan.status].in_(language),
        "issuer": told.issuer,
        "decision_number": told.decision_number,
        "decision_date": told.decision_date,
        "scale": told.scale,
        "period_from": told.period_from,
        "period_to": told.period_to,
        "code_list": told.code_list,
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
        "is_synthetic": told.is_synthetic,
        "links": {"plan": f"/v1/plans/{plan.plan_id}", "page": f"/plans/{plan.plan_id}"},
    }


def csv_of(found: Compared, of: Differences, language: Language) -> bytes:
    """Give the table as a file for spreadsheets; behind it, of which plans it is."""
    code = _CODE.in_(language)
    before, after = _BEFORE.in_(language), _AFTER.in_(language)
    numbers = [_AREA.in_(language), _PERCENT.in_(language)]
    header = [
        code.format(side=before.lower()),
        before,
        code.format(side=after.lower()),
        after,
        _UNCHANGED.in_(language),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "changes.csv"
        writer = open_writer(path, Layout(header, numbers, frozenset(numbers)))
        try:
            writer.write([*_csv_rows(found, of, language), *_csv_notes(found, language)])
        finally:
            writer.close()
        return path.read_bytes()


def _csv_rows(found: Compared, of: Differences, language: Language) -> list[list[str]]:
    rows = []
    for row in of.rows:
        was, is_ = _before(found, row), _after(found, row)
        share = _percent(row, of)
        rows.append(
            [
                row.before or "",
                NOT_PLANNED.in_(language) if was is None else was.name.in_(language),
                row.after or "",
                NO_LONGER_PLANNED.in_(language) if is_ is None else is_.name.in_(language),
                _YES.in_(language) if row.is_unchanged else "",
                f"{row.area_m2:.2f}",
                "" if share is None else f"{share:.4f}",
            ]
        )
    rows.append([_TOTAL.in_(language), "", "", "", "", f"{of.after_m2:.2f}", "100"])
    return rows


def _csv_notes(found: Compared, language: Language) -> list[list[str]]:
    notes = [
        (_AFTER.in_(language), found.plan),
        *((_BEFORE.in_(language), each) for each in found.against),
    ]
    said = [f"{side}: {_line_of(plan, language)}" for side, plan in notes]
    said.append(REFERENCE_NOTICE.in_(language))
    return [[each, *[""] * 6] for each in said]


def _line_of(plan: Plan, language: Language) -> str:
    told = plan.described
    parts = [
        told.name,
        KIND_NAMES[told.kind].in_(language),
        LEVEL_NAMES[told.level].in_(language),
        told.decision_number or "",
        f"{told.decision_date:%d/%m/%Y}" if told.decision_date else "",
        f"1:{told.scale}" if told.scale else "",
        _days(plan, language),
        STATUS_NAMES[plan.status].in_(language),
        _INVENTED.in_(language) if told.is_synthetic else "",
    ]
    return " · ".join(filter(None, parts))


def _days(plan: Plan, language: Language) -> str:
    if plan.valid_from is None:
        return ""
    first = _SINCE.in_(language).format(day=f"{plan.valid_from:%d/%m/%Y}")
    if plan.valid_to is None:
        return first
    return f"{first} {_UNTIL.in_(language).format(day=f'{plan.valid_to:%d/%m/%Y}')}"
