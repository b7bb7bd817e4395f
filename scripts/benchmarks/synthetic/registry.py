"""Make synthetic addresses as columns: numbers, streets, hamlets, firms and points; all invented.

About half of the numbers are of an alley (``123/45/6A``), one address in four has no street,
half of those no number either. Streets of a commune are used very unevenly, as in life. The same
seed gives the same addresses, in order of their communes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.synthetic.communes import Commune
from benchmarks.synthetic.folding import street_group
from benchmarks.synthetic.vocabulary import COMMON, FIRM, NameMaker

VERSION = 1
"""Raise it when the same seed gives other rows: kept clusters are filled anew."""

SMALL_ROWS = 286_947
LARGE_ROWS = 5_000_000

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_STREET_SHARE = 0.75
_BARE_SHARE = 0.12
"""Neither street nor number; the rest has a number in a hamlet."""
_ALLEY_SHARE = 0.5
_FIRM_SHARE = 0.02
_WITH_LOCALITY = 0.6
_SUFFIXES = ("", "A", "B", "C", "D", " bis", "range")
_SUFFIX_SHARES = (0.86, 0.06, 0.04, 0.015, 0.01, 0.005, 0.01)
_RANGE = _SUFFIXES.index("range")
_LIMITS = (2000, 200, 100, 50, len(_SUFFIXES))
_STREETS_EACH = 110
"""Street names of a commune in the large registry."""
_USUAL_NAMES_SHARE = 0.35
_LENGTH_DEG = 0.008


@dataclass(frozen=True, slots=True)
class Base:
    """What numbers count along: a street, or a hamlet where there are no streets."""

    name: str
    """As printed; a street without the word before it."""
    kind: str
    """``street``, ``khu_pho`` or ``ap``."""
    group: str
    """The same for names nobody tells apart, see ``street_group``."""


@dataclass(slots=True)
class Registry:
    """Addresses as columns of one length; row ``i`` is one address."""

    name: str
    communes: list[Commune]
    bases: list[Base]
    commune: Ints
    """Index into ``communes``, ascending."""
    base: Ints
    """Index into ``bases``."""
    number: Ints
    """Packed, see ``house_number``; 0: none."""
    locality: Ints
    """Index into ``bases`` of the neighbourhood beside a street; −1: none said."""
    firm: Ints
    """0: a dwelling; else the number of an invented firm."""
    lon: Floats
    lat: Floats
    _order: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    _sorted: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    _groups: dict[str, int] = field(default_factory=dict)
    _group_of: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.commune)

    def code(self, row: int) -> str:
        """Give the ten digits of an address: prefix of its commune, serial number in it."""
        commune = int(self.commune[row])
        first = int(np.searchsorted(self.commune, commune))
        return f"{10_000 + commune}{row - first:05d}"

    def rows_like(self, base: int, number: int) -> Ints:
        """Give all rows with this house number on a street of this name, in any commune."""
        if not len(self._order):
            self._index()
        key = self._group_of[base] * _PACKED + number
        low, high = np.searchsorted(self._sorted, (key, key + 1))
        return self._order[low:high]

    def _index(self) -> None:
        for base in self.bases:
            self._groups.setdefault(base.group, len(self._groups))
        self._group_of = np.array([self._groups[base.group] for base in self.bases], np.int64)
        keys = self._group_of[self.base] * _PACKED + self.number
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]


_PACKED = int(np.prod(_LIMITS))


def pack(head: Ints, second: Ints, third: Ints, fourth: Ints, suffix: Ints) -> Ints:
    """Pack house numbers into integers."""
    packed = head
    for part, limit in zip((second, third, fourth, suffix), _LIMITS[1:], strict=True):
        packed = packed * limit + part
    return packed


def house_number(packed: int) -> str:
    """Write a packed house number; empty for 0.

    >>> one = lambda *parts: house_number(int(pack(*(np.array([part]) for part in parts))[0]))
    >>> one(123, 45, 6, 0, 1), one(12, 0, 0, 0, 6), one(18, 0, 0, 0, 5), one(0, 0, 0, 0, 0)
    ('123/45/6A', '12-14', '18 bis', '')
    """
    parts = []
    for limit in reversed(_LIMITS[1:]):
        packed, part = divmod(packed, limit)
        parts.append(part)
    suffix, *chain = parts
    if packed == 0:
        return ""
    written = "/".join([str(packed), *(str(part) for part in reversed(chain) if part)])
    if suffix == _RANGE:
        return f"{packed}-{packed + 2}"
    return written + _SUFFIXES[suffix]


def small(communes: list[Commune], *, rows: int = SMALL_ROWS, seed: int = 1) -> Registry:
    """Make a province's registry on the real street names of its communes."""
    return _make("S", communes, [each.streets for each in communes], rows, seed)


