"""Read one record into what would be registered; nothing here asks the database.

This runs once a row, hundreds of thousands of times: repeated texts are cleaned once, and the
common case of each field takes a short way that gives exactly what the long one gives.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import orjson

from addrsvc.codes.code import parse_code
from addrsvc.parsing import keys
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.bulk import values
from addrsvc.registry.bulk.mapping import LOCALITY_FIELDS, ColumnMap
from addrsvc.registry.bulk.model import Document, ImportOptions, Prepared
from addrsvc.registry.bulk.positions import Coordinates
from addrsvc.registry.bulk.row_errors import NumberInvalid, PositionIncomplete, ValueMissing
from addrsvc.registry.errors import FieldInvalid
from addrsvc.registry.fields import clean
from addrsvc.registry.model import ESTIMATED, PRIVATE_KINDS, Marks, Method, Position
from addrsvc.tabular.encoding import shown
from addrsvc.tabular.model import Cells, Record
from addrsvc.tabular.row_errors import CellTooLong, RowEncoding
from addrsvc.types import LonLat

TEXT_LIMIT = 200
LONG_LIMIT = 500
PHONE_LIMIT = 40
ACCURACY_LIMIT_M = 1_000
_ESTIMATE_LIMIT_M = 100_000
"""Estimated positions are as wide as a commune."""

_K = TypeVar("_K")
_V = TypeVar("_V")

_COMPONENTS = ("unit", "floor", "building", "house_number", "thoroughfare")
_METHODS = {method.value: method for method in Method}
_MARKS = {marks.value: marks for marks in Marks}
_PRIVATE = frozenset(kind.value for kind in PRIVATE_KINDS)
_COMMUNE_CODE = re.compile(r"[0-9]{5}")
_REFERENCE = re.compile(r"p([1-9][0-9]{0,17})")
_PLAIN = re.compile(r"[0-9A-Za-z](?:[!-~]| (?=[!-~]))*").fullmatch
"""Text that is kept as it stands: printable ASCII, single spaces, beginning like no formula."""
_PLAIN_NUMBER = re.compile(r"[0-9]{1,5}[A-Za-z]?(?:/[0-9]{1,5}[A-Za-z]?)*").fullmatch
_DAMAGED = re.compile("[\ud800-\udfff\ufffd]")
_REMEMBERED = 50_000
NAMELESS = "(chưa rõ tên)"
"""Stands for the name of a person of whom only the telephone is given."""

EXAMPLE_KEY = "vi du xoa dong nay"
"""Folded mark of the example row of our template."""


class Preparer:
    """Reads the records of one file with one map and one set of defaults."""

    def __init__(
        self, columns: ColumnMap, options: ImportOptions, *, source: str, encoding: str
    ) -> None:
        """Settle what holds for the whole file.

        Raises:
            CrsNotUnderstood: no such reference system.
        """
        self._columns = columns
        self._at = dict(columns.at)
        self._used = frozenset(self._at.values())
        self._options = options
        self._source = clean("source", source)
        self._encoding = shown(encoding)
        # numbers of a source that nobody names would meet those of another
        self._sourced = "source" in self._at or options.source is not None
        self._coordinates = Coordinates(options.crs)
        self._localities = [(f, _one_of(f)) for f in LOCALITY_FIELDS if f in self._at]
        self._parts = [field for field in _COMPONENTS if field in self._at]
        self._texts: dict[tuple[str, int, str], str] = {}
        self._words: dict[tuple[str, str], str] = {}
        self._lists: dict[tuple[str, str], list[list[str]]] = {}
        self._keys: dict[str, str] = {}
        self._bases: dict[object, str] = {}

    @property
    def stated_fields(self) -> frozenset[str]:
        """Give the fields the file has columns for: only those can contradict the registry."""
        return frozenset(self._at)

    def is_example(self, record: Record) -> bool:
        """Tell whether it is the example row of our template."""
        first = record.cells[0] if record.cells else ""
        return first[:2] in {"Ví", "VÍ", "ví"} and name_key(first) == EXAMPLE_KEY

    def prepare(self, record: Record) -> Prepared:
        """Read one record.

        Raises:
            AddrsvcError: why the row cannot be registered.
        """
        if record.error is not None:
            raise record.error
        if record.spoiled is not None:
            self._refuse_spoiled(record)
        cells = record.cells
        kind = self._kind(cells)
        position = self._position(cells)
        code_text = self._text("code", cells)
        code = None if code_text is None else parse_code(code_text).code.text
        parent = self._text("parent", cells)
        document: Document = {"kind": kind}
        name = self._text("name", cells)
        holder = self._holder(cells, name if kind in _PRIVATE else None)
        if name is not None and kind not in _PRIVATE:
            document["name"] = name
        components, thoroughfare = self._components(cells)
        base_key, number_key = self._search_keys(components)
        if components:
            document["components"] = components
        visibility = self._word("visibility", cells, values.VISIBILITIES)
        if visibility is not None and visibility != "public":
            document["visibility"] = visibility
        if parent is not None:
            parent = parse_code(parent).code.text
            document["parent"] = parent
        text = self._text("text", cells, LONG_LIMIT)
        stated, unit_text = self._commune(cells)
        ext_id = self._text("ext_id", cells) if self._sourced else None
        source = self._text("source", cells) or self._source
        origin = _origin(source, ext_id, document, position, (stated, unit_text, text))
        document["source"] = source
        if text is not None:
            document["text"] = text
        return Prepared(
            line=record.line,
            document=document,
            position=position,
            stated=stated,
            unit_text=unit_text,
            code=code,
            issuer=None if code is None else self._text("issuer", cells) or self._options.issuer,
            code_text=code_text,
            ref=None if code is not None else self._reference(cells),
            origin=origin,
            has_ext_id=ext_id is not None,
            thoroughfare_key=None if thoroughfare is None else self._key(thoroughfare),
            base_key=base_key,
            number_key=number_key,
            parent=parent,
            status=self._word("status", cells, values.STATUSES),
            valid_from=self._day(cells),
            holder=holder,
            aliases=self._aliases(cells),
        )

    def _refuse_spoiled(self, record: Record) -> None:
        day = self._at.get("valid_from")
        for index, error in (record.spoiled or {}).items():
            if index in self._used and (index != day or error.slug != "cell-date"):
                raise error

    def _text(self, field: str, cells: Cells, limit: int = TEXT_LIMIT) -> str | None:
        """Give a text as it is kept; None: there is none."""
        index = self._at.get(field)
        if index is None:
            return None
        given = cells[index]
        if not given:
            return None
        if _PLAIN(given) and len(given) <= limit:
            return given
        return self._kept(field, given, limit)

    def _kept(self, field: str, given: str, limit: int) -> str | None:
        key = (field, limit, given) if len(given) <= TEXT_LIMIT else None
        if key is not None and key in self._texts:
            return self._texts[key]
        if not given.strip():
            return None
        if len(given) > limit * 4 or len(kept := self._clean(field, given)) > limit:
            raise CellTooLong(field=field, limit=limit)
        if key is not None:
            _remember(self._texts, key, kept)
        return kept

    def _clean(self, field: str, given: str) -> str:
        if _DAMAGED.search(given):
            raise RowEncoding(column=self._columns.column(field), encoding=self._encoding)
        return clean(field, given)

    def _word(self, field: str, cells: Cells, known: dict[str, str]) -> str | None:
        index = self._at.get(field)
        if index is None:
            return None
        given = cells[index]
        found = self._words.get((field, given))
        if found is None:
            text = self._text(field, cells)
            if text is None:
                return None
            found = values.word(field, text, known)
            _remember(self._words, (field, given), found)
        return found

    def _kind(self, cells: Cells) -> str:
        found = self._word("kind", cells, values.KINDS)
        if found is not None:
            return found
        if self._options.kind is None:
            raise ValueMissing(field="kind")
        return self._options.kind.value

    def _key(self, thoroughfare: str) -> str:
        found = self._keys.get(thoroughfare)
        if found is None:
            found = name_key(thoroughfare)
            _remember(self._keys, thoroughfare, found)
        return found

    def _search_keys(self, components: dict[str, Any]) -> tuple[str | None, str | None]:
        """Give the keys of ``parsing.keys.search_keys``; what is often the same is read once."""
        number, street = components.get("house_number"), components.get("thoroughfare")
        localities: Any = components.get("localities", ())
        along = street or tuple(map(tuple, localities))
        base = self._bases.get(along)
        if base is None:
            base, alley = keys.search_keys(None, street, localities)
            if base is None or alley is not None:  # an alley moves from the street to the number
                return keys.search_keys(number, street, localities)
            _remember(self._bases, along, base)
        return base, None if number is None else _number_key(number)

    def _components(self, cells: Cells) -> tuple[dict[str, Any], str | None]:
        found: dict[str, Any] = {}
        for field in self._parts:
            text = self._text(field, cells)
            if text is not None:
                found[field] = text
        localities = self._listed("localities", cells, values.localities)
        for field, read in self._localities:
            localities = localities + self._listed(field, cells, read)
        if localities:
            found["localities"] = localities
        thoroughfare = found.get("thoroughfare")
        return found, thoroughfare if isinstance(thoroughfare, str) else None

    def _listed(
        self, field: str, cells: Cells, read: Callable[[str], list[list[str]]]
    ) -> list[list[str]]:
        index = self._at.get(field)
        if index is None:
            return []
        given = cells[index]
        found = self._lists.get((field, given))
        if found is None:
            text = self._text(field, cells, LONG_LIMIT)
            found = [] if text is None else read(text)
            if any(len(name) > TEXT_LIMIT for _, name in found) or len(found) > 10:
                raise CellTooLong(field=field, limit=TEXT_LIMIT)
            _remember(self._lists, (field, given), found)
        return found

    def _commune(self, cells: Cells) -> tuple[str | None, str | None]:
        """Give the code of the commune, or the words that name it."""
        commune = self._text("commune", cells)
        if commune is not None and _COMMUNE_CODE.fullmatch(commune):
            return commune, None
        if commune is None:
            return None, None
        words = [commune, self._text("district", cells), self._text("province", cells)]
        return None, ", ".join(part for part in words if part is not None)

    def _position(self, cells: Cells) -> Position | None:
        point = self._point(cells)
        if point is None:
            return None
        given = self._word("method", cells, values.METHODS)
        method = self._options.method if given is None else _METHODS[given]
        given = self._word("marks", cells, values.MARKS)
        marks = self._options.marks if given is None else _MARKS[given]
        text = self._text("accuracy_m", cells)
        accuracy = self._options.accuracy_m if text is None else values.number("accuracy_m", text)
        if not 0 < accuracy <= ACCURACY_LIMIT_M and not (
            method in ESTIMATED and 0 < accuracy <= _ESTIMATE_LIMIT_M
        ):
            raise NumberInvalid(field="accuracy_m")
        return Position(point, accuracy, method, marks)

    def _point(self, cells: Cells) -> LonLat | None:
        x, y = self._text("lon", cells), self._text("lat", cells)
        if x is None and y is None:
            both = self._text("coordinates", cells)
            return None if both is None else self._coordinates.either_order(*values.pair(both))
        if x is None or y is None:
            raise PositionIncomplete
        return self._coordinates.point(values.number("lon", x), values.number("lat", y))

    def _holder(self, cells: Cells, private_name: str | None) -> tuple[str, str | None] | None:
        name = self._text("holder", cells) or private_name
        phone = self._text("phone", cells, PHONE_LIMIT)
        if name is None and phone is None:
            return None
        return name or NAMELESS, phone

    def _reference(self, cells: Cells) -> int | None:
        text = self._text("ref", cells)
        found = None if text is None else _REFERENCE.fullmatch(text)
        return None if found is None else int(found[1])

    def _aliases(self, cells: Cells) -> tuple[tuple[str, str], ...]:
        text = self._text("aliases", cells, LONG_LIMIT)
        return () if text is None else values.aliases(text)

    def _day(self, cells: Cells) -> str | None:
        text = self._text("valid_from", cells)
        if text is None:
            return None
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise FieldInvalid(field="valid_from") from None


def _one_of(field: str) -> Callable[[str], list[list[str]]]:
    return lambda text: [values.locality(text, field)]


def _number_key(number: str) -> str:
    """Give ``parsing.keys.number_key``: digits and one letter between slashes need no reading."""
    if _PLAIN_NUMBER(number):
        steps = [step.zfill(5) if step.isdigit() else step.zfill(6) for step in number.split("/")]
        return "/".join(steps).lower()
    return keys.number_key(number)


def _remember(known: dict[_K, _V], key: _K, value: _V) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[key] = value


def _origin(
    source: str,
    ext_id: str | None,
    document: Document,
    position: Position | None,
    stated: tuple[str | None, str | None, str | None],
) -> str:
    """Give 128 bits that tell this row from others.

    A source's own identifier within that source, else what the row says of the place. Not in
    it: the source, how well the position was taken, and people.
    """
    if ext_id is not None:
        what: object = ["id", source, ext_id]
    else:
        point = None if position is None else (position.point.lon, position.point.lat)
        what = ["is", document, point, stated]
    return hashlib.blake2b(orjson.dumps(what), digest_size=16).hexdigest()
