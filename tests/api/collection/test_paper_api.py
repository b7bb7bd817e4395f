"""Lists on paper and in spreadsheets, filled in and brought back. All addresses are invented."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import paper_reading
import psycopg
import pytest
from collection_world import SUPERVISOR, make_task, open_accounts, sign_in
from openpyxl import Workbook, load_workbook
from registry_fixtures import EAST, IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

HOLDER = "Nguyễn Văn Bịa"
REVIEWS = (Scope.COLLECTION_REVIEW, Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE)
Fill = Callable[[dict[str, int], Any], None]


@pytest.fixture
def settings(registry_url: str, tmp_path: Path) -> Settings:
    return service_settings(registry_url, files_dir=tmp_path, demo=True)


async def assign(
    client: httpx.AsyncClient, headers: dict[str, str], number: str, **more: Any
) -> Any:
    parts = {
        "house_number": number,
        "thoroughfare": "Đường Lê Lợi",
        "localities": [{"kind": "to", "name": "5"}, {"kind": "khu_pho", "name": "3"}],
    }
    place = {**IN_WEST, "lon": 106.61 + 0.003 * float(number)}
    said = {"kind": "dwelling", "source": "thử", "components": parts, "position": place, **more}
    answer = await client.post("/v1/addresses", json=said, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def filled(content: bytes, fill: Fill) -> bytes:
    """Fill a sheet in, as somebody at a desk does."""
    book = load_workbook(io.BytesIO(content))
    sheet = book["Danh sách"]
    at = {str(cell.value): cell.column for cell in sheet[1] if cell.value}
    fill(at, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def line_of(sheet: Any, at: dict[str, int], code: str) -> int:
    plate = DigitalCode.of(code).plate
    return next(
        row
        for row in range(2, sheet.max_row + 1)
        if sheet.cell(row, at["Mã địa chỉ số"]).value == plate
    )


def put(sheet: Any, at: dict[str, int], line: int, cells: dict[str, str]) -> None:
    for name, value in cells.items():
        sheet.cell(line, at[name]).value = value


def document_of(url: str, address: Any) -> Any:
    """Give what the register keeps of an address."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT document FROM address a JOIN address_current c USING (address_id)"
            " JOIN address_version v USING (address_id, version) WHERE a.code = %s",
            [address["code"]],
        ).fetchone()
    assert found is not None
    return found[0]


