"""Noisy queries with the codes that are right answers, drawn from a synthetic registry.

A thousand per registry: clean, without accents, shortened, one slip, commune left out, commune of
before July 2025, and mixtures of two or three of these. About 30 in 100 have no commas. Where the
text leaves several addresses possible (commune left out, a former commune that was split), each of
them counts as right; where a change made a street look like another of the same commune, the
query is drawn again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.synthetic import noise
from benchmarks.synthetic.communes import Former, Unit
from benchmarks.synthetic.folding import fold
from benchmarks.synthetic.noise import NOTHING, Written
from benchmarks.synthetic.registry import Registry, house_number

CATEGORIES = {
    "clean": 100,
    "no accents": 200,
    "abbreviations": 150,
    "typo": 200,
    "commune missing": 150,
    "old commune": 100,
    "mixed": 100,
}
_NO_COMMAS = 0.3
_ON_HAMLETS = 0.08
_LOCALITY = 0.25
_TRIES = 400


@dataclass(frozen=True, slots=True)
class Query:
    """A text and the codes of the addresses it may mean."""

    category: str
    text: str
    truth: frozenset[str]
    stripped: str
    """The same text with the province left out."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    written: Written
    row: int
    communes: frozenset[int] | None
    """Indexes of the communes the text may mean; None: any of the province."""


def make(
    registry: Registry, *, seed: int = 7, taken: Mapping[str, Sequence[str]] | None = None
) -> list[Query]:
    """Draw the queries of a registry; the same registry and seed give the same ones.

    ``taken``: names of communes by code of province that are no slips, beside the registry's own.
    """
    maker = _Maker(registry, taken or {})
    return [
        maker.query(category, random.Random(f"{seed}/{registry.name}/{category}/{number}"))  # noqa: S311 -- no secret
        for category, count in CATEGORIES.items()
        for number in range(count)
    ]


