"""What addok is given, and how single calls are timed."""

from __future__ import annotations

import asyncio

import pytest
from benchmarks.addok_rival import glued, make_documents, paths
from benchmarks.passes import best_of, one_pass, percentile_ms
from benchmarks.synthetic.registry import Registry


def test_addok_gets_every_numbered_address_once(registry: Registry) -> None:
    documents = list(make_documents(registry))
    codes: list[str] = []
    for document in documents:
        numbers = document["housenumbers"]
        assert isinstance(numbers, dict)
        codes += [number["code"] for number in numbers.values()]
    numbered = [registry.code(row) for row in range(len(registry)) if registry.number[row]]
    assert sorted(codes) == numbered
    assert len({document["_id"] for document in documents}) == len(documents)


def test_addok_knows_communes_by_their_former_names(registry: Registry) -> None:
    first = next(make_documents(registry))
    assert first["city"] == ["Phường Mẫu Đông", "Phường Mẫu Đông Cũ", "Phường Mẫu Giữa"]
    assert first["context"] == ["Mẫu Xã"]


def test_a_glued_number_is_one_token() -> None:
    assert glued("123/45/6A") == "hn123x45x6a"
    assert paths(["hn1 a"], limit=5) == ["/search/?q=hn1+a&limit=5&autocomplete=0"]


def test_every_argument_is_called_once_a_pass_and_answers_keep_their_places() -> None:
    asked: list[int] = []

    async def double(number: int) -> int:
        asked.append(number)
        return number * 2

    timed = asyncio.run(one_pass(double, range(20), seed=1))
    assert timed.results == [number * 2 for number in range(20)]
    assert sorted(asked) == list(range(20)) != asked
    assert timed.per_s > 0


def test_the_best_of_several_passes_forgets_a_pause() -> None:
    passes: list[int] = []
    calls: list[int] = []

    async def pause_once(number: int) -> None:
        calls.append(number)
        await asyncio.sleep(0.05 if len(calls) <= 3 else 0)

    timed = asyncio.run(best_of(pause_once, range(3), passes=2, before=lambda: passes.append(1)))
    assert len(passes) == 2
    assert percentile_ms(timed.seconds, 99) < 50


def test_percentiles_are_in_milliseconds() -> None:
    assert percentile_ms([0.001, 0.002, 0.003], 50) == pytest.approx(2)
