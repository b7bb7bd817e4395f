"""Show plans and reports of files on the terminal; texts from files are not trusted there."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from addrsvc.errors import Language, Text
from addrsvc.planning.changes.model import (
    COMPARISON_STATE_NAMES,
    NO_LONGER_PLANNED,
    NOT_PLANNED,
    Counts,
    Differences,
)
from addrsvc.planning.changes.service import Compared, Telling
from addrsvc.planning.files.model import FAULTS, Report
from addrsvc.planning.model import (
    KIND_NAMES,
    LEVEL_NAMES,
    REFERENCE_NOTICE,
    STATUS_NAMES,
    Plan,
)
from addrsvc.planning.service import Rehearsal

EMPTY: Final = Text("không có đồ án nào như vậy", "no such plans")

_SHOWN: Final = 20
_SYNTHETIC: Final = Text("  GIẢ LẬP: không phải quy hoạch thật", "  SYNTHETIC: no real plan")
_REPLACES: Final = Text("  thay thế: {plans}", "  replaces: {plans}")
_REPLACED: Final = Text("  được thay bởi: {plans}", "  replaced by: {plans}")
_DECISION: Final = Text("  quyết định: {number}, ngày {day}", "  decision: {number} of {day}")
_COVERS: Final = Text(
    "  {zones:,} vùng, {vertices:,} đỉnh, {area:,.1f} ha, xã: {communes}",
    "  {zones:,} zones, {vertices:,} vertices, {area:,.1f} ha, communes: {communes}",
)
_SUPERSEDED: Final = Text("Sẽ được thay thế từ {day}:", "Would be superseded from {day}:")
_ALONGSIDE: Final = Text("Sẽ cùng còn hiệu lực:", "Would hold beside it:")
_COUNTS: Final = Text(
    "Địa chỉ có quy hoạch thay đổi: {addresses:,}; hồ sơ: {dossiers:,}",
    "Addresses for which something else is planned: {addresses:,}; dossiers: {dossiers:,}",
)
_AFTER: Final = Text("Đồ án", "Plan")
_BEFORE: Final = Text("So với", "Against")
_CHANGED: Final = Text(
    "Thay đổi {changed:,.2f} ha, giữ nguyên {unchanged:,.2f} ha.",
    "Changed: {changed:,.2f} ha; unchanged: {unchanged:,.2f} ha.",
)
_TOLD: Final = Text(
    "Đã báo thay đổi của {addresses:,} địa chỉ ({act}).",
    "Followers were told of {addresses:,} addresses ({act}).",
)
_TELLING: Final = Text(
    "Đang báo thay đổi ({act}): đã báo {addresses:,} địa chỉ.",
    "Followers are being told ({act}): {addresses:,} addresses by now.",
)
_COUNTING: Final = Text(
    "Số địa chỉ và hồ sơ liên quan đang được tính; hãy chạy lại lệnh này sau.",
    "How many addresses and dossiers are concerned is being worked out; run this again later.",
)
_HEAD: Final = Text(
    "Lớp {layer}; hệ tọa độ {crs} ({crs_from}); bảng mã {encoding} ({encoding_from}); "
    "cột mã {column}",
    "Layer {layer}; reference system {crs} ({crs_from}); encoding {encoding} ({encoding_from}); "
    "codes in {column}",
)
_SIZE: Final = Text(
    "{features:,} đối tượng, {zones:,} vùng lưu được, {vertices:,} đỉnh, {area:,.1f} ha",
    "{features:,} features, {zones:,} can be stored, {vertices:,} vertices, {area:,.1f} ha",
)
_REPAIRS: Final = Text("Bản sửa đề xuất:", "Repairs proposed:")
_OVERLAPS: Final = Text(
    "; sẽ chồng lấn {area:,.1f} m² (vùng {numbers})", "; would overlap {area:,.1f} m² ({numbers})"
)
_NO_REPAIR: Final = Text("không sửa được ({reason})", "no repair ({reason})")
_MORE: Final = Text("  … và {count:,} dòng nữa", "  … and {count:,} more")
_SOUND: Final = Text("Không thấy lỗi.", "Nothing is wrong.")


def plain(text: str) -> str:
    r"""Give a text without what would steer a terminal.

    >>> plain("Khu A\x1b[2J\u202e B")
    'Khu A [2J  B'
    """
    return "".join(" " if unicodedata.category(each)[0] == "C" else each for each in text)


def plan_line(plan: Plan, language: Language) -> str:
    """Give a plan in one line."""
    until = "" if plan.valid_to is None else plan.valid_to
    days = "—" if plan.valid_from is None else f"{plan.valid_from}..{until}"
    status = STATUS_NAMES[plan.status].in_(language)
    return f"{plan.plan_id}  {status}  {days}  {plan.zones:,}  {plain(plan.described.name)}"


def show_plan(plan: Plan, language: Language) -> None:
    """Print a plan."""
    said = plan.described
    print(plan_line(plan, language))
    print(f"  {KIND_NAMES[said.kind].in_(language)} · {LEVEL_NAMES[said.level].in_(language)}")
    if said.decision_number is not None:
        decided = {"number": plain(said.decision_number), "day": said.decision_date or "—"}
        print(_DECISION.in_(language).format(**decided))
    print(
        _COVERS.in_(language).format(
            zones=plan.zones,
            vertices=plan.vertices,
            area=plan.area_m2 / 10_000,
            communes=", ".join(plan.communes) or "—",
        )
    )
    for text, plans in ((_REPLACES, plan.replaces), (_REPLACED, plan.replaced_by)):
        if plans:
            print(text.in_(language).format(plans=", ".join(map(str, plans))))
    if said.is_synthetic:
        print(_SYNTHETIC.in_(language))


def show_rehearsal(rehearsal: Rehearsal, language: Language) -> None:
    """Print what publishing would do."""
    show_plan(rehearsal.plan, language)
    for text, plans in ((_SUPERSEDED, rehearsal.replaced), (_ALONGSIDE, rehearsal.alongside)):
        if plans:
            print(text.in_(language).format(day=rehearsal.wanted.valid_from))
        for each in plans:
            print(f"  {plan_line(each, language)}")
    counts = rehearsal.comparison.counts
    if counts is None:
        print(_COUNTING.in_(language))
    else:
        _show_counts(counts, language)


def show_changes(found: Compared, tellings: Sequence[Telling], language: Language) -> None:
    """Print what a plan changes, as far as that is known."""
    known = found.comparison
    for title, plans in ((_AFTER, [found.plan]), (_BEFORE, found.against)):
        for each in plans:
            print(f"{title.in_(language)}: {plan_line(each, language)}")
    print(COMPARISON_STATE_NAMES[known.state].in_(language))
    if known.problem is not None:
        print(known.problem["detail"][language])
    if known.differences is not None:
        _show_differences(known.differences, language)
    if known.counts is not None:
        _show_counts(known.counts, language)
    for telling in tellings:
        text = _TELLING if telling.finished_at is None else _TOLD
        print(text.in_(language).format(act=telling.act.value, addresses=telling.told))
    print(REFERENCE_NOTICE.in_(language))


def _show_differences(of: Differences, language: Language) -> None:
    changed = [each for each in of.rows if not each.is_unchanged]
    for each in changed[:_SHOWN]:
        before = NOT_PLANNED.in_(language) if each.before is None else plain(each.before)
        after = NO_LONGER_PLANNED.in_(language) if each.after is None else plain(each.after)
        area = f"{each.area_m2 / 10_000:>14,.2f} ha{each.pieces:>8,}"
        print(f"  {before[:24]:<24} → {after[:24]:<24}{area}")
    _more(len(changed), language)
    areas = {"changed": of.changed_m2 / 10_000, "unchanged": of.unchanged_m2 / 10_000}
    print(_CHANGED.in_(language).format(**areas))


def _show_counts(counts: Counts, language: Language) -> None:
    told = {"addresses": counts.addresses, "dossiers": counts.dossiers}
    print(_COUNTS.in_(language).format(**told))
    for each in counts.communes[:_SHOWN]:
        print(f"  {each.commune}{each.addresses:>12,}{each.dossiers:>10,}")
    _more(len(counts.communes), language)


def show_report(report: Report, language: Language) -> None:
    """Print what was found in a file, as tables."""
    print(
        _HEAD.in_(language).format(
            layer=plain(report.layer),
            crs=plain(report.crs)[:60],
            crs_from=report.crs_from,
            encoding=report.encoding,
            encoding_from=report.encoding_from,
            column=plain(report.code_column or "—"),
        )
    )
    print(
        _SIZE.in_(language).format(
            features=report.features,
            zones=report.zones,
            vertices=report.vertices,
            area=report.area_m2 / 10_000,
        )
    )
    for code, zones, area_m2 in report.codes[:_SHOWN]:
        print(f"  {plain(code)[:40]:<16}{zones:>10,}{area_m2 / 10_000:>14,.2f} ha")
    _more(len(report.codes), language)
    for fault, count in report.counts.items():
        weight, title = FAULTS[fault]
        print(f"  {weight.value:<8}{title.in_(language):<40}{count:>10,}")
    if not report.counts:
        print(_SOUND.in_(language))
    if report.repairs:
        print(_REPAIRS.in_(language))
    for each in report.repairs[:_SHOWN]:
        named = FAULTS[each.fault][1].in_(language)
        if each.after_m2 is None:
            came = _NO_REPAIR.in_(language).format(reason=each.reason or "—")
        else:
            before = "—" if each.before_m2 is None else f"{each.before_m2:,.1f}"
            came = f"{before} → {each.after_m2:,.1f} m²"
        if each.overlap_m2:
            numbers = ", ".join(str(n) for n, _ in each.overlaps)
            came += _OVERLAPS.in_(language).format(area=each.overlap_m2, numbers=numbers)
        print(f"  {each.n:>8}  {named}: {came}")
    _more(len(report.repairs), language)


def _more(count: int, language: Language) -> None:
    if count > _SHOWN:
        print(_MORE.in_(language).format(count=count - _SHOWN))
