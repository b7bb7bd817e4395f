"""A record of field collection in words: fields side by side, reasons, photos, places. Invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from collection_world import fields_of, position_of, record_of

from addrsvc.collection.errors import PositionUnreadable
from addrsvc.collection.model import FIELD_NAMES, Act, State, Submission, Waits
from addrsvc.collection.pictures import Fault
from addrsvc.collection.reviewing import FieldLook, Look, Photo
from addrsvc.errors import InvalidInput
from addrsvc.geocoding.answers import Area, Candidate
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.reverse import Nearby
from addrsvc.registry.model import (
    Address,
    CommuneRef,
    Components,
    Document,
    Kind,
    Marks,
    Method,
    Position,
    Status,
    Visibility,
)
from addrsvc.types import AddressId, LonLat
from addrsvc.web.desk_items import Given
from addrsvc.web.desk_record_fields import chosen_values, typed_value
from addrsvc.web.desk_record_item import Around, record_item
from addrsvc.web.desk_record_words import RECORD_WORDS

AT = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
CODE = "7512304827"
RECORD = UUID("11111111-2222-4333-8444-555555555555")
PATH = f"/v1/collection/submissions/{RECORD}"

SUBMISSION = Submission(
    submission_id=RECORD,
    device="abc",
    carried_by=None,
    task_id=None,
    act=Act.CORRECT,
    revision=2,
    state=State.RECEIVED,
    waits_for=Waits.REVIEW,
    commune_code="25747",
    address_id=1,
    code=None,
    made_at=AT,
    received_at=AT,
    decided_at=None,
    decided_by=None,
    note=None,
    has_private=True,
    change_number=1,
    version=3,
)
ADDRESS = Address(
    AddressId(1),
    CODE,
    "Test",
    7,
    Status.CURRENT,
    date(2026, 1, 1),
    AT,
    Document(
        Kind.DWELLING,
        CommuneRef("25747", date(2025, 7, 1)),
        Components(house_number="12A", thoroughfare="Đường Lê Lợi"),
        Position(LonLat(106.65, 10.95), 4.5, Method.GNSS, Marks.ENTRANCE),
        Visibility.PUBLIC,
        "test",
    ),
    "25747",
    "Phường Tây",
    "79",
    "Thành phố Mẫu",
)
AROUND = Around(
    findings=("Có thể trùng.",),
    commune_name="Phường Tây",
    province_name="Thành phố Mẫu",
    collector="tuan · Máy 1",
    task="Khu phố 3",
)


def field(name: str, base: Any, registered: Any, collected: Any, standing: str) -> FieldLook:
    return FieldLook(name, base, registered, collected, standing, is_base_known=True)


def look_of(
    act: Act = Act.CORRECT,
    *fields: FieldLook,
    address: Address | None = ADDRESS,
    findings: tuple[Mapping[str, Any], ...] = (),
    photos: tuple[Photo, ...] = (),
    submission: Submission = SUBMISSION,
    **members: Any,
) -> Look:
    payload = record_of(act, record=str(RECORD), **members)
    sub = replace(submission, act=act)
    return Look(sub, payload, address, tuple(fields), (), findings, photos)


def test_every_field_and_change_has_words() -> None:
    assert {f"change_{each}" for each in ("same", "changed", "new", "elsewhere", "conflict")} <= (
        RECORD_WORDS.keys()
    )
    for name in FIELD_NAMES:
        look = look_of(Act.CORRECT, field(name, None, None, None, "same"))
        (row,) = record_item(look, AROUND, "vi").differences
        assert (row.registered, row.value, row.change) == ("", "", "same")


def test_fields_stand_side_by_side_those_to_choose_first() -> None:
    look = look_of(
        Act.CORRECT,
        field("kind", "dwelling", "dwelling", "enterprise", "collected"),
        field("house_number", "12", "12A", "12B", "conflict"),
        field("thoroughfare", "Đường A", "Đường B", "Đường A", "registered"),
        field("localities", None, [["khu_pho", "Khu phố 3"]], [["khu_pho", "3"]], "same"),
        replace(field("name", None, "Mẫu", "Khác", "conflict"), is_base_known=False),
        fields=fields_of(house_number="12B", kind="enterprise"),
    )
    item = record_item(look, AROUND, "vi")
    rows = {each.field: each for each in item.differences}
    assert list(rows) == ["house_number", "name", "kind", "thoroughfare", "localities"]
    number = rows["house_number"]
    assert (number.label, number.base, number.registered, number.collected) == (
        "Số nhà",
        "12",
        "12A",
        "12B",
    )
    assert (number.change, number.mark, number.value) == (
        "conflict",
        "hai bên khác nhau: hãy chọn",
        "",
    )
    assert rows["name"].base == "(không rõ)"
    kind = rows["kind"]
    assert (kind.registered, kind.collected, kind.value) == ("Nhà ở", "Doanh nghiệp", "enterprise")
    assert {value for value, _ in kind.options} == set(Kind)
    assert (rows["thoroughfare"].change, rows["thoroughfare"].value) == ("elsewhere", "Đường B")
    assert rows["localities"].value == "Khu phố 3"
    assert (item.title, item.state) == ("Sửa thông tin · 12B Đường Lê Lợi", "Chờ duyệt")
    assert item.text == "12B Đường Lê Lợi, Khu phố 3, Phường Tây, Thành phố Mẫu"
    assert (item.is_open, item.version, item.echo) == (True, 3, "7")
    assert item.contact == f"{PATH}/private"
    assert ("Người thu thập", "tuan · Máy 1") in item.facts
    assert ("Việc được giao", "Khu phố 3") in item.facts
    assert ("Lần gửi", "2") in item.facts


def test_places_tell_how_far_the_entrance_is_from_what_is_known() -> None:
    moved = {"lon": 106.6502, "lat": 10.95, "accuracy_m": 4.2, "method": "gnss"}
    seen = {"lon": 106.6498, "lat": 10.95, "accuracy_m": 9.0, "method": "map"}
    now = {"lon": 106.65, "lat": 10.95, "accuracy_m": 4.5, "method": "gnss"}
    look = look_of(
        Act.CORRECT,
        field("position", seen, now, moved, "conflict"),
        position=position_of(106.6502, 10.95),
        building={"lon": 106.6502, "lat": 10.9501, "accuracy_m": 6.0, "method": "map"},
        counts={"rooms": 12, "households": 3},
    )
    candidate = Candidate(
        Features(MatchLevel.HOUSE),
        Area("25747", "Phường Tây", None, None),
        code="7512399999",
        house_number="14",
        point=LonLat(106.6503, 10.95),
    )
    own = replace(candidate, code=CODE)
    around = replace(AROUND, nearby=(Nearby(own, 1.0), Nearby(candidate, 11.2)))
    item = record_item(look, around, "vi")
    assert [(each.sign, each.kind) for each in item.places] == [
        ("×", "given"),
        ("S", "present"),
        ("C", "seen"),
        ("N", "seen"),
    ]
    facts = dict(item.facts)
    assert facts["Lối vào lệch so với sổ"] == "22 m"
    assert facts["Lối vào lệch so với lúc tải"] == "44 m"
    assert facts["Nhà cách lối vào"] == "11 m"
    assert facts["Sai số vị trí"] == "± 4,2 m, đo bằng GPS tại chỗ"
    assert (facts["Số phòng"], facts["Số hộ"]) == ("12", "3")
    assert [(each.choice, each.detail) for each in item.choices] == [(None, "75123-99999 · 11 m")]
    (row,) = item.differences
    assert row.mark == "hai bên khác nhau: hãy chọn (cách nhau 22 m)"
    assert row.registered == "10.950000, 106.650000"


def test_a_new_address_shows_one_column_and_duplicates_take_a_reason() -> None:
    look = look_of(
        Act.ADD,
        field("house_number", None, None, "12", "collected"),
        field("name", None, None, None, "collected"),
        address=None,
        findings=({"slug": "duplicate-near"},),
        submission=replace(SUBMISSION, code=CODE, has_private=False, revision=1),
    )
    item = record_item(look, AROUND, "en")
    assert [(each.change, each.mark, each.value) for each in item.differences] == [
        ("new", "new", "12"),
        ("new", "", ""),
    ]
    assert item.needs_words == ("accept",)
    assert item.contact is None
    assert item.echo == ""
    assert ("Code", "75123-04827") in item.facts
    assert [each.text for each in item.notes] == ["Có thể trùng."]


def test_what_is_gone_kept_apart_or_without_an_address_is_said() -> None:
    apart = replace(SUBMISSION, state=State.QUARANTINED, waits_for=None, note="Đi lại.")
    gone = record_item(look_of(Act.GONE, submission=apart, position=None), AROUND, "vi")
    assert gone.is_open
    assert gone.state == "Để riêng, chờ kiểm tra"
    assert [each.weight for each in gone.notes] == ["strong", "strong", "plain", "plain", "past"]
    assert gone.text == "12A Đường Lê Lợi, Phường Tây, Thành phố Mẫu"
    assert [each.sign for each in gone.places] == ["S"]
    refused = replace(
        SUBMISSION, state=State.REFUSED, waits_for=None, decided_at=AT, decided_by="account:lan"
    )
    away = record_item(
        look_of(Act.GONE, address=None, submission=refused, position=None), AROUND, "vi"
    )
    assert not away.is_open
    assert away.text == "chưa có địa chỉ"
    assert away.places == ()
    assert ("Quyết định gần nhất", "account:lan, 10:00, 15/01/2026") in away.facts
    assert any("Không xem được địa chỉ" in each.text for each in away.notes)
    retired = replace(ADDRESS, status=Status.RETIRED)
    past = record_item(look_of(Act.CORRECT, address=retired), AROUND, "vi")
    assert "Trong sổ, địa chỉ này hiện là: Không còn dùng." in {each.text for each in past.notes}


def test_photos_that_cannot_be_seen_are_told_in_words() -> None:
    def photo(
        marks: str, *, is_whole: bool, is_erased: bool = False, fault: str | None = None
    ) -> Photo:
        return Photo("a" * 64, 9, "image/jpeg", marks, is_whole, is_erased, fault)

    photos = (
        photo("gate", is_whole=True),
        photo("gate", is_whole=False),
        photo("other", is_whole=True, is_erased=True),
        *(photo("gate", is_whole=True, fault=each.value) for each in Fault),
    )
    item = record_item(look_of(Act.CORRECT, photos=photos), AROUND, "vi")
    *seen, broken, large = item.pictures
    assert (broken.path, large.path) == (None, None)
    assert broken.alt.startswith("Ảnh cổng 4: tệp đã đến đủ nhưng hỏng, không mở được;")
    assert large.alt.startswith("Ảnh cổng 5: ảnh có kích thước quá lớn nên không hiện được;")
    assert [(each.alt, each.path) for each in seen] == [
        ("Ảnh cổng 1", f"{PATH}/photos/{'a' * 64}"),
        ("Ảnh cổng 2: đang trên đường gửi, chưa xem được", None),
        ("Ảnh 3: đã xóa theo thời hạn lưu", None),
    ]


@pytest.mark.parametrize(
    "pairs",
    [
        [["khu_pho", "Khu phố 3"]],
        [["to", "Tổ 5"], ["ap", "Ấp Một"]],
        [["khu_pho", "Bình Phú"]],
        [["place", "Chợ Cũ, gần cầu"]],
    ],
)
def test_localities_are_read_as_they_are_written(pairs: list[list[str]]) -> None:
    look = look_of(Act.CORRECT, field("localities", pairs, pairs, pairs, "same"))
    (row,) = record_item(look, AROUND, "vi").differences
    assert typed_value("localities", row.value) == pairs


def test_what_is_chosen_and_typed_becomes_values() -> None:
    fields = [
        field("house_number", "12", "12A", "12B", "conflict"),
        field("unit", None, "1", "2", "conflict"),
        field("name", None, None, "x", "collected"),
        field("floor", None, None, "3", "collected"),
        field("kind", "dwelling", "dwelling", "dwelling", "same"),
        field("localities", None, None, None, "same"),
    ]
    given = {
        "house_number": Given("registered"),
        "unit": Given("collected"),
        "name": Given("other", "  "),
        "floor": Given("other", " 3  B "),
        "localities": Given("other", "KP 3; tổ 5"),
        "not-a-field": Given("other", "x"),
    }
    assert chosen_values(fields, given) == {
        "house_number": "12A",
        "unit": "2",
        "name": None,
        "floor": "3 B",
        "localities": [["khu_pho", "Khu phố 3"], ["to", "Tổ 5"]],
    }
    with pytest.raises(InvalidInput):
        typed_value("localities", "KP \x00")


def test_a_position_is_chosen_or_typed() -> None:
    now = {"lon": 106.65, "lat": 10.95, "accuracy_m": 4.5, "method": "gnss", "marks": "entrance"}
    moved = {**now, "lon": 106.6502}
    same, changed = (
        record_item(look_of(Act.CORRECT, each), AROUND, "vi").differences[0]
        for each in (
            field("position", now, now, now, "same"),
            field("position", now, now, moved, "collected"),
        )
    )
    assert (same.value, changed.value) == ("10.9500000, 106.6500000", "")
    assert changed.mark == "phiếu sửa (cách nhau 22 m)"
    typed = typed_value("position", " 10.9501, 106.6503 ")
    assert (typed["lon"], typed["lat"], typed["method"]) == (106.6503, 10.9501, "map")
    for wrong in ("", "ngã ba", "48.85, 2.35", "1214436 598371"):
        with pytest.raises(PositionUnreadable):
            typed_value("position", wrong)
