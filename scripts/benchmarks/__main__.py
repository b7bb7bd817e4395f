"""Run one benchmark and show its figures."""

from __future__ import annotations

import argparse
import pkgutil
from importlib import import_module

from benchmarks import subjects
from benchmarks.figures import as_json, as_table


def main() -> None:
    """Read the arguments, measure, print."""
    names = sorted(module.name for module in pkgutil.iter_modules(subjects.__path__))
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure one thing.")
    parser.add_argument("name", choices=names, help="what to measure")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on the last line")
    arguments = parser.parse_args()
    figures = import_module(f"benchmarks.subjects.{arguments.name}").run()
    print(as_table(figures), flush=True)
    if arguments.json:
        print(as_json(figures), flush=True)


main()
