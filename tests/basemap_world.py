"""A small world for the basemap: names with every accent, and addresses not everybody may see."""

from __future__ import annotations

import asyncio

import psycopg
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.basemap.preparing import prepare_units
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.registry import service
from addrsvc.registry.commands import AssignAddress
from addrsvc.registry.model import Components, Kind, Marks, Method, Position, Visibility
from addrsvc.types import LonLat

MIDDLE = (106.65, 10.95)
FAR = (8, 203, 120)
NEAR = (16, 52183, 30762)
"""Tiles in which ``MIDDLE`` lies: zoom, column, row."""
COMMUNE, STREET, LOCALITY = "Phường Thủ Dầu Một", "Nguyễn Ảnh Thủ", "Ấp Đồng Sặt"
SHOWN = "123/45"
HIDDEN = ("7771R", "7772S", "7773V", "7774C")
"""Numbers of addresses that are restricted, secret, vaguely placed, part of a restricted one."""

_NAMES = """
UPDATE admin_unit SET full_name = %(commune)s WHERE code = '25747';
UPDATE admin_unit SET full_name = 'Thành phố Bịa Đặt' WHERE code = '79';
INSERT INTO thoroughfare (name, name_key, kind, status, line, source)
VALUES (normalize(%(street)s, NFD), 'nguyen anh thu', 'street', 'official',
        ST_GeomFromText('MULTILINESTRING((106.64 10.9504, 106.66 10.9504))', 4326), 'invented'),
       ('Đường đã bỏ', 'da bo', 'street', 'official',
        ST_GeomFromText('MULTILINESTRING((106.64 10.951, 106.66 10.951))', 4326), 'invented');
UPDATE thoroughfare SET valid_to = '2020-01-01' WHERE name_key = 'da bo';
INSERT INTO locality (name, name_key, kind, status, commune_code, commune_valid_from, centre,
                      source)
SELECT %(locality)s, 'dong sat', 'ap', 'official', code, valid_from,
       ST_SetSRID(ST_Point(106.651, 10.9515), 4326), 'invented'
FROM admin_unit WHERE code = '25747';
"""


def fill(url: str) -> list[str]:
    """Fill a clone of the registry's world and make it ready; give the codes of its addresses."""
    with psycopg.connect(url) as conn:
        names = {"commune": COMMUNE, "street": STREET, "locality": LOCALITY}
        for statement in _NAMES.split(";\n"):
            if statement.strip():
                conn.execute(statement.encode(), names if "%(" in statement else None)
    return asyncio.run(_fill(url))


def wanted() -> list[AssignAddress]:
    """Give what is assigned: the number shown, then those hidden."""
    given = [
        (SHOWN, Visibility.PUBLIC, 0, 4.5),
        (HIDDEN[0], Visibility.RESTRICTED, 20, 4.5),
        (HIDDEN[1], Visibility.SECRET, 40, 4.5),
        (HIDDEN[2], Visibility.PUBLIC, 60, 900.0),
        (HIDDEN[3], Visibility.PUBLIC, 80, 4.5),
    ]
    return [
        AssignAddress(
            kind=Kind.DWELLING,
            source="invented",
            visibility=visibility,
            components=Components(house_number=number, thoroughfare=STREET),
            position=Position(
                LonLat(MIDDLE[0] + metres / 109_000, MIDDLE[1]),
                accuracy_m,
                Method.GNSS,
                Marks.ENTRANCE,
            ),
        )
        for number, visibility, metres, accuracy_m in given
    ]


async def _fill(url: str) -> list[str]:
    engine = make_engine(service_settings(url))
    someone, clock = command_line("test"), SystemClock()
    async with transaction(engine) as conn:
        made = [await service.assign_address(conn, someone, each, clock) for each in wanted()]
        codes = [str(each.code) for each in made]
    with psycopg.connect(url) as conn:
        conn.execute(
            "UPDATE address_current SET parent_id = (SELECT address_id FROM address WHERE code ="
            " %s) WHERE address_id = (SELECT address_id FROM address WHERE code = %s)",
            [codes[1], codes[4]],
        )
    async with transaction(engine) as conn:
        await prepare_units(conn, clock)
    await engine.dispose()
    return codes


def fields(body: bytes) -> list[tuple[int, int | bytes]]:
    """Read a protocol buffer: numbers of fields and what is in them."""
    found: list[tuple[int, int | bytes]] = []
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(body):
        tag = number()
        if tag & 7 == 0:
            found.append((tag >> 3, number()))
        else:
            length = number()
            found.append((tag >> 3, body[at : at + length]))
            at += length
    return found


def letters_in(body: bytes) -> set[str]:
    """Give the letters a file of glyphs draws."""
    [(_, stack)] = fields(body)
    assert isinstance(stack, bytes)
    glyphs = [value for number, value in fields(stack) if number == 3]
    return {chr(int(dict(fields(each))[1])) for each in glyphs if isinstance(each, bytes)}
