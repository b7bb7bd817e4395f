"""One process that reads a gazetteer and is measured: memory, build, finds, rivals, prefixes.

Run as a program with the URL of a filled database; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import psycopg
from rapidfuzz import process
from rapidfuzz.distance import OSA

from addrsvc.geocoding.completions import Completions
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.loading import load
from addrsvc.geocoding.model import Place
from addrsvc.geocoding.probe import Wanted, probe
from addrsvc.geocoding.slips import most_edits

_ASKED = 1_000
_RIVALS_ASKED = 100
_PASSES = 3
_LETTERS = "abcdeghiklmnoprstuvxy"
_TOP = 8

Found = dict[str, float]


def main() -> None:
    """Measure the database named by the first argument."""
    print(json.dumps(asyncio.run(_measure(sys.argv[1]))))


async def _measure(url: str) -> Found:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        found, gazetteer = await _built(conn)
        streets = gazetteer.names("thoroughfare")
        draw = random.Random(392)  # noqa: S311 -- repeatable, no secret
        places = [streets.place(draw.randrange(len(streets))) for _ in range(_ASKED)]
        places = [place for place in places if place.key.replace(" ", "").isalpha()]
        typed = [(place, _slip(place.key, draw)) for place in places]
        found |= _finds(gazetteer, typed)
        found |= _rivals(gazetteer, typed[:_RIVALS_ASKED])
        found |= await _probes(conn)
        found |= await _prefixes(conn, gazetteer, places[:300])
    return found


async def _built(conn: psycopg.AsyncConnection[tuple[object, ...]]) -> tuple[Found, Gazetteer]:
    gc.collect()
    gc.freeze()
    before = _memory_mib()
    stall_s = [0.0]
    watching = asyncio.create_task(_watch(stall_s))
    await asyncio.sleep(0.05)
    stall_s[0] = 0.0
    begun = time.perf_counter()
    gazetteer = await load(conn)
    seconds = time.perf_counter() - begun
    watching.cancel()
    gc.collect()
    found = {
        "memory MiB": _memory_mib() - before,
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "build s": seconds,
        "longest stall ms": stall_s[0] * 1e3,
        "names × communes": len(gazetteer),
        "distinct street names": len(gazetteer.names("thoroughfare").keys),
    }
    return found, gazetteer


async def _watch(stall_s: list[float]) -> None:
    """Note the longest time this process computed without letting others run.

    Its own computing time: what other programs of the machine take is not its doing.
    """
    last = time.process_time()
    while True:
        await asyncio.sleep(0.0005)
        now = time.process_time()
        stall_s[0] = max(stall_s[0], now - last)
        last = now


def _memory_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _slip(key: str, draw: random.Random) -> str:
    """Leave a letter out, put one in, or another in its place; spaces stay."""
    at = draw.choice([at for at, letter in enumerate(key) if letter != " "])
    letter = draw.choice(_LETTERS)
    return key[:at] + draw.choice(("", letter, letter + key[at])) + key[at + 1 :]


def _finds(gazetteer: Gazetteer, typed: list[tuple[Place, str]]) -> Found:
    found: Found = {}
    for region in ("commune", "province", "nothing"):
        for kind in ("same", "slip"):

            def ask(place: Place, text: str, region: str = region, kind: str = kind) -> bool:
                province = gazetteer.province_of[place.commune_code]
                hits = gazetteer.find(
                    "thoroughfare",
                    place.key if kind == "same" else text,
                    frozenset({place.commune_code}) if region == "commune" else None,
                    frozenset({province}) if region == "province" else None,
                )
                return any(hit.place.key == place.key for hit in hits)

            found |= _timed(f"{kind}, {region} known", ask, typed)
    return found


def _timed(name: str, ask: Callable[[Place, str], bool], typed: list[tuple[Place, str]]) -> Found:
    """Give percentiles over the queries, each at the best of its passes."""
    best = [float("inf")] * len(typed)
    right = 0
    for turn in range(_PASSES):
        for at, (place, text) in enumerate(typed):
            begun = time.perf_counter()
            answer = ask(place, text)
            best[at] = min(best[at], time.perf_counter() - begun)
            right += answer and turn == 0
    best.sort()
    return {
        f"{name}: p50 µs": best[len(best) // 2] * 1e6,
        f"{name}: p99 µs": best[len(best) * 99 // 100] * 1e6,
        f"{name}: found": right / len(typed),
    }


def _rivals(gazetteer: Gazetteer, typed: list[tuple[Place, str]]) -> Found:
    """Put slips right in other ways: compare with all names; names with one letter left out."""
    keys = list(gazetteer.names("thoroughfare").keys)

    def all_names(place: Place, text: str) -> bool:
        near = process.extract(
            text, keys, scorer=OSA.distance, score_cutoff=max(most_edits(text), 1), limit=20
        )
        return any(key == place.key for key, _, _ in near)

    found = _timed("rival, all names compared", all_names, typed)
    before, begun = _memory_mib(), time.perf_counter()
    without: dict[str, list[int]] = {}
    for number, key in enumerate(keys):
        for shorter in _shorter(key):
            without.setdefault(shorter, []).append(number)
    found["rival, whole names less a letter: memory MiB"] = _memory_mib() - before
    found["rival, whole names less a letter: build s"] = time.perf_counter() - begun

    def less_a_letter(place: Place, text: str) -> bool:
        numbers = {number for shorter in _shorter(text) for number in without.get(shorter, ())}
        return any(keys[number] == place.key for number in numbers)

    return found | _timed("rival, whole names less a letter", less_a_letter, typed)


def _shorter(key: str) -> Iterator[str]:
    yield key
    for at in range(len(key)):
        yield key[:at] + key[at + 1 :]


async def _probes(conn: psycopg.AsyncConnection[tuple[object, ...]]) -> Found:
    await conn.execute("SET plan_cache_mode = force_generic_plan")
    conn.prepare_threshold = 1
    cursor = await conn.execute(
        "SELECT base_key, commune_code, number_key FROM address_current TABLESAMPLE system (0.5)"
        " REPEATABLE (1) WHERE number_key ~ '^[0-9]' AND base_key IS NOT NULL LIMIT 1000"
    )
    sample = [(str(key), str(commune), str(number)) async for key, commune, number in cursor]
    found: Found = {}
    for name, end in (("registered", ""), ("not registered", "/00999")):
        asked = [Wanted(key, number + end, (commune,)) for key, commune, number in sample]
        best = [float("inf")] * len(asked)
        for _ in range(_PASSES):
            for at, wanted in enumerate(asked):
                begun = time.perf_counter()
                await probe(conn, [wanted])
                best[at] = min(best[at], time.perf_counter() - begun)
        best.sort()
        begun = time.perf_counter()
        await probe(conn, asked)
        each_us = (time.perf_counter() - begun) / len(asked) * 1e6
        found[f"probe, {name}: p50 µs"] = best[len(best) // 2] * 1e6
        found[f"probe, {name}: p99 µs"] = best[len(best) * 99 // 100] * 1e6
        found[f"probe, {name}: in a batch, each µs"] = each_us
    return found


async def _prefixes(
    conn: psycopg.AsyncConnection[tuple[object, ...]], gazetteer: Gazetteer, places: list[Place]
) -> Found:
    """Complete every beginning of some names, in memory and by an index range."""
    begun = time.perf_counter()
    completions = Completions(gazetteer)
    longest = 0.0
    for start in list(gazetteer.names("thoroughfare").starting):
        once = time.perf_counter()
        completions.warm("thoroughfare", start)
        longest = max(longest, time.perf_counter() - once)
    found = {
        "completions, sorted in s": time.perf_counter() - begun,
        "completions, longest piece ms": longest * 1e3,
    }
    beginnings = [place.key[:end] for place in places for end in range(1, len(place.key) + 1)]
    memory = []
    for beginning in beginnings:
        begun = time.perf_counter()
        completions.keys("thoroughfare", beginning, _TOP)
        memory.append(time.perf_counter() - begun)
    await conn.execute(
        "CREATE TEMP TABLE name AS SELECT base_key::text AS key, commune_code, count(*) AS busy"
        " FROM address_current WHERE base_key IS NOT NULL GROUP BY 1, 2"
    )
    await conn.execute("CREATE INDEX ON name (key text_pattern_ops)")
    await conn.execute("ANALYZE name")
    ranged = []
    for beginning in islice(beginnings, 0, None, 5):
        begun = time.perf_counter()
        cursor = await conn.execute(
            "SELECT key, commune_code FROM name WHERE key ~>=~ %(low)s AND key ~<~ %(high)s"
            " ORDER BY busy DESC LIMIT 8",
            {"low": beginning, "high": beginning + "\uffff"},
        )
        await cursor.fetchall()
        ranged.append(time.perf_counter() - begun)
    for name, times in (("in memory", memory), ("SQL range", ranged)):
        times.sort()
        found[f"completion {name}: p50 µs"] = times[len(times) // 2] * 1e6
        found[f"completion {name}: p99 µs"] = times[len(times) * 99 // 100] * 1e6
    return found


if __name__ == "__main__":
    main()
