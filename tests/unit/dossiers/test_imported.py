"""Single values from elsewhere: moments, procedures, and what is said of others."""

from __future__ import annotations

from datetime import datetime

import pytest

from addrsvc.clock import VIETNAM
from addrsvc.dossiers.imported import REMARK_TEXTS, RemarkKind, moment_in, procedure_in


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("15/01/2024", (2024, 1, 15)),
        ("5.1.2024", (2024, 1, 5)),
        ("15-01-2024 08:30", (2024, 1, 15, 8, 30)),
        ("15/01/2024, 8:30:15", (2024, 1, 15, 8, 30, 15)),
        ("08:30 15/01/2024", (2024, 1, 15, 8, 30)),
        ("08:30 ngày 15/01/2024", (2024, 1, 15, 8, 30)),
        ("2024-01-15", (2024, 1, 15)),
        ("2024-01-15T08:30:00", (2024, 1, 15, 8, 30)),
        ("2024-01-15 08:30:00.000", (2024, 1, 15, 8, 30)),
        ("2024-01-15T01:30:00Z", (2024, 1, 15, 8, 30)),
        ("2024-01-15T09:30:00+08:00", (2024, 1, 15, 8, 30)),
        ("20240115083000", (2024, 1, 15, 8, 30)),
        ("45306", (2024, 1, 15)),
        ("45306.354166666664", (2024, 1, 15, 8, 30)),
    ],
)
def test_moments_are_read_as_offices_write_them(written: str, moment: tuple[int, ...]) -> None:
    year, month, day, *rest = moment
    hour, minute, second = (*rest, 0, 0, 0)[:3]

    assert moment_in(written) == datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    "written",
    ["", "30/02/2024", "01/13/2024", "15/01/24", "2024", "15/01/1999", "12345", "99999", "x",
     "2024-01-15T99:00", "15/01/2024 25:00", "2024-13-01"],
)  # fmt: skip
def test_what_is_no_moment_is_none(written: str) -> None:
    assert moment_in(written) is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.011442", "1.011442"),
        ("1.011442 Cấp giấy phép", "1.011442"),
        ("1.011442: Cấp giấy phép", "1.011442"),
        ("1.011442.000.00.00.H38 – Cấp giấy phép", "1.011442.000.00.00.H38"),
        ("Cấp giấy phép 1.011442", None),
        ("", None),
    ],
)
def test_a_procedure_may_have_its_name_behind(written: str, code: str | None) -> None:
    assert procedure_in(written) == code


def test_every_remark_has_a_text() -> None:
    assert set(REMARK_TEXTS) == set(RemarkKind)
    assert all(text.vi != text.en for text in REMARK_TEXTS.values())
