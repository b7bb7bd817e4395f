"""How often the product is right: real texts, conversion, noisy queries, and its confidence.

    scripts/bench accuracy                        everything, on the halves one may look at
    scripts/bench accuracy --part texts           also: conversion, queries (several may be given)
    scripts/bench accuracy --part texts --misses  what was missed, of the half one may look at
    scripts/bench accuracy --fit                  fit the weights of confidence, print them
    scripts/bench accuracy --unseen               the other halves: figures only, once, at the end
    scripts/bench accuracy --keep DIR             keep the filled cluster for the next run

texts       the 450 messy cases and the 928 addresses of Bình Dương, with an empty registry
conversion  every former commune; the split ones of Bình Dương with khu phố and with points
queries     1,000 noisy queries over 286,947 synthetic addresses; confidence against truth there and
            on the real addresses, on rows that nothing is fitted on (another half, by another hash)

The real texts stand beside the repository (``../shared/data``) and are read in place. About two
minutes; the tables of confidence are Markdown.
"""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import uvloop

from addrsvc.db.throw_away import throw_away_cluster
from benchmarks import loaded, product
from benchmarks.accuracy_conversion import score_conversion
from benchmarks.accuracy_queries import (
    calibration_figures,
    fitted,
    judge_addresses,
    score_queries,
)
from benchmarks.accuracy_texts import real_addresses, score_addresses, score_messy
from benchmarks.figures import Figure

PARTS = ("texts", "conversion", "queries")


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--unseen", action="store_true", help="score the halves kept for the end")
    parser.add_argument("--misses", action="store_true", help="show what was missed")
    parser.add_argument("--fit", action="store_true", help="fit and print the weights")
    parser.add_argument("--keep", type=Path, help="folder in which the filled cluster stays")


def run(arguments: Namespace) -> list[Figure]:
    """Score what was asked for."""
    parts = arguments.part or list(PARTS)
    if arguments.unseen and (arguments.misses or arguments.fit):
        raise SystemExit("texts of the unseen halves are not shown, and nothing is fitted on them")
    misses: list[str] | None = [] if arguments.misses else None
    figures: list[Figure] = []
    if {"texts", "conversion"} & set(parts):
        with throw_away_cluster() as cluster:
            url = cluster.superuser_url()
            loaded.prepare_units(url)
            figures += _run(_units(url, parts, seen=not arguments.unseen, misses=misses))
    if "queries" in parts:
        with loaded.loaded("s", arguments.keep) as registry:
            figures += _run(_queries(registry, arguments, misses))
    for miss in misses or ():
        print(miss)
    return figures


def _run(work: Coroutine[Any, Any, list[Figure]]) -> list[Figure]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _units(
    url: str, parts: list[str], *, seen: bool, misses: list[str] | None
) -> list[Figure]:
    figures: list[Figure] = []
    async with product.opened(url) as opened:
        if "texts" in parts:
            figures += score_messy(opened, seen=seen, misses=misses)
            figures += await score_addresses(opened, seen=seen, misses=misses)
        if "conversion" in parts:
            figures += await score_conversion(opened, misses=misses)
    return figures


async def _queries(
    registry: loaded.Loaded, arguments: Namespace, misses: list[str] | None
) -> list[Figure]:
    async with product.opened(registry.url) as opened:
        figures, judged = await score_queries(opened, registry.queries, misses=misses)
        real = await judge_addresses(opened, real_addresses(seen=not arguments.unseen))
    figures += calibration_figures("noisy queries", judged)
    figures += calibration_figures("real addresses", real)
    if arguments.fit:
        print(f"\n{fitted([*judged, *real])}\n")
    return figures
