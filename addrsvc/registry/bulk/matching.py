"""Tell rows that are registered already from new ones, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from addrsvc.db.rows import Connection, Row, rows
from addrsvc.registry.bulk.communes import QUERIES
from addrsvc.registry.bulk.model import Document, Prepared
from addrsvc.registry.bulk.row_errors import RowDiffers
from addrsvc.registry.model import ESTIMATED, PRIVATE_KINDS

_COMPONENTS: Final = ("unit", "floor", "building", "house_number", "thoroughfare")
_LOCALITIES: Final = frozenset({"localities", "khu_pho", "ap", "thon", "to"})
_PLAIN: Final = ("kind", "name", "parent", "source", "text")
_PRIVATE: Final = frozenset(kind.value for kind in PRIVATE_KINDS)
"""Kinds whose name was kept as the holder's, apart from the document."""
_ESTIMATES: Final = frozenset(method.value for method in ESTIMATED)


class Registered:
    """What the registry says of the rows of one chunk."""

    def __init__(self, same: frozenset[str], said: dict[str, tuple[str, list[Document]]]) -> None:
        self._same = same
        self._said = said

    def knows(self, each: Prepared) -> bool:
        """Tell whether the row's address is registered."""
        return each.key in self._same or each.key in self._said

    def compare(self, each: Prepared, stated: frozenset[str]) -> None:
        """Pass a row that says what the registry says, or once said.

        Raises:
            RowDiffers: it says something else.
        """
        if each.key in self._same:
            return
        ref, documents = self._said[each.key]
        refuse_difference(each, documents, stated, ref)


async def registered(conn: Connection, prepared: Sequence[Prepared]) -> Registered:
    """Ask the registry about rows, by what identifies each."""
    by_code = [each.code for each in prepared if each.code is not None]
    plain = [each for each in prepared if each.code is None]
    ids = [each.ref for each in plain if each.ref is not None]
    sourced = [each.origin for each in plain if each.ref is None and each.has_ext_id]
    contents = [each.origin for each in plain if each.ref is None and not each.has_ext_id]
    said: dict[str, tuple[str, list[Document]]] = {}
    if by_code:
        _gather(said, await rows(conn, QUERIES["said_of_codes"], {"codes": by_code}))
    if ids:
        _gather(said, await rows(conn, QUERIES["said_of_ids"], {"ids": ids}))
    if sourced:
        params = {"origins": array_text(sourced)}
        _gather(said, await rows(conn, QUERIES["said_of_origins"], params))
    same: frozenset[str] = frozenset()
    if contents:
        params = {"origins": array_text(contents)}
        found = await rows(conn, QUERIES["known_origins"], params)
        same = frozenset(each["origin"].replace("-", "") for each in found)
    return Registered(same, said)


def array_text(plain: Iterable[str]) -> str:
    """Give the text of an array of words that need no quoting; quicker than a list by far."""
    return "{" + ",".join(plain) + "}"


def _gather(said: dict[str, tuple[str, list[Document]]], found: list[Row]) -> None:
    for each in found:
        key = each["key"].replace("-", "")
        said.setdefault(key, (each["ref"], []))[1].append(each["document"])


def refuse_difference(
    each: Prepared, documents: Sequence[Document], stated: frozenset[str], ref: str
) -> None:
    """Pass a row that agrees with one of the documents in every field its file has.

    Raises:
        RowDiffers: it agrees with none; the fields are those that differ from the latest.
    """
    differing: list[str] = []
    for document in reversed(documents):
        found = differences(each, document, stated)
        if not found:
            return
        differing = differing or found
    raise RowDiffers(ref=ref, fields=", ".join(differing))


def differences(each: Prepared, document: Document, stated: frozenset[str]) -> list[str]:
    """List the fields in which a row contradicts a document; an empty cell says "none"."""
    mine = each.document
    plain = [f for f in _PLAIN if not (f == "name" and mine["kind"] in _PRIVATE)]
    found: list[str] = [f for f in plain if f in stated and mine.get(f) != document.get(f)]
    parts, theirs = mine.get("components", {}), document.get("components", {})
    found += [f for f in _COMPONENTS if f in stated and parts.get(f) != theirs.get(f)]
    if stated & _LOCALITIES and parts.get("localities") != theirs.get("localities"):
        found.append("localities")
    if "visibility" in stated and mine.get("visibility") != document.get("visibility"):
        found.append("visibility")
    if each.stated is not None and each.stated != document["commune"][0]:
        found.append("commune")
    if _moved(each, document.get("position"), stated):
        found.append("position")
    return found


def _moved(each: Prepared, position: list[object] | None, stated: frozenset[str]) -> bool:
    """Tell whether the row states a measured position other than the one registered."""
    placed = each.position
    if placed is None or placed.method in ESTIMATED:
        return False
    if position is None or position[3] in _ESTIMATES:
        return True
    if [placed.point.lon, placed.point.lat] != position[:2]:
        return True
    facts = (("accuracy_m", placed.accuracy_m), ("method", placed.method), ("marks", placed.marks))
    return any(
        field in stated and value != position[index]
        for index, (field, value) in enumerate(facts, start=2)
    )
