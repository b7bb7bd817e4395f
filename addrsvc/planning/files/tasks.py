"""What the child process does for ``running``: JSON in, JSON out."""

from __future__ import annotations

from base64 import b64decode
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.errors import GEOSException

from addrsvc.planning.files import kept, report_json
from addrsvc.planning.files.checking import Terms, check
from addrsvc.planning.files.checking_cover import overlaps_with
from addrsvc.planning.files.model import OVERLAPS_EACH, ReadOptions
from addrsvc.planning.files.reading import find_layers, read_zones


def list_layers(given: dict[str, Any]) -> dict[str, Any]:
    """Name the layers of a file."""
    return {"layers": [each._asdict() for each in find_layers(Path(given["path"]))]}


def check_zones(given: dict[str, Any]) -> dict[str, Any]:
    """Read a file, find what is wrong with it, and keep its zones in a folder."""
    terms = given["terms"]
    outline = None if terms["territory"] is None else b64decode(terms["territory"])
    territory = None if outline is None else shapely.from_wkb(outline)
    options = ReadOptions(**given["options"])
    try:
        raw = read_zones(Path(given["path"]), options, territory=territory)
        checked = check(
            raw, Terms(terms["code_list"], outline, terms["code_column"], terms["label_column"])
        )
    except GEOSException as error:
        if "bad_alloc" in str(error):
            raise MemoryError from error
        raise
    kept.write(Path(given["folder"]), checked)
    return {"report": report_json.as_json(checked.report, with_shapes=True)}


def find_overlaps(given: dict[str, Any]) -> dict[str, Any]:
    """Say which zones would overlap others, sound or repaired, were their repair taken."""
    folder = Path(given["folder"])
    sound, repaired = list(kept.read_sound(folder)), list(kept.read_repaired(folder))
    ns = [n for n, _ in (*sound, *repaired)]
    shapes = shapely.from_wkb(np.array([wkb for _, wkb in (*sound, *repaired)], dtype=object))
    met: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for each in overlaps_with(shapes, len(sound)):
        for place, other in ((each.one, each.other), (each.other, each.one)):
            if place >= len(sound):
                met[ns[place]].append((each.area_m2, ns[other]))
    return {
        "repairs": [
            {
                "n": n,
                "overlap_m2": sum(area_m2 for area_m2, _ in met[n]),
                "overlaps": [
                    {"n": other, "area_m2": area_m2}
                    for area_m2, other in sorted(met[n], key=lambda it: (-it[0], it[1]))
                ][:OVERLAPS_EACH],
            }
            for n, _ in repaired
        ]
    }
