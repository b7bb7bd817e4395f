"""Show bulk acts on the terminal: what they would do, how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from addrsvc.errors import Language, Text
from addrsvc.registry.bulk_acts.engine import Progress
from addrsvc.registry.bulk_acts.maps import Area, as_geojson, as_html
from addrsvc.registry.bulk_acts.model import (
    BULK_KIND_NAMES,
    WHY_TEXTS,
    BulkAct,
    BulkKind,
    Tally,
    Why,
)
from addrsvc.registry.bulk_acts.preview import Preview
from addrsvc.registry.differences import differences
from addrsvc.registry.model import ACT_STATUS_NAMES

_MOVES = 200

_CONCERNED = Text("Địa chỉ liên quan", "Addresses concerned")
_CHANGED = Text("  thay đổi", "  changed")
_UNCHANGED = Text("  đã đúng, giữ nguyên", "  as it should be already")
_UNDECIDED = Text("  cần người quyết định", "  need a person")
_EXAMINED = Text("Đã xét {examined:,} trong {all:,}", "Examined {examined:,} of {all:,}")
_COLLISIONS = Text(
    "CHÚ Ý: {count:,} nhóm địa chỉ sẽ trùng số nhà, đường và phường, xã; ví dụ: {first}",
    "NOTE: {count:,} groups of addresses will have the same number, street and commune, such as: "
    "{first}",
)
_PARTED = Text(
    "CHÚ Ý: {count:,} địa chỉ con sẽ sang phường, xã khác với tòa nhà của nó; ví dụ: {first}",
    "NOTE: {count:,} parts go to another commune than their building, such as: {first}",
)
_PREFIX = Text(
    "CHÚ Ý: các phường, xã này chưa có mã khu vực nên địa chỉ mới ở đó chưa được cấp mã: {codes}",
    "NOTE: these communes have no code prefix, so new addresses there get no code: {codes}",
)
_ENDED = Text("Xong đợt {act_id}.", "Act {act_id} is done.")


def show_act(act: BulkAct, language: Language, *, whole: bool = False) -> None:
    """Print an act on one line; ``whole``: with instrument and counts."""
    kind = BULK_KIND_NAMES[BulkKind(act.kind)].in_(language)
    status = ACT_STATUS_NAMES[act.status].in_(language)
    print(f"{act.act_id}\t{act.effective_on}\t{kind}\t{status}")
    if not whole:
        return
    instrument = act.instrument or {}
    facts = (instrument.get(name) for name in ("number", "issued_on", "issuer", "title"))
    print(", ".join(str(fact) for fact in facts if fact))
    show_tally(Tally.from_json(act.counts), language)


def show_progress(progress: Progress, language: Language) -> None:
    """Print how an act, or its undoing, ended."""
    if progress.done:
        print(_ENDED.in_(language).format(act_id=progress.act_id))
    show_tally(progress.tally, language)


def show_tally(tally: Tally, language: Language) -> None:
    """Print what became, or would become, of the addresses."""
    undecided = sum(tally.undecided.values())
    lines = (
        (_CONCERNED, tally.concerned),
        (_CHANGED, tally.changed),
        (_UNCHANGED, tally.unchanged),
        (_UNDECIDED, undecided),
    )
    for label, count in lines:
        print(f"{label.in_(language):<34}{count:>12,}")
    for why, count in tally.undecided.most_common():
        print(f"    {count:>8,}  {WHY_TEXTS[Why(why)].in_(language)}")


def show_preview(made: Preview, language: Language) -> None:
    """Print what an act would do."""
    show_act(made.act, language)
    print(_EXAMINED.in_(language).format(examined=made.examined, all=made.to_look_at))
    show_tally(made.tally, language)
    for (before, after), count in made.moves.most_common(_MOVES):
        print(f"    {count:>8,}  {before} → {after}")
    for sample in made.samples:
        said = "; ".join(
            f"{each.field}: {_short(each.before)} → {_short(each.after)}"
            for each in differences(sample.before, sample.after)
        )
        print(f"  {sample.ref}  {said or sample.outcome}  {' '.join(sample.candidates)}".rstrip())
    first = [" = ".join(refs) for refs in made.first_collisions]
    if made.collisions:
        text = _COLLISIONS.in_(language)
        print(text.format(count=made.collisions, first=", ".join(first[:3])))
    if made.parted_count:
        text = _PARTED.in_(language)
        print(text.format(count=made.parted_count, first=", ".join(made.parted)))
    if made.without_prefix:
        print(_PREFIX.in_(language).format(codes=", ".join(made.without_prefix)))


def _short(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def write_map(path: Path, made: Preview, areas: Sequence[Area], language: Language) -> None:
    """Write the map of a preview: GeoJSON or, by any other name, one HTML file."""
    if path.suffix.lower() in {".geojson", ".json"}:
        path.write_bytes(orjson.dumps(as_geojson(made)))
    else:
        path.write_text(as_html(made, areas, language), encoding="utf-8")
    print(path)
