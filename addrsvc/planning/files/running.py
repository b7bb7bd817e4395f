"""Check a file of zones: everything that touches its bytes happens in capped child processes."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from addrsvc.planning.files.checking import Terms
from addrsvc.planning.files.child import MEMORY_BYTES, run_child
from addrsvc.planning.files.errors import ChildEnded
from addrsvc.planning.files.model import ReadOptions, Report
from addrsvc.planning.files.repairing import repair_all
from addrsvc.planning.files.report_json import ReportDamaged, from_json

CHECK_SECONDS: Final = 600.0
LAYERS_SECONDS: Final = 60.0


async def check_file(path: Path, options: ReadOptions, terms: Terms, folder: Path) -> Report:
    """Find everything wrong with a file, and keep its zones and their repairs in a folder.

    Cancelling kills whatever is under way.

    Args:
        path: of the file, whatever its name.
        options: how to read it.
        terms: what to hold it against.
        folder: empty, for ``kept``.

    Raises:
        ChildEnded: it crashed whoever read it, took too long or needed too much.
        AddrsvcError: one of ``errors`` or of ``geo.crs``: it cannot be read, and what to do.
    """
    territory = terms.territory_wkb
    given = {
        "path": _place(path),
        "folder": _place(folder),
        "options": asdict(options),
        "terms": {
            "code_list": terms.code_list,
            "territory": None if territory is None else b64encode(territory).decode("ascii"),
            "code_column": terms.code_column,
            "label_column": terms.label_column,
        },
    }
    told = await run_child("check", given, folder, seconds=CHECK_SECONDS, memory_bytes=MEMORY_BYTES)
    try:
        report = from_json(told.get("report"))
    except ReportDamaged:
        raise ChildEnded("crashed") from None
    return replace(report, repairs=await repair_all(folder))


async def list_layers(path: Path, folder: Path) -> list[tuple[str, bool]]:
    """Name the layers of a file, and tell of each whether zones can stand in it.

    Raises:
        ChildEnded, AddrsvcError: as ``check_file``.
    """
    told = await run_child("layers", {"path": _place(path)}, folder, seconds=LAYERS_SECONDS)
    try:
        return [(str(each["name"]), each["is_areal"] is True) for each in told["layers"]]
    except (KeyError, TypeError):
        raise ChildEnded("crashed") from None


def _place(path: Path) -> str:
    """Name a file for a process whose current folder is another."""
    return str(path.absolute())
