"""Each template is read as one fills it in, its columns known, its example harmless."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from addrsvc.dossiers.columns import map_columns
from addrsvc.dossiers.errors import DossierCodeTooLong
from addrsvc.dossiers.model import CHANNEL_NAMES, ROLE_NAMES
from addrsvc.dossiers.rows import read_row
from addrsvc.dossiers.statuses import STATUSES
from addrsvc.file_jobs.kinds import KINDS
from addrsvc.file_jobs.model import Kind
from addrsvc.file_jobs.template_workbooks import template_xlsx
from addrsvc.file_jobs.templates import TEMPLATE_FORMATS, TEMPLATES, template_csv, template_name
from addrsvc.tabular.sources import Source, open_source

WRITE = {"xlsx": template_xlsx, "csv": template_csv}


def read(kind: Kind, ending: str, folder: Path) -> Source:
    file = folder / template_name(kind, ending)
    file.write_bytes(WRITE[ending](kind))
    return open_source(file)


@pytest.mark.parametrize("ending", TEMPLATE_FORMATS)
@pytest.mark.parametrize("kind", Kind)
def test_a_job_knows_every_column_by_itself(kind: Kind, ending: str, tmp_path: Path) -> None:
    source, template, work = read(kind, ending, tmp_path), TEMPLATES[kind], KINDS[kind]
    rows = [each.cells for each in source.records()]
    guessed = work.guess(source.columns, rows)
    assert guessed == {each.role: each.header for each in template.columns}
    assert not work.lacks(guessed)
    needed = {each.role for each in template.columns if each.is_needed}
    assert not work.lacks(needed)
    assert rows == [[each.example for each in template.columns]]


@pytest.mark.parametrize("kind", Kind)
def test_a_spreadsheet_keeps_what_is_typed(kind: Kind) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(kind)))
    sheet, how = book.worksheets[:2]
    assert sheet.freeze_panes == "A2"
    for at in range(1, len(TEMPLATES[kind].columns) + 1):
        letter = openpyxl.utils.get_column_letter(at)
        assert sheet.column_dimensions[letter].number_format == "@"
        assert {sheet.cell(row, at).number_format for row in (1, 2)} == {"@"}
    explained = {cell.value for (cell,) in how.iter_rows(max_col=1)}
    assert {each.header for each in TEMPLATES[kind].columns} <= explained
    assert template_name(kind, "xlsx").isascii()


def test_cells_of_dossiers_offer_what_is_understood() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(Kind.DOSSIERS)))
    offered = {
        str(each.sqref).partition(":")[0]: each.formula1
        for each in book.worksheets[0].data_validations.dataValidation
    }
    assert offered == {
        "G2": "'Danh mục'!$A$2:$A$11",
        "H2": "'Danh mục'!$B$2:$B$4",
        "I2": "'Danh mục'!$C$2:$C$7",
    }
    lists = [
        [cell.value for cell in column[1:] if cell.value] for column in book["Danh mục"].iter_cols()
    ]
    assert lists == [
        [each.name.vi for each in STATUSES.values()],
        [each.vi for each in CHANNEL_NAMES.values()],
        [each.vi for each in ROLE_NAMES.values()],
    ]


def test_the_example_becomes_no_dossier_and_is_otherwise_understood(tmp_path: Path) -> None:
    source = read(Kind.DOSSIERS, "xlsx", tmp_path)
    columns = map_columns(source.columns)
    example = next(source.records()).cells
    with pytest.raises(DossierCodeTooLong):
        read_row(columns, example)
    taken = read_row(columns, ["H09.12-260115-0003", *example[1:]])
    assert taken.remarks == ()
    assert taken.dropped == ()
