"""Put a synthetic registry into a database by COPY: identity, version and projection of each row.

Indexes that uphold no constraint are made after the rows, references are not checked, two
processes share the communes: five million rows take a few minutes. Search keys are the product's
own (``addrsvc.parsing.keys``), as an import would have made them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, pairwise
from struct import Struct

import orjson
import psycopg
from psycopg import sql

from addrsvc.admin_units import bundled
from addrsvc.db.migrate import upgrade
from addrsvc.parsing import keys
from benchmarks.synthetic.registry import Base, Registry, firm_name, house_number

SOURCE = "dữ liệu tổng hợp (synthetic)"
_AT = "2026-01-01T00:00:00+00:00"
_FROM = "2025-07-01"
_DAY = "2026-01-01"
_BLOCK = 2000
_PROCESSES = 2
_POINT = Struct("<BIIdd")
_POINT_WITH_SRID = 0x20000001

_COPY_IDENTITIES = "COPY address (address_id, code, issuer, created_at) FROM STDIN"
_COPY_VERSIONS = (
    "COPY address_version (address_id, version, status, valid_from, recorded_from, act, principal,"
    " document) FROM STDIN"
)
_COPY_PROJECTIONS = (
    "COPY address_current (address_id, version, status, kind, visibility, commune_code,"
    " commune_valid_from, base_key, number_key, position) FROM STDIN"
)
_LATER_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE i.indrelid IN ('address'::regclass, 'address_version_open'::regclass,
                      'address_current'::regclass)
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """What all rows of one base share."""

    key: str | None
    components: dict[str, object]


def prepare_database(url: str) -> None:
    """Migrate an empty database and load the units of the country."""
    upgrade(url)
    bundled.load(url)


def load(url: str, registry: Registry) -> None:
    """Load every row into a database with units; the login must be a superuser's."""
    with psycopg.connect(url, autocommit=True) as conn:
        later = conn.execute(_LATER_INDEXES.encode()).fetchall()
        for name, _ in later:
            conn.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    bounds = [0, *(len(registry) * part // _PROCESSES for part in range(1, _PROCESSES + 1))]
    # forked: the columns are shared, not sent
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=_load_part, args=(url, registry, low, high))
        for low, high in pairwise(bounds)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.exitcode != 0:
            raise RuntimeError("a part of the registry was not loaded")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SET maintenance_work_mem = '1GB'")
        for _, definition in later:
            conn.execute(definition.encode())
        conn.execute(
            "SELECT setval(pg_get_serial_sequence('address', 'address_id'), %s)", [len(registry)]
        )
        conn.execute("UPDATE search_key_version SET version = %s", [keys.KEYS_VERSION])
        conn.execute("VACUUM (ANALYZE)")


def _load_part(url: str, registry: Registry, low: int, high: int) -> None:
    for statement, lines in (
        (_COPY_IDENTITIES, _identities),
        (_COPY_VERSIONS, _versions),
        (_COPY_PROJECTIONS, _projections),
    ):
        with psycopg.connect(url) as conn:
            conn.execute("SET session_replication_role = replica")
            _copy(conn, statement, lines(registry, low, high))


def _copy(conn: psycopg.Connection, statement: str, lines: Iterator[str]) -> None:
    with conn.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        while block := "".join(islice(lines, _BLOCK)):
            copy.write(block.encode())


def _codes(registry: Registry, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Give row, commune and serial number in it."""
    commune = -1
    serial = 0
    for row, here in enumerate(registry.commune[low:high].tolist(), start=low):
        if here != commune:
            commune = here
            serial = row - int(registry.commune.searchsorted(here))
        yield row, commune, serial
        serial += 1


def _identities(registry: Registry, low: int, high: int) -> Iterator[str]:
    for row, commune, serial in _codes(registry, low, high):
        yield f"{row + 1}\t{10_000 + commune}{serial:05d}\tsynthetic\t{_AT}\n"


def _versions(registry: Registry, low: int, high: int) -> Iterator[str]:
    place = _places(registry.bases)
    beside = cache(lambda at: _locality(registry.bases[at]))
    codes = [each.code for each in registry.communes]
    head = f"\t1\tcurrent\t{_DAY}\t{_AT}\timport\tbenchmark\t"
    for row, cells in enumerate(_cells(registry, low, high), start=low + 1):
        commune, base, number, locality, firm, lon, lat = cells
        components = place(base).components
        if number:
            components = {"house_number": house_number(number), **components}
        if locality >= 0:
            components = {**components, "localities": [beside(locality)]}
        document = {
            "kind": "enterprise" if firm else "dwelling",
            "components": components,
            "commune": [codes[commune], _FROM],
            "position": [lon, lat, 5.0, "gnss", "entrance"],
            "source": SOURCE,
        }
        if firm:
            document["name"] = firm_name(firm)
        yield f"{row}{head}{orjson.dumps(document).decode()}\n"


def _projections(registry: Registry, low: int, high: int) -> Iterator[str]:
    place = _places(registry.bases)
    codes = [each.code for each in registry.communes]
    pack = _POINT.pack
    number_key = lru_cache(maxsize=200_000)(lambda packed: keys.number_key(house_number(packed)))
    for row, cells in enumerate(_cells(registry, low, high), start=low + 1):
        commune, base, number, _, firm, lon, lat = cells
        key = number_key(number) if number else r"\N"
        kind = "enterprise" if firm else "dwelling"
        where = pack(1, _POINT_WITH_SRID, 4326, lon, lat).hex()
        yield (
            f"{row}\t1\tcurrent\t{kind}\tpublic\t{codes[commune]}\t{_FROM}\t"
            f"{place(base).key}\t{key}\t{where}\n"
        )


def _cells(
    registry: Registry, low: int, high: int
) -> Iterator[tuple[int, int, int, int, int, float, float]]:
    yield from zip(
        registry.commune[low:high].tolist(),
        registry.base[low:high].tolist(),
        registry.number[low:high].tolist(),
        registry.locality[low:high].tolist(),
        registry.firm[low:high].tolist(),
        registry.lon[low:high].tolist(),
        registry.lat[low:high].tolist(),
        strict=True,
    )


def _places(bases: Sequence[Base]) -> Callable[[int], _Place]:
    @cache
    def place(at: int) -> _Place:
        base = bases[at]
        if base.kind == "street":
            # a third of the streets is kept with the word before the name, as registers have it
            name = f"Đường {base.name}" if at % 3 == 0 and base.name[0].isalpha() else base.name
            return _Place(keys.base_key(name, []), {"thoroughfare": name})
        locality = _locality(base)
        return _Place(keys.base_key(None, [(base.kind, base.name)]), {"localities": [locality]})

    return place


def _locality(base: Base) -> list[str]:
    return [base.kind, base.name]
