"""Tell which addresses look like one place, on the terminal or in a file."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from addrsvc.cli import terminal_language
from addrsvc.cli.session import operator
from addrsvc.codes.code import DigitalCode
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.errors import Text
from addrsvc.registry.duplicates.report import Group, find_groups
from addrsvc.registry.label import address_line
from addrsvc.settings import Settings
from addrsvc.tabular.formula import neutralise

_TIMEOUT_MS = 600_000
_COLUMNS = ("group", "ref", "printed", "kind", "status", "label", "lon", "lat", "why", "distance_m")
_FOUND = Text(
    "{groups:,} nhóm có thể trùng, gồm {addresses:,} địa chỉ.",
    "{groups:,} groups that may be duplicates, with {addresses:,} addresses.",
)
_SHOWN = 20
_MORE = Text(
    "Còn {count:,} nhóm nữa; ghi tất cả ra tệp bằng --out.",
    "{count:,} more groups; write all to a file with --out.",
)


def duplicates(
    commune: str | None = typer.Option(None, help="Code of a commune; the registry if left."),
    out: Path | None = typer.Option(None, help="CSV file to write, a row for each address."),
) -> None:
    """Find addresses that look like one place; those declared distinct are left out.

    Secret ones are among them: the file is for those who may see them.
    """
    groups = asyncio.run(_find(commune))
    language = terminal_language()
    count = sum(len(each.members) for each in groups)
    print(_FOUND.in_(language).format(groups=len(groups), addresses=count))
    if out is not None:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows([neutralise(each) for each in line] for line in _lines(groups))
        print(out)
        return
    for line in _lines(groups[:_SHOWN]):
        print("  ".join(each for each in line if each))
    if len(groups) > _SHOWN:
        print(_MORE.in_(language).format(count=len(groups) - _SHOWN))


async def _find(commune: str | None) -> list[Group]:
    engine = make_engine(Settings().model_copy(update={"statement_timeout_ms": _TIMEOUT_MS}))
    try:
        async with transaction(engine) as conn:
            return await find_groups(conn, operator(), commune)
    finally:
        await engine.dispose()


def _lines(groups: Sequence[Group]) -> Iterator[tuple[str, ...]]:
    for number, group in enumerate(groups, start=1):
        for member in group.members:
            address, document = member.address, member.address.document
            point = None if document.position is None else document.position.point
            metres = member.likeness.distance_m
            yield (
                str(number),
                address.ref,
                "" if address.code is None else DigitalCode.of(address.code).printed,
                document.kind.value,
                address.status.value,
                address_line(document.components, address.commune_name, address.province_name),
                "" if point is None else str(point.lon),
                "" if point is None else str(point.lat),
                member.likeness.why.value,
                "" if metres is None else f"{metres:.1f}",
            )
