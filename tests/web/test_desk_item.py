"""An address of a dossier in words: marks, hints, candidates."""

from __future__ import annotations

from datetime import UTC, date, datetime

from addrsvc.dossiers.kept import Decision, Dossier, Judged, KeptAddress, OpenLink
from addrsvc.dossiers.model import (
    AddressRole,
    Correction,
    GivenAddress,
    LinkCandidate,
    LinkState,
    Settlement,
)
from addrsvc.dossiers.waiting import Decided, Look
from addrsvc.errors import Text
from addrsvc.geocoding.model import MatchLevel
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.types import LonLat
from addrsvc.web.desk_dossier_item import item_of
from addrsvc.web.desk_words import COMPONENT_NAMES, LEVEL_NAMES, STATUS_NAMES

AT = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
FACTS = {
    "received_on": date(2026, 1, 10),
    "procedure_code": "1.011442",
    "office": None,
}
HOUSE = LinkCandidate("7512304827", "12 Đường Lê Lợi", 0.62, 0.1, point=LonLat(106.65, 10.95))
STREET = LinkCandidate(None, "Đường Lê Lợi", 0.7, 0.1, MatchLevel.STREET, LonLat(106.66, 10.95))
OTHER = LinkCandidate("7512399999", "14 Đường Lê Lợi", 1.0, 1.0, point=LonLat(106.651, 10.95))


def look_of(
    given: GivenAddress,
    *components: Component,
    linked: LinkCandidate | None = None,
    same: tuple[Decided, ...] = (),
    decision: Decision | None = None,
) -> Look:
    reason = Correction("x", Text("Vì thế.", "Because."))
    judged = Judged(
        "C", Settlement(LinkState.WAITING, candidates=(STREET, HOUSE)), (reason, reason)
    )
    link = None if linked is None else OpenLink(str(linked.code), "found", AT, "key:a")
    address = KeptAddress(3, given, LinkState.WAITING, judged, link, decision, AT)
    dossier = Dossier(1, "H09-1", "H09-1", None, FACTS, 4, AT, "key:a", AT, (address,))
    return Look(dossier, address, components, linked, same)


def test_everything_has_words() -> None:
    assert set(COMPONENT_NAMES) == set(ComponentType)
    assert set(STATUS_NAMES) == set(Status)
    assert set(LEVEL_NAMES) == set(MatchLevel)


def test_a_text_is_marked_and_what_can_be_chosen_comes_first() -> None:
    text = "12 Lê Lợi"
    parts = (
        Component(ComponentType.THOROUGHFARE, "Đường Lê Lợi", (3, 9), Status.UNCONFIRMED, "le loi"),
        Component(ComponentType.HOUSE_NUMBER, "12", (0, 2), Status.CONFIRMED, "12"),
        Component(ComponentType.COMMUNE, "", None, Status.MISSING, ""),
    )
    same = (
        Decided(LinkState.LINKED, OTHER, 7),
        Decided(LinkState.REJECTED, None, 2),
        Decided(LinkState.NO_MATCH, None, 1),
    )
    given = GivenAddress(AddressRole.OBJECT, text=text, note="hẻm")
    item = item_of(look_of(given, *parts, same=same), "vi")
    assert (item.id, item.subject, item.version, item.is_open) == ("H09-1#3", "H09-1", 4, True)
    assert [(text[each.start : each.end], each.is_doubtful) for each in item.marks] == [
        ("12", False),
        ("Lê Lợi", True),
    ]
    assert [(each.text, each.choice) for each in item.notes] == [
        ("Cùng văn bản này, đã có 7 lần được liên kết tới 14 Đường Lê Lợi.", "7512399999"),
        ("Cùng văn bản này, đã có 2 lần bị từ chối liên kết.", None),
        ("Cùng văn bản này, đã có 1 lần ghi là chưa có trong sổ.", None),
        ("Vì thế.", None),
        ("Thiếu: Phường, xã.", None),
    ]
    assert [each.choice for each in item.choices] == ["7512304827", "7512399999", None]
    assert item.choices[0].detail == "75123-04827 · đúng số nhà · độ tin cậy 62 %"
    assert item.choices[1].detail.endswith("cách số 1: 109 m")
    assert ("Ghi chú", "hẻm") in item.facts
    assert ("Ngày nhận", "10/01/2026") in item.facts


def test_what_is_linked_comes_before_all_and_who_decided_is_told() -> None:
    decision = Decision("confirmed", "account:lan", AT)
    for given, shown in (
        (GivenAddress(AddressRole.OBJECT, code="75123"), "Code given: 75123"),
        (GivenAddress(AddressRole.OBJECT, parcel="1-2-3"), "Parcel: 1-2-3"),
        (
            GivenAddress(AddressRole.OBJECT, point=LonLat(106.65, 10.95)),
            "Point: 10.950000, 106.650000",
        ),
    ):
        item = item_of(look_of(given, linked=OTHER, decision=decision), "en")
        assert (item.text, item.is_text, item.is_open) == (shown, False, False)
        assert item.place == given.point
        assert [(each.choice, each.is_present) for each in item.choices] == [
            ("7512399999", True),
            ("7512304827", False),
            (None, False),
        ]
        assert ("Decision", "account:lan – confirmed, 10:00, 15 January 2026") in item.facts