def counted(url: str) -> tuple[int, ...]:
    """Give how much there is of what an import may add to."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT (SELECT count(*) FROM address), (SELECT count(*) FROM submission),"
            " (SELECT count(*) FROM submission_revision),"
            " (SELECT sum(version) FROM address_current)"
        ).fetchone()
    assert found is not None
    return tuple(int(each) for each in found)


NEW = {"Loại": "Nhà ở", "Số nhà": "200", "Đường": "Đường Lê Lợi"}
PLACED = {
    **NEW,
    "Số nhà": "201",
    "Thôn": "Đông",
    "Kinh độ": "106,69",
    "Vĩ độ": "10.95",
    "Độ chính xác m": "5",
    "Phương pháp": "gnss",
}


@pytest.fixture
async def head(client: httpx.AsyncClient, issue_key: IssueKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issue_key(*REVIEWS, areas=[WEST])}"}


async def homes(client: httpx.AsyncClient, head: dict[str, str]) -> list[Any]:
    """Register five homes with a code and a proposal."""
    found = [
        await assign(client, head, str(number), name=HOLDER if number == 2 else None)
        for number in range(1, 6)
    ]
    await assign(client, head, "9", position=None, commune_code=WEST)
    return found


async def bring(client: httpx.AsyncClient, head: dict[str, str], sheet: bytes) -> Any:
    answer = await client.post("/v1/collection/sheets:import", content=sheet, headers=head)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_list_is_printed_and_names_nobody(
    client: httpx.AsyncClient, registry_url: str, head: dict[str, str], issue_key: IssueKey
) -> None:
    printed = await homes(client, head)
    task = make_task(registry_url)
    asked = {"task": task}
    pdf = await client.get("/v1/collection/paper.pdf", params=asked, headers=head)
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    text = " ".join(paper_reading.words_of_pdf(pdf.content))
    for each in printed:
        assert DigitalCode.of(each["code"]).plate in text
    assert "chưa có mã" in text
    assert HOLDER not in text
    assert "DỮ LIỆU THỬ NGHIỆM" in text
    assert paper_reading.scans_of_pdf(pdf.content)[0] == [f"http://test/field?task={task}"]
    sheet = await client.get("/v1/collection/paper.xlsx", params=asked, headers=head)
    assert "attachment" in sheet.headers["content-disposition"]
    cells = [
        str(cell.value)
        for row in load_workbook(io.BytesIO(sheet.content))["Danh sách"].iter_rows()
        for cell in row
    ]
    assert DigitalCode.of(printed[1]["code"]).plate in cells
    assert HOLDER not in cells
    # a supervisor of elsewhere neither prints nor brings it
    other = {"Authorization": f"Bearer {await issue_key(*REVIEWS, areas=[EAST])}"}
    for ending in ("pdf", "xlsx"):
        refused = await client.get(f"/v1/collection/paper.{ending}", params=asked, headers=other)
        assert refused.status_code == 404
    refused = await client.post(
        "/v1/collection/sheets:import", content=sheet.content, headers=other
    )
    assert refused.status_code == 404
    # what is no list of ours
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0].append(["Mã địa chỉ số", "Số đề xuất", "Phiên bản"])
    book.save(out)
    for content in (b"", b"<html>", out.getvalue()):
        refused = await client.post("/v1/collection/sheets:import", content=content, headers=head)
        assert refused.status_code == 422, refused.text
    assert refused.json()["type"] == "/problems/collection-sheet-not-ours"


async def test_a_sheet_is_filled_in_and_brought_back(
    client: httpx.AsyncClient, registry_url: str, head: dict[str, str], issue_key: IssueKey
) -> None:
    right, wrong, gone, both, empty = await homes(client, head)
    asked = {"task": make_task(registry_url)}
    printed = await client.get("/v1/collection/paper.xlsx", params=asked, headers=head)
    # somebody at a desk changes one of them meanwhile
    changed = await client.patch(
        f"/v1/addresses/{both['code']}",
        json={
            "reason": "thử nghiệm",
            "components": {"house_number": "4A", "thoroughfare": "Đường Lê Lợi"},
        },
        headers={**head, "If-Match": "*"},
    )
    assert changed.status_code == 200, changed.text

    def fill(at: dict[str, int], sheet: Any) -> None:
        for address, cells in (
            (right, {"Kết quả": "Còn đúng"}),
            (wrong, {"Số nhà": "2/7", "Tổ": "6", "Số phòng": "4"}),
            (gone, {"Kết quả": "Không còn", "Ngày ghi": "15/01/2026"}),
            (both, {"Số nhà": "4B"}),
            (empty, {"Kết quả": "Vắng nhà", "Số nhà": "77"}),
        ):
            put(sheet, at, line_of(sheet, at, address["code"]), cells)
        for line, cells in enumerate((NEW, PLACED, {"Loại": "Lâu đài"}), 2 + 6):
            put(sheet, at, line, cells)

    sheet = filled(printed.content, fill)
    told = await bring(client, head, sheet)
    rows = {each["ref"]: each for each in told["rows"] if each["ref"]}
    refused, closed, held, said = (
        rows[DigitalCode.of(each["code"]).plate] for each in (empty, gone, both, wrong)
    )
    assert told["unchanged"] == 2  # marked as right; the proposal nobody touched
    assert (told["taken"], told["refused"]) == (5, 2)
    assert (said["act"], said["state"]) == ("correct", "accepted")
    assert (closed["act"], closed["waits_for"]) == ("gone", "review")
    assert (held["state"], held["waits_for"]) == ("received", "review")
    assert refused["problem"]["type"] == "/problems/collection-row-says-two-things"
    new = [each for each in told["rows"] if each["ref"] is None]
    assert [each["act"] for each in new] == ["add"] * 3
    assert new[0]["address"].startswith("p")
    assert len(new[1]["address"]) == 10
    placed = document_of(registry_url, {"code": new[1]["address"]})
    assert placed["components"]["localities"] == [["thon", "Đông"]]
    assert new[2]["problem"]["column"] == "Loại"

    now = document_of(registry_url, wrong)
    assert now["components"]["house_number"] == "2/7"
    assert now["components"]["localities"] == [["to", "6"], ["khu_pho", "3"]]
    assert now["name"] == HOLDER  # it was not printed, so nobody took it away
    waiting = document_of(registry_url, both)
    assert waiting["components"]["house_number"] == "4A"  # until somebody decides

    # the same sheet again changes nothing; a row that was mended is taken
    before = counted(registry_url)
    assert await bring(client, head, sheet) == told
    assert counted(registry_url) == before

    colleague = {"Authorization": f"Bearer {await issue_key(*REVIEWS, areas=[WEST])}"}
    await _bring_another_s(client, colleague, sheet, told)
    assert counted(registry_url) == before

    def mend(at: dict[str, int], sheet: Any) -> None:
        put(sheet, at, line_of(sheet, at, wrong["code"]), {"Số nhà": "2/8"})
        put(sheet, at, line_of(sheet, at, empty["code"]), {"Số nhà": "5"})

    mended = await bring(client, head, filled(sheet, mend))
    assert mended["refused"] == 1
    assert document_of(registry_url, wrong)["components"]["house_number"] == "2/8"
    addresses, records, revisions, _ = counted(registry_url)
    assert (addresses, records, revisions) == (before[0], before[1] + 1, before[2] + 2)
    told = await bring(client, head, filled(sheet, mend))
    assert told == mended
    assert counted(registry_url)[:3] == (addresses, records, revisions)


async def _bring_another_s(
    client: httpx.AsyncClient, head: dict[str, str], sheet: bytes, told: Any
) -> None:
    """Bring a sheet somebody else brought: each row says so, new houses are those there are."""
    again = await bring(client, head, sheet)
    problems = {each["problem"]["type"] for each in again["rows"] if each["ref"]}
    assert problems == {
        "/problems/collection-row-of-somebody-else",
        "/problems/collection-row-says-two-things",
    }
    both = ([each for each in one["rows"] if not each["ref"]] for one in (again, told))
    assert next(both) == next(both)


async def test_supervisors_print_from_their_own_browser(
    client: httpx.AsyncClient, registry_url: str
) -> None:
    await open_accounts(registry_url, [SUPERVISOR], areas=[WEST])
    who = await sign_in(client, SUPERVISOR)
    task = make_task(registry_url)
    answer = await client.get("/v1/collection/paper.pdf", params={"task": task}, headers=who)
    assert answer.status_code == 200
    assert "Nhà chưa có mã" in " ".join(paper_reading.words_of_pdf(answer.content))
