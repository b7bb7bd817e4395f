"""Items of a batch: read one by one, and what they ask."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest

from addrsvc.admin_units.errors import UnitsNotKnownBefore
from addrsvc.errors import AddrsvcError
from addrsvc.geocoding.answers import Given, Query
from addrsvc.geocoding.batch_schemas import BatchIn, ItemRead, item_out, read_item, receipt_out
from addrsvc.geocoding.errors import NothingAsked
from addrsvc.geocoding.many import CodeAsked, Conversion, Outcome, refused
from addrsvc.geocoding.reverse_many import Place
from addrsvc.types import LonLat

TODAY, JUNE = date(2026, 1, 15), date(2025, 6, 30)


def _asked(kind: str, item: dict[str, Any], **more: Any) -> Any:
    batch = BatchIn.model_validate({"kind": kind, "items": [item], **more})
    asked = read_item(batch, batch.items[0], TODAY).asked
    assert not isinstance(asked, AddrsvcError), asked
    return asked


def test_what_items_ask() -> None:
    assert _asked("geocode", {"text": "a"}) == Query(at=TODAY, text="a", limit=1)
    assert _asked("geocode", {"text": "a"}, limit=4, at="2025-06-30") == Query(
        at=JUNE, text="a", limit=4
    )
    assert _asked("validate", {"text": "a", "at": "2025-06-30"}) == Query(at=JUNE, text="a")
    parts = {"components": {"house_number": "1"}}
    assert _asked("geocode", parts).given == Given(house_number="1")
    assert _asked("validate", {"code": "75123"}) == CodeAsked("75123")
    assert _asked("check", {"code": "75123"}) == CodeAsked("75123")
    point = {"lon": 106.5, "lat": 10.5}
    assert _asked("reverse", point) == Place(LonLat(106.5, 10.5), TODAY)
    assert _asked("reverse", {**point, "at": "2025-06-30"}, at="2026-01-01").day == JUNE
    conversion = _asked("convert", {"code": "25747", "from": "2025-06-30", **point})
    assert isinstance(conversion, Conversion)
    assert (conversion.asked.since, conversion.day) == (JUNE, TODAY)
    assert conversion.asked.point == LonLat(106.5, 10.5)
    assert _asked("convert", {"text": "a", "to": "2025-06-30"}).day == JUNE


@pytest.mark.parametrize(
    ("kind", "item", "slug"),
    [
        ("geocode", {"id": 1, "code": "7512304827"}, "request-invalid"),
        ("geocode", {"id": 1, "components": {}}, "nothing-to-geocode"),
        ("validate", {"id": 1, "text": "a", "code": "7"}, "text-and-parts"),
        ("check", {"id": 1}, "request-invalid"),
        ("reverse", {"id": 1, "lon": 10.5, "lat": 106.5}, "position-exchanged"),
        ("convert", {"id": 1, "text": "a", "lon": 106.5}, "half-a-position"),
    ],
)
def test_what_is_wrong_stays_with_its_id(kind: Any, item: dict[str, Any], slug: str) -> None:
    read = read_item(BatchIn(kind=kind, items=[item]), item, TODAY)
    assert read.id == 1
    assert isinstance(read.asked, AddrsvcError)
    assert read.asked.slug == slug


def test_outcomes_and_the_receipt() -> None:
    early = refused(UnitsNotKnownBefore(day="2025-01-01", known_from="2025-06-01"))
    assert early.status == "not_found"
    early = refused(NothingAsked(field="text"))
    certain = Outcome("certain", {"x": 1}, "B", "accept")
    shown = orjson.loads(item_out(ItemRead("a", NothingAsked(field="text")), early, "vi"))
    assert (shown["id"], shown["status"], shown["problem"]["status"]) == ("a", "refused", 422)
    assert "answer" not in shown
    assert orjson.loads(item_out(ItemRead(None, CodeAsked("")), certain, "vi")) == {
        "id": None,
        "status": "certain",
        "category": "B",
        "next_action": "accept",
        "answer": {"x": 1},
    }
    receipt = receipt_out("check", [early, certain, certain], sent="s", answered="a", event=7)
    assert receipt == {
        "kind": "check",
        "items": 3,
        "counts": {"certain": 2, "refused": 1},
        "categories": {"B": 2},
        "sent_sha256": "s",
        "items_sha256": "a",
        "event": 7,
    }
