"""Codes of procedures and fields, as official and as spreadsheets leave them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.dossiers.errors import DossierTextInvalid
from addrsvc.dossiers.procedures import (
    PROCEDURE_FLAG_TEXTS,
    ProcedureFlag,
    parse_field,
    parse_procedure,
)
from addrsvc.errors import InvalidInput


@pytest.mark.parametrize(
    ("written", "base", "agency"),
    [
        ("1.011442", "1.011442", ()),
        ("2.000815", "2.000815", ()),
        ("3.000181", "3.000181", ()),
        ("1.011442.000.00.00.H38", "1.011442", ("H38",)),
        ("1.011442.000.00.12.h38", "1.011442", ("H38", "12")),
        ("1.011442.H38.12", "1.011442", ("H38", "12")),
        (" １．０１１４４２ ", "1.011442", ()),
        ("1 . 011442", "1.011442", ()),
    ],
)
def test_procedures_are_read(written: str, base: str, agency: tuple[str, ...]) -> None:
    procedure = parse_procedure(written)

    assert (procedure.base, procedure.agency, procedure.flags) == (base, agency, ())
    assert procedure.written == written.strip()
    assert procedure.key.startswith(base)


@given(st.integers(1, 9), st.integers(0, 999_999))
def test_zeros_a_spreadsheet_cut_come_back_and_are_told(first: int, number: int) -> None:
    code = f"{first}.{number:06}"
    cut = code.rstrip("0")
    if len(cut) < 5:  # too little is left to know that it was a code
        assert parse_procedure(cut.ljust(2, "0")).base is None
        return
    procedure = parse_procedure(cut)

    assert procedure.key == procedure.base == code
    assert procedure.flags == (() if cut == code else (ProcedureFlag.ZEROS_RESTORED,))


@pytest.mark.parametrize(
    "written", ["1011442", "0.011442", "1.0114421", "Cấp phép xây dựng", "1.011442.X", "1.0"]
)
def test_other_forms_are_kept_and_flagged(written: str) -> None:
    procedure = parse_procedure(written)

    assert procedure.written == written
    assert procedure.base is None
    assert procedure.flags == (ProcedureFlag.SHAPE_UNKNOWN,)


@pytest.mark.parametrize(
    ("written", "key", "ministry"),
    [
        ("G03-GD10", "G03-GD10", "G03"),
        (" g03 – gd10 ", "G03-GD10", "G03"),
        ("G09-LV1", "G09-LV1", "G09"),
        ("Đất đai", "ĐẤT ĐAI", None),
        ("GD10", "GD10", None),
    ],
)
def test_fields_are_read(written: str, key: str, ministry: str | None) -> None:
    field = parse_field(written)

    assert (field.key, field.ministry) == (key, ministry)
    assert bool(field.flags) == (ministry is None)


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "1.01\x00", "1\n2", "1" * 65, "ﷺ" * 20])
def test_what_is_no_text_is_refused(text: str) -> None:
    for parse, field in ((parse_procedure, "procedure"), (parse_field, "field")):
        with pytest.raises(DossierTextInvalid) as refused:
            parse(text)
        assert refused.value.field == field


@given(st.text(max_size=70))
def test_reading_again_changes_nothing(text: str) -> None:
    for parse in (parse_procedure, parse_field):
        try:
            key = parse(text).key
        except InvalidInput:
            continue
        assert parse(key).key == key


def test_every_flag_has_a_text() -> None:
    assert set(PROCEDURE_FLAG_TEXTS) == set(ProcedureFlag)
