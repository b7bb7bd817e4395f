"""Read features of a collection: what its source gives, narrowed by what is asked, page by page.

A page begins behind the key of the one before; nothing is skipped over by counting. The pieces a
statement is put together from are ours, every value in it is bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

import psycopg
import shapely
from psycopg.rows import dict_row

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import sight_of
from addrsvc.codes.code import DigitalCode
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, driver_connection, row
from addrsvc.errors import InvalidInput
from addrsvc.ogc.collections import ADDRESSES, COLLECTIONS, params_of_level
from addrsvc.ogc.errors import AskingTooLong, CollectionUnknown, FeatureUnknown
from addrsvc.ogc.model import Collection, shown
from addrsvc.ogc.parameters import Asked, Days
from addrsvc.registry.reading import AddressRef
from addrsvc.types import BBox

QUERIES: Final = Queries("addrsvc.ogc")

VERTICES: Final = 150_000
"""Most vertices of a page of more than one feature."""

_BY_INDEX: Final = "item.geometry && ST_GeomFromWKB(%(window)s, 4326)"
_EXACTLY: Final = "coalesce(ST_Intersects(item.geometry, ST_GeomFromWKB(%(window)s, 4326)), false)"
"""Where the index is rounded. Without coalesce the planner takes it to let one in a thousand pass,
and then sorts a whole province instead of walking along its keys."""

ALL_DAYS: Final = Days(date.min, date.max)


@dataclass(frozen=True, slots=True)
class Page:
    """Some features in order of their keys."""

    rows: list[Row]
    """With ``key``, ``wkb`` (EPSG:4326) and the properties."""
    has_more: bool
    matched: int | None = None
    """As many answer the question; None: not asked."""
    is_estimate: bool = False
    """They were not counted."""


def get_collection(name: str, principal: Principal) -> Collection:
    """Give a collection this principal may read.

    Raises:
        CollectionUnknown: there is none.
        NotSignedIn, ScopeMissing: it is not for everybody.
    """
    found = COLLECTIONS.get(name)
    if found is None:
        raise CollectionUnknown(collection=shown(name))
    if found.scope is not None:
        principal.require(found.scope)
    return found


def list_collections(principal: Principal) -> list[Collection]:
    """List the collections this principal may read."""
    return [
        each for each in COLLECTIONS.values() if each.scope is None or principal.may(each.scope)
    ]


async def list_features(
    conn: Connection, principal: Principal, collection: Collection, asked: Asked, today: date
) -> Page:
    """Give a page of features, in order of their keys.

    Args:
        conn: either door.
        principal: one that may read the collection; addresses are those in its sight.
        collection: see :func:`get_collection`.
        asked: see ``parameters.read_items``.
        today: whose features are given where nothing else is asked.

    Raises:
        AskingTooLong: the database did not finish in time.
    """
    source, params = _source_of(collection, principal, asked.days, today)
    where, values = _where(collection, asked)
    params |= values
    matched = None
    try:
        if asked.count is not None:
            matched = await _count(conn, source, where, params, exact=asked.count == "exact")
        if asked.after is not None:
            where, params = [*where, "item.key > %(after)s"], {**params, "after": asked.after}
        statement = _page_of(collection, source, where)
        params |= {"limit": asked.limit + 1, "most": VERTICES}
        found = await _rows(conn, statement, params)
    except psycopg.errors.QueryCanceled:
        raise AskingTooLong(collection=collection.id) from None
    page = found[: asked.limit]
    has_more = bool(found) and found[0]["found"] > len(page)
    return Page(page, has_more, matched, is_estimate=asked.count == "estimated")


async def get_feature(
    conn: Connection, principal: Principal, collection: Collection, given: str
) -> Row:
    """Give one feature, whatever day it is of; an address as it stands.

    Raises:
        FeatureUnknown: there is none of this id, or it is not for this principal.
    """
    source, params = _source_of(
        collection, principal, None if collection is ADDRESSES else ALL_DAYS, date.max
    )
    unknown = FeatureUnknown(collection=collection.id, feature=shown(given))
    where, value = _identity(collection, given, unknown)
    statement = _page_of(collection, source, [where])
    params |= {"feature": value, "limit": 1, "most": VERTICES}
    found = await row(conn, statement, params)
    if found is None:
        raise unknown
    return found


async def find_extent(conn: Connection) -> BBox | None:
    """Give the frame around the communes of today; None: no boundary is known."""
    found = await row(conn, QUERIES["extent"], {})
    return None if found is None or found["west"] is None else BBox(**found)


def id_of(collection: Collection, found: Mapping[str, Any]) -> str | int:
    """Give the id of a feature: of an address its code as printed, or ``p<number>``."""
    if collection is not ADDRESSES:
        return cast("str | int", found["key"])
    code = found["code"]
    return f"p{found['key']}" if code is None else DigitalCode.of(code).printed


def _identity(collection: Collection, given: str, unknown: FeatureUnknown) -> tuple[str, Any]:
    if collection is ADDRESSES:
        try:
            ref = AddressRef.parse(given)
        except InvalidInput:
            raise unknown from None
        if ref.code is not None:
            return "item.code = %(feature)s", ref.code
        return "item.key = %(feature)s", ref.address_id
    if not collection.has_numbers:
        if "\0" in given:
            raise unknown
        return "item.key = %(feature)s", given
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise unknown
    return "item.key = %(feature)s", int(given)


def _source_of(
    collection: Collection, principal: Principal, days: Days | None, today: date
) -> tuple[str, dict[str, Any]]:
    name, params = collection.source, params_of_level(collection)
    if collection is ADDRESSES:
        params |= {**sight_of(principal).params(), "after": None}
        if days is None:
            return QUERIES[name], params
        name = "addresses_of_days"
    asked = days or Days(today, today)
    return QUERIES[name], {**params, "first": asked.first, "last": asked.last}


def _where(collection: Collection, asked: Asked) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    params: dict[str, Any] = {}
    if asked.window is not None:
        # no index knows where addresses were
        is_past = collection is ADDRESSES and asked.days is not None
        found = f"item.key IN ({QUERIES['ever_near']})" if is_past else _BY_INDEX
        where += [found, _EXACTLY]
        params["window"] = shapely.to_wkb(asked.window)
    for at, (name, value) in enumerate(asked.equal.items()):
        where.append(f"item.{name} = %(equal_{at})s")
        params[f"equal_{at}"] = value
    if asked.condition is not None:
        where.append(f"({asked.condition.sql})")
        params |= asked.condition.params
    return where, params


def _page_of(collection: Collection, source: str, where: list[str]) -> str:
    columns = ", ".join(each.sql for each in collection.properties)
    told = columns.replace("item.", "page.")
    return f"""
        SELECT page.key, page.found, {told}, ST_AsBinary(page.geometry) AS wkb FROM (
            SELECT cut.*, count(*) OVER () AS found,
                   sum(coalesce(ST_NPoints(cut.geometry), 0)) OVER (ORDER BY cut.key) AS so_far,
                   row_number() OVER (ORDER BY cut.key) AS place
            FROM (SELECT item.key, item.geometry, {columns} FROM ({source}) AS item
                  WHERE {" AND ".join(where) or "true"}
                  ORDER BY item.key LIMIT %(limit)s) AS cut) AS page
        WHERE page.so_far <= %(most)s OR page.place = 1
        ORDER BY page.key
        """


async def _rows(conn: Connection, statement: str, params: Mapping[str, Any]) -> list[Row]:
    """Run a statement, planned for these very values: a plan for any window suits small ones."""
    driver = await driver_connection(conn)
    async with driver.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement.encode(), params, prepare=False)
        return await cursor.fetchall()


async def _count(
    conn: Connection, source: str, where: list[str], params: Mapping[str, Any], *, exact: bool
) -> int:
    """Count what answers a question, or give what the planner expects."""
    counted = f"FROM ({source}) AS item WHERE {' AND '.join(where) or 'true'}"
    if exact:
        found = await _rows(conn, f"SELECT count(*) AS n {counted}", params)
        return int(found[0]["n"])
    statement = f"EXPLAIN (FORMAT JSON) SELECT 1 {counted}"
    found = await _rows(conn, statement, params)
    return int(found[0]["QUERY PLAN"][0]["Plan"]["Plan Rows"])
