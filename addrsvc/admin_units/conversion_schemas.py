"""JSON of conversions; the parts ``written`` and ``present`` are those of a verdict."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from addrsvc.admin_units.conversion import Conversion, Named, PresentCommune
from addrsvc.errors import Language
from addrsvc.parsing.model import Status


def written_out(named: Named) -> dict[str, Any]:
    """Give a unit as it was written; ``valid`` is half open, its end null while in force."""
    start, end = named.period.start, named.period.end
    valid = [start.isoformat(), None if end is None else end.isoformat()]
    return {"code": named.unit.code, "name": named.name, "valid": valid}


def present_out(commune: PresentCommune) -> dict[str, Any]:
    """Give a commune of the day asked for, and how sure it is."""
    return {
        "code": commune.unit.code,
        "name": commune.name,
        "certainty": commune.certainty.value,
        "share": None if commune.share is None else round(commune.share, 4),
        "instrument": commune.instrument,
        "evidence": list(commune.evidence),
    }


def conversion_out(
    found: Conversion, day: date, language: Language, status: Status | None = None
) -> dict[str, Any]:
    """Give a whole answer; ``written`` is null where several units may be meant.

    ``status`` tells how the name stands in the text: ``corrected`` asks for a second look.
    """
    return {
        "to": day.isoformat(),
        "settled": found.settled is not None,
        "status": None if status is None else status.value,
        "written": written_out(found.written[0]) if len(found.written) == 1 else None,
        "readings": [written_out(each) for each in found.written],
        "present": [present_out(each) for each in found.present],
        "note": found.note.in_(language),
    }


_BINH_CHUAN: Final = {
    "code": "25969",
    "name": "Phường Bình Chuẩn",
    "valid": ["2025-06-01", "2025-07-01"],
}
_THUAN_GIAO: Final = {
    "code": "25969",
    "name": "Phường Thuận Giao",
    "certainty": "candidate",
    "share": 0.49,
    "instrument": "NQ 1685/NQ-UBTVQH15",
    "evidence": ["divided"],
}
EXAMPLES: Final[dict[str, Any]] = {
    "open": {
        "summary": "P. Bình Chuẩn, TP. Thuận An: divided, nothing decides",
        "value": {
            "to": "2026-01-01",
            "settled": False,
            "status": "confirmed",
            "written": _BINH_CHUAN,
            "readings": [_BINH_CHUAN],
            "present": [
                {**_THUAN_GIAO, "code": "25975", "name": "Phường An Phú", "share": 0.51},
                _THUAN_GIAO,
            ],
            "note": "Đơn vị đã chia cho nhiều phường, xã. Hãy ghi thêm khu phố, ấp hoặc cho vị "
            "trí để biết chắc.",
        },
    },
    "settled": {
        "summary": "The same with KP Bình Phú",
        "value": {
            "to": "2026-01-01",
            "settled": True,
            "status": "confirmed",
            "written": _BINH_CHUAN,
            "readings": [_BINH_CHUAN],
            "present": [
                {
                    **_THUAN_GIAO,
                    "certainty": "by_locality",
                    "evidence": ["locality", "proposal", "tto.vn, …"],
                }
            ],
            "note": "Đơn vị đã chia; khu phố, ấp đã ghi thuộc phường, xã này theo nguồn nêu kèm.",
        },
    },
}