class _Maker:
    def __init__(self, registry: Registry, taken: Mapping[str, Sequence[str]]) -> None:
        self._registry = registry
        self._index = {each.code: at for at, each in enumerate(registry.communes)}
        self._names = {province: list(names) for province, names in taken.items()}
        for each in registry.communes:
            names = self._names.setdefault(each.province_code, [])
            names.extend([each.unit.name, *(former.commune.name for former in each.formers)])
        self._streets: dict[int, list[str]] = {}

    def query(self, category: str, draw: random.Random) -> Query:
        for _ in range(_TRIES):
            found = self._attempt(category, draw)
            if found is not None:
                return found
        raise RuntimeError(f"no query of category {category} could be drawn")

    def _attempt(self, category: str, draw: random.Random) -> Query | None:
        row = draw.randrange(len(self._registry))
        base = self._registry.bases[int(self._registry.base[row])]
        if not self._registry.number[row] or (
            base.kind != "street" and draw.random() > _ON_HAMLETS * 4
        ):
            return None
        drawn = _Drawn(self._plain(row, draw), row, frozenset({int(self._registry.commune[row])}))
        changes = _CHANGES[category](draw)
        for change in changes:
            after = getattr(self, f"_{change}")(drawn, draw)
            if after is None:
                return None
            drawn = after
        written = drawn.written
        if category != "clean" and draw.random() < _NO_COMMAS:
            written = replace(written, commas=False)
        return Query(
            category,
            self._line(category, written, draw.random()),
            self._truth(drawn),
            self._line(category, replace(written, province=NOTHING), draw.random()),
        )

    def _line(self, category: str, written: Written, chance: float) -> str:
        line = noise.text(written)
        draw = random.Random(f"{chance}")  # noqa: S311 -- no secret
        if category in {"no accents", "mixed"}:
            return noise.recased(line, draw)
        return noise.old_tones(line) if category == "clean" and chance < 0.15 else line

    def _plain(self, row: int, draw: random.Random) -> Written:
        registry = self._registry
        commune = registry.communes[int(registry.commune[row])]
        base = registry.bases[int(registry.base[row])]
        locality = int(registry.locality[row])
        beside = registry.bases[locality].name if locality >= 0 else ""
        on_street = base.kind == "street"
        written = Written(
            number=house_number(int(registry.number[row])),
            street=base.name if on_street else "",
            locality=(beside if draw.random() < _LOCALITY else "") if on_street else base.name,
            commune=commune.unit,
            district=NOTHING,
            province=commune.province,
        )
        return noise.plainly(written, draw)

    def _unaccent(self, drawn: _Drawn, _draw: random.Random) -> _Drawn | None:
        return replace(drawn, written=noise.without_accents(drawn.written))

    def _uncomma(self, drawn: _Drawn, _draw: random.Random) -> _Drawn | None:
        return replace(drawn, written=replace(drawn.written, commas=False))

    def _shorten(self, drawn: _Drawn, draw: random.Random) -> _Drawn | None:
        written = noise.shortened(drawn.written, draw)
        street = drawn.written.street
        if written.street != street:
            same = [
                other
                for other in self._streets_beside(drawn.row)
                if noise.initials(other) == noise.initials(street)
            ]
            if len(same) > 1:
                return None
        return replace(drawn, written=written) if written != drawn.written else None

    def _mistype(self, drawn: _Drawn, draw: random.Random) -> _Drawn | None:
        written = drawn.written
        part = draw.choices(("street", "commune", "locality"), (6, 3, 1))[0]
        if part == "commune" and written.commune.name:
            name = noise.mistyped(written.commune.name, draw)
            province = self._registry.communes[int(self._registry.commune[drawn.row])].province_code
            if self._is_slip(written.commune.name, name, self._names[province]):
                unit = Unit(written.commune.kind, name)
                return replace(drawn, written=replace(written, commune=unit))
            return None
        old = written.street or written.locality
        name = noise.mistyped(old, draw)
        others = self._streets_beside(drawn.row) if written.street else []
        if not self._is_slip(old, name, others):
            return None
        if written.street:
            return replace(drawn, written=replace(written, street=name))
        return replace(drawn, written=replace(written, locality=name))

    @staticmethod
    def _is_slip(before: str, after: str, others: list[str]) -> bool:
        return fold(before) != fold(after) and not noise.is_confusable(after, others)

    def _forget(self, drawn: _Drawn, _draw: random.Random) -> _Drawn | None:
        if not drawn.written.street:
            return None  # a hamlet's number means nothing without its commune
        written = replace(drawn.written, commune=NOTHING, district=NOTHING, locality="")
        return replace(drawn, written=written, communes=None)

    def _reform(self, drawn: _Drawn, draw: random.Random) -> _Drawn | None:
        commune = self._registry.communes[int(self._registry.commune[drawn.row])]
        if not commune.formers:
            return None
        former: Former = draw.choice(commune.formers)
        written = replace(
            drawn.written,
            commune=former.commune,
            district=former.district,
            province=former.province,
        )
        known = frozenset(self._index[code] for code in former.successors if code in self._index)
        return replace(drawn, written=written, communes=known)

    def _streets_beside(self, row: int) -> list[str]:
        registry = self._registry
        commune = int(registry.commune[row])
        if commune not in self._streets:
            low, high = registry.commune.searchsorted((commune, commune + 1))
            here = set(registry.base[low:high].tolist())
            self._streets[commune] = sorted(
                registry.bases[each].name for each in here if registry.bases[each].kind == "street"
            )
        return self._streets[commune]

    def _truth(self, drawn: _Drawn) -> frozenset[str]:
        registry, row = self._registry, drawn.row
        province = registry.communes[int(registry.commune[row])].province_code
        same = registry.rows_like(int(registry.base[row]), int(registry.number[row]))
        return frozenset(
            registry.code(int(other))
            for other in same
            if (
                registry.communes[int(registry.commune[other])].province_code == province
                if drawn.communes is None
                else int(registry.commune[other]) in drawn.communes
            )
        )


def _mixture(draw: random.Random) -> list[str]:
    """Draw two or three changes, in the order in which they happen."""
    order = ["reform", "mistype", "shorten", "unaccent", "uncomma"]
    chosen = set(draw.sample(order, draw.choice((2, 2, 3))))
    return [each for each in order if each in chosen]


_CHANGES: dict[str, Callable[[random.Random], list[str]]] = {
    "clean": lambda _draw: [],
    "no accents": lambda _draw: ["unaccent"],
    "abbreviations": lambda _draw: ["shorten"],
    "typo": lambda _draw: ["mistype"],
    "commune missing": lambda _draw: ["forget"],
    "old commune": lambda _draw: ["reform"],
    "mixed": _mixture,
}
