"""Streets are named, houses renumbered, khu phố moved: and each is undone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bulk_acts_world import DAY, EAST, JULY, WEST, WHO, World, house

from addrsvc.registry import changing
from addrsvc.registry.bulk_acts import planning
from addrsvc.registry.bulk_acts.errors import AreaInvalid, MappingRefused, NothingConcerned
from addrsvc.registry.commands import ChangeAddress
from addrsvc.registry.errors import CommuneUnknown
from addrsvc.registry.model import Components, Locality
from addrsvc.registry.reading import AddressRef

LATER = date(2025, 7, 3)
OLD_STREET = (
    "INSERT INTO thoroughfare (name, name_key, kind, status, registered_in, source)"
    " VALUES ('Đường số 5', 'duong so 5', 'numbered_road', 'official', '25747', 'test')"
    " RETURNING thoroughfare_id"
)


def components(world: World) -> list[dict[str, Any]]:
    found = world.query(
        "SELECT document->'components' AS c FROM address_version"
        " WHERE recorded_to IS NULL AND valid_to IS NULL ORDER BY address_id"
    )
    return [each["c"] for each in found]


def registers(world: World) -> list[list[dict[str, Any]]]:
    return [
        world.query("SELECT * FROM thoroughfare ORDER BY 1"),
        world.query("SELECT * FROM thoroughfare_area ORDER BY 1"),
        world.query("SELECT * FROM thoroughfare_alias ORDER BY 1"),
        world.query("SELECT * FROM locality ORDER BY 1"),
        world.query("SELECT * FROM locality_alias ORDER BY 1"),
    ]


def test_a_street_is_renamed_with_its_register(world: World) -> None:
    (street,) = world.query(OLD_STREET)
    world.query(
        "INSERT INTO thoroughfare_area VALUES (%s, '25747', '2025-07-01')",
        street["thoroughfare_id"],
    )
    world.add(
        house(106.65, number="1", street="Đường số 5"),
        house(106.66, number="2", street="Hẻm 95 Đường số 5"),
        house(106.67, number="3", street="Lê Lợi"),
        house(106.75, number="4", street="Đường số 5"),
        clock=JULY,
    )
    before, names = world.state(), registers(world)
    spec = world.do(
        lambda conn: planning.street_naming(
            conn, LATER, [WEST], old="Đường số 5", new="Nguyễn Văn Mẫu"
        )
    )
    act_id = world.plan(spec, LATER)
    assert world.run(act_id).tally.changed == 2
    assert [each["thoroughfare"] for each in components(world)] == [
        "Nguyễn Văn Mẫu",
        "Hẻm 95 Nguyễn Văn Mẫu",
        "Lê Lợi",
        "Đường số 5",
    ]
    old, new = world.query("SELECT name, kind, valid_from, valid_to FROM thoroughfare ORDER BY 1")[
        ::-1
    ]
    assert (old["name"], old["valid_to"]) == ("Đường số 5", LATER)
    assert (new["name"], new["kind"], new["valid_from"]) == (
        "Nguyễn Văn Mẫu",
        "numbered_road",
        LATER,
    )
    assert world.query("SELECT name FROM thoroughfare_alias") == [{"name": "Đường số 5"}]
    world.undo(act_id)
    assert (world.state(), registers(world)) == (before, names)
    told = world.query("SELECT type FROM event WHERE type = 'thoroughfare.renamed'")
    assert [each["type"] for each in told] == ["thoroughfare.renamed"] * 2


def test_houses_without_a_street_get_one_by_area_and_number(world: World) -> None:
    world.add(
        house(106.65, number="1", khu_pho="Khu phố 1"),
        house(106.651, number="2", khu_pho="Khu phố 1"),
        house(106.69, number="3", khu_pho="Khu phố 1"),
        house(106.652, khu_pho="Khu phố 1"),
        clock=JULY,
    )
    square = [[106.64, 10.94], [106.66, 10.94], [106.66, 10.96], [106.64, 10.96], [106.64, 10.94]]
    area = {"type": "Polygon", "coordinates": [square]}
    spec = world.do(
        lambda conn: planning.street_naming(
            conn, DAY, [WEST], old=None, new="Lê Mẫu", side="odd", first=1, area=area
        )
    )
    assert world.run(world.plan(spec, LATER)).tally.changed == 1
    assert [each.get("thoroughfare") for each in components(world)] == ["Lê Mẫu", None, None, None]
    bow = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    for wrong in ({"type": "Polygon", "coordinates": [bow]}, {"type": "Point"}, {}):
        with pytest.raises(AreaInvalid):
            planning.checked_area(wrong)
    with pytest.raises(NothingConcerned):
        world.do(lambda conn: planning.street_naming(conn, DAY, [WEST], old=None, new="X"))
    with pytest.raises(CommuneUnknown):
        world.do(lambda conn: planning.street_naming(conn, DAY, ["99999"], old="A", new="X"))


def test_numbers_are_swapped_and_the_old_ones_still_known(world: World) -> None:
    world.add(
        *(house(106.65, number=each, street="Lê Lợi") for each in ("1", "3", "5")), clock=JULY
    )
    before = world.state()
    spec = world.do(
        lambda conn: planning.renumbering(
            conn, LATER, [WEST], "Lê Lợi", numbers=[("1", "3"), ("3", "1")]
        )
    )
    act_id = world.plan(spec, LATER)
    progress = world.run(act_id, size=1)
    assert (progress.tally.changed, progress.tally.undecided) == (2, {"number-unlisted": 1})
    assert [each["house_number"] for each in components(world)] == ["3", "1", "5"]
    aliases = world.query("SELECT scheme, value FROM address_alias ORDER BY address_id")
    assert aliases == [{"scheme": "old-number", "value": v} for v in ("1", "3")]
    world.undo(act_id)
    assert world.state() == before
    assert world.query("SELECT 1 FROM address_alias WHERE withdrawn_at IS NULL") == []
    again = world.plan(spec, LATER)
    world.run(again)
    assert len(world.query("SELECT 1 FROM address_alias WHERE withdrawn_at IS NULL")) == 2


def test_old_numbers_are_found_after_a_change_on_a_later_day(world: World) -> None:
    world.add(house(106.65, number="12/5", street="Lê Lợi"), clock=JULY)
    spec = world.do(
        lambda conn: planning.renumbering(conn, DAY, [WEST], "Lê Lợi", alley="12", prefix="48")
    )
    act_id = world.plan(spec, LATER)
    world.run(act_id)
    assert [each["house_number"] for each in components(world)] == ["48/12/5"]
    (former,) = world.query("SELECT base_key, number_key, until FROM address_former")
    assert (former["base_key"], former["number_key"]) == ("le loi", "00012/00005")
    assert former["until"] == LATER
    world.undo(act_id)
    assert world.query("SELECT 1 FROM address_former") == []


def test_houses_are_numbered_in_order(world: World) -> None:
    world.add(
        *(house(106.65, number=each, street="Lê Lợi") for each in ("7", "3A", "3A/2", "10")),
        clock=JULY,
    )
    spec = world.do(lambda conn: planning.renumbering(conn, LATER, [WEST], "Lê Lợi", order=(1, 2)))
    world.run(world.plan(spec, LATER))
    assert [each["house_number"] for each in components(world)] == ["3", "1", "1/2", "2"]
    with pytest.raises(NothingConcerned):
        world.do(lambda conn: planning.renumbering(conn, DAY, [WEST], "Không Có", order=(1, 2)))
    for wrong in ([("1", "2"), ("1", "4")], [("1", "2"), ("3", "2")], [("", "2")]):
        with pytest.raises(MappingRefused):
            world.do(
                lambda conn, wrong=wrong: planning.renumbering(
                    conn, DAY, [WEST], "Lê Lợi", numbers=wrong
                )
            )


def test_a_khu_pho_goes_to_another_commune_under_a_new_name(world: World) -> None:
    world.query(
        "INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from,"
        " source) VALUES ('Khu phố 1', 'khu pho 1', 'khu_pho', 'official', '25747', '2025-07-01',"
        " 'test')"
    )
    world.add(
        house(106.65, number="1", street="Lê Lợi", khu_pho="KP1"),
        house(106.66, khu_pho="Khu phố 1"),
        house(106.67, khu_pho="Khu phố 2"),
        clock=JULY,
    )
    before, names = world.state(), registers(world)
    spec = world.do(
        lambda conn: planning.locality_move(
            conn,
            DAY,
            WEST,
            Locality("khu_pho", "Khu phố 1"),
            new=Locality("khu_pho", "Khu phố Mẫu"),
            to=EAST,
        )
    )
    act_id = world.plan(spec, LATER)
    assert world.run(act_id).tally.changed == 2
    assert list(world.communes().values()).count(EAST) == 2
    assert [each["localities"][0][1] for each in components(world)] == [
        "Khu phố Mẫu",
        "Khu phố Mẫu",
        "Khu phố 2",
    ]
    (new,) = world.query("SELECT * FROM locality WHERE valid_from = %s", LATER)
    assert (new["name"], new["commune_code"]) == ("Khu phố Mẫu", EAST)
    world.undo(act_id)
    assert (world.state(), registers(world)) == (before, names)
    with pytest.raises(NothingConcerned):
        world.do(lambda conn: planning.locality_move(conn, DAY, WEST, Locality("ap", "A")))


def test_one_by_one_and_in_bulk_write_the_same(world: World) -> None:
    one, other = world.add(
        house(106.65, number="12/5", street="Lê Lợi"),
        house(106.66, number="12/7", street="Lê Lợi"),
        clock=JULY,
    )
    spec = world.do(
        lambda conn: planning.renumbering(conn, LATER, [WEST], "Lê Lợi", numbers=[("12/7", "9")])
    )
    world.run(world.plan(spec, LATER))
    change = ChangeAddress(components=Components(house_number="8", thoroughfare="Lê Lợi"), on=LATER)
    world.do(
        lambda conn: changing.change_address(
            conn, WHO, AddressRef.parse(one.ref), None, change, JULY
        )
    )
    world.query("UPDATE address_current SET position = NULL")
    same = ("version", "status", "kind", "commune_code", "base_key", "position")
    alone, bulk = world.query("SELECT * FROM address_current ORDER BY address_id")
    assert [alone[name] for name in same] == [bulk[name] for name in same]
    for table in ("SELECT * FROM address_version", "SELECT * FROM address_former"):
        found = world.query(table)  # type: ignore[arg-type]
        sides = [
            sorted(
                str(
                    (
                        row.get("version"),
                        row.get("status"),
                        row.get("valid_from"),
                        row.get("valid_to"),
                        row.get("recorded_to") is None,
                        row.get("until"),
                    )
                )
                for row in found
                if row["address_id"] == each.address_id
            )
            for each in (one, other)
        ]
        assert sides[0] == sides[1] != []
