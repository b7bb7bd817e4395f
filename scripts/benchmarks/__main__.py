"""Run one benchmark and show its figures."""

from __future__ import annotations

import argparse
import pkgutil
import sys
from importlib import import_module

from benchmarks import subjects
from benchmarks.figures import as_json, as_table


def main() -> None:
    """Read the arguments, measure, print; exit with 1 where a subject's aims are a gate."""
    names = sorted(module.name for module in pkgutil.iter_modules(subjects.__path__))
    first = argparse.ArgumentParser(prog="scripts/bench", add_help=False)
    first.add_argument("name", nargs="?")
    chosen = first.parse_known_args()[0].name
    subject = import_module(f"benchmarks.subjects.{chosen}") if chosen in names else None

    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=subject.__doc__ if subject is not None else "Measure one thing.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=names, help="what to measure")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on the last line")
    add_options = getattr(subject, "add_options", None)
    if add_options is not None:
        add_options(parser)
    arguments = parser.parse_args()
    measure = import_module(f"benchmarks.subjects.{arguments.name}").run
    figures = measure() if add_options is None else measure(arguments)
    print(as_table(figures), flush=True)
    if arguments.json:
        print(as_json(figures), flush=True)
    if getattr(subject, "GATE", False) and any(figure.met is False for figure in figures):
        sys.exit(1)


main()