def large(communes: list[Commune], *, rows: int = LARGE_ROWS, seed: int = 2) -> Registry:
    """Make a country's registry: common names everywhere, most names in one or two places."""
    draw = np.random.default_rng(seed)
    wanted = len(communes) * _STREETS_EACH
    rare = NameMaker(seed).streets(int(wanted * (1 - _USUAL_NAMES_SHARE)))
    usual = [*COMMON, *NameMaker(seed + 1).streets(3000)]
    weights = 1 / (np.arange(len(usual)) + 5.0)
    weights /= weights.sum()
    queue = iter(rare)
    streets = []
    for _ in communes:
        many = int(draw.integers(_STREETS_EACH // 2, _STREETS_EACH * 3 // 2))
        common = draw.choice(len(usual), int(many * _USUAL_NAMES_SHARE), p=weights)
        own = [name for name, _ in zip(queue, range(many - len(common)), strict=False)]
        streets.append([*(usual[at] for at in dict.fromkeys(common.tolist())), *own])
    return _make("L", communes, streets, rows, seed)


def _make(
    name: str, communes: list[Commune], streets: list[list[str]], total: int, seed: int
) -> Registry:
    draw = np.random.default_rng(seed)
    names = NameMaker(seed + 2)
    bases: list[Base] = []
    known: dict[tuple[str, str], int] = {}

    def base(written: str, kind: str) -> int:
        at = known.setdefault((written, kind), len(bases))
        if at == len(bases):
            bases.append(Base(written, kind, street_group(written)))
        return at

    columns: list[tuple[npt.NDArray[np.float64], ...]] = []
    for index, (commune, count) in enumerate(
        zip(communes, _shares([each.weight for each in communes], total), strict=True)
    ):
        own = {street_group(street): street for street in streets[index]}
        here = [base(street, "street") for street in own.values()]
        hamlets = {street_group(text): (kind, text) for kind, text in _hamlets(names, draw)}
        there = [base(text, kind) for kind, text in hamlets.values()]
        columns.append(_commune_rows(draw, index, commune, count, np.array(here), np.array(there)))
    whole = [np.concatenate(parts) for parts in zip(*columns, strict=True)]
    commune_of, base_of, number, locality, firm = (each.astype(np.int64) for each in whole[:5])
    return Registry(
        name,
        communes,
        bases,
        commune=commune_of,
        base=base_of,
        number=number,
        locality=locality,
        firm=firm,
        lon=whole[5],
        lat=whole[6],
    )


def _hamlets(names: NameMaker, draw: np.random.Generator) -> list[tuple[str, str]]:
    return [names.locality() for _ in range(int(draw.integers(5, 14)))]


def _shares(weights: list[float], total: int) -> list[int]:
    """Divide by weight, the rest to the largest remainders."""
    exact = np.array(weights) / sum(weights) * total
    counts = np.floor(exact).astype(int)
    for index in np.argsort(counts - exact)[: total - counts.sum()]:
        counts[index] += 1
    return [int(count) for count in counts]


def _commune_rows(
    draw: np.random.Generator,
    index: int,
    commune: Commune,
    count: int,
    streets: Ints,
    hamlets: Ints,
) -> tuple[npt.NDArray[np.float64], ...]:
    fate = draw.random(count)
    on_street = fate < _STREET_SHARE if len(streets) else np.zeros(count, bool)
    bare = fate > 1 - _BARE_SHARE
    use = 1 / (np.arange(max(1, len(streets))) + 3.0)
    street = draw.choice(len(use), count, p=use / use.sum())
    hamlet = draw.integers(0, len(hamlets), count)
    base = np.where(on_street, streets[street] if len(streets) else 0, hamlets[hamlet])
    number = np.where(bare, 0, _distinct_numbers(draw, base, bare))
    beside = on_street & (draw.random(count) < _WITH_LOCALITY)
    locality = np.where(beside, hamlets[hamlet], -1)
    firm = np.where(
        on_street & (draw.random(count) < _FIRM_SHARE), draw.integers(1, 1_000_000, count), 0
    )
    lon, lat = _points(draw, commune.shape, base)
    return (np.full(count, index), base, number, locality, firm, lon, lat)


def _distinct_numbers(draw: np.random.Generator, base: Ints, bare: npt.NDArray[np.bool_]) -> Ints:
    """Draw house numbers until no two addresses of one street share one."""
    number = _numbers(draw, len(base))
    while True:
        _, first = np.unique(base * _PACKED + number, return_index=True)
        again = np.ones(len(base), bool)
        again[first] = False
        again &= ~bare
        if not again.any():
            return number
        number[again] = _numbers(draw, int(again.sum()))


def _numbers(draw: np.random.Generator, count: int) -> Ints:
    head = np.minimum(draw.geometric(1 / 180, count), _LIMITS[0] - 1)
    alley = draw.random(count) < _ALLEY_SHARE
    second = np.where(alley, draw.integers(1, 90, count), 0)
    third = np.where(alley & (draw.random(count) < 0.35), draw.integers(1, 60, count), 0)
    fourth = np.where((third > 0) & (draw.random(count) < 0.15), draw.integers(1, 30, count), 0)
    suffix = draw.choice(len(_SUFFIXES), count, p=_SUFFIX_SHARES)
    suffix[alley & (suffix >= _RANGE - 1)] = 0  # nobody writes 12/3 bis, nor 12/3-12/5
    return pack(head, second, third, fourth, suffix)


def _points(
    draw: np.random.Generator, shape: shapely.Geometry, base: Ints
) -> tuple[Floats, Floats]:
    """Give a line through the commune to each street, and points along it that lie inside."""
    shapely.prepare(shape)
    west, south, east, north = shapely.bounds(shape)
    inside = shapely.point_on_surface(shape)
    distinct, which = np.unique(base, return_inverse=True)
    begin = draw.uniform((west, south), (east, north), (len(distinct), 2))
    outside = ~shapely.contains_xy(shape, begin[:, 0], begin[:, 1])
    begin[outside] = (inside.x, inside.y)
    angle = draw.uniform(0, 2 * np.pi, len(distinct))
    along = draw.uniform(0, _LENGTH_DEG, len(base)) * draw.choice((0.2, 0.5, 1.0), len(base))
    side = draw.normal(0, 0.0002, (len(base), 2))
    lon = begin[which, 0] + along * np.cos(angle[which]) + side[:, 0]
    lat = begin[which, 1] + along * np.sin(angle[which]) + side[:, 1]
    away = ~shapely.contains_xy(shape, lon, lat)
    lon[away], lat[away] = begin[which[away], 0], begin[which[away], 1]
    return lon.round(7), lat.round(7)


def firm_name(number: int) -> str:
    """Give the name of an invented firm.

    >>> firm_name(123457)
    'Công ty TNHH Xây dựng Mẫu 123457'
    """
    return f"Công ty TNHH {FIRM[number % len(FIRM)]} Mẫu {number}"
