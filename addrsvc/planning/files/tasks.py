"""What the child process does: JSON in, JSON out."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import GEOSException

from addrsvc.planning.files.model import ReadOptions
from addrsvc.planning.files.reading import find_layers, read_zones


def layers(given: dict[str, Any]) -> dict[str, Any]:
    """Name the layers of a file."""
    found = find_layers(Path(given["path"]))
    return {"layers": [each._asdict() for each in found]}
