"""Geocoding beside addok on the same addresses and queries, and how it grows to five million.

    scripts/bench geocode                 the province (S), with addok, in process and over HTTP
    scripts/bench geocode --skip-addok    without addok and its Redis
    scripts/bench geocode --size both     five million addresses (L) too: growth of p99
    scripts/bench geocode --keep DIR      keep the filled clusters for the next run

S: 286,947 synthetic addresses on the 36 communes and the real street names of former Bình Dương.
L: 5,000,000 on about 1,700 communes of 17 provinces with more than 100,000 street names.

Queries per second in process: one process, one query after the other, the probe of the registry
included; every round brings queries nobody has seen, addok and we answer the same ones in turn, and
the ratio is the median of the paired rounds. See ``addok_rival`` for how addok is tuned. p50 and
p99: best of seven passes per query, all caches of names and keys emptied before each, since other
work on the machine would be read as a tail. HTTP: one worker each, ``wrk`` with 8 connections,
interleaved rounds. S takes about four minutes; L about five, and three or four to load.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from benchmarks import loaded
from benchmarks.figures import Figure
from benchmarks.geocode_growth import Tail, growth_figures, measure_tail, size_figures
from benchmarks.geocode_others import Others, measure_others, other_figures
from benchmarks.geocode_rivals import beside_addok, over_http
from benchmarks.geocode_rivals import in_process as alone

PARTS = ("process", "http", "tail")


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--size", choices=("s", "l", "both"), default="s", help="which registry")
    parser.add_argument("--skip-addok", action="store_true", help="measure without addok")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--keep", type=Path, help="folder in which filled clusters stay")


def run(arguments: Namespace) -> list[Figure]:
    """Measure what was asked for."""
    parts = arguments.part or list(PARTS)
    figures: list[Figure] = []
    small: Tail | None = None
    others: Others | None = None
    if arguments.size in {"s", "both"}:
        with loaded.loaded("s", arguments.keep) as registry:
            if {"process", "http"} & set(parts):
                measure = _alone if arguments.skip_addok else beside_addok
                figures += measure(registry, parts)
            if "tail" in parts:
                small, others = measure_tail(registry), measure_others(registry)
                figures += [*size_figures("S", small), *other_figures("S", others)]
    if arguments.size in {"l", "both"}:
        with loaded.loaded("l", arguments.keep) as registry:
            large, many = measure_tail(registry), measure_others(registry)
        figures += [*size_figures("L", large), *other_figures("L", many)]
        if small is not None and others is not None:
            figures += growth_figures(small, large)
            growth = many.reverse_p50_ms / others.reverse_p50_ms
            figures.append(Figure("reverse p50: L / S", growth, "ratio", 1.2, "lower"))
    return figures


def _alone(registry: loaded.Loaded, parts: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    if "process" in parts:
        figures += alone(registry, None)
    if "http" in parts:
        figures += over_http(registry, None)
    return figures
