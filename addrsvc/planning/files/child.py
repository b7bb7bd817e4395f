"""Run one task on a hostile file in a process of its own, capped and killable.

What comes back is JSON and nothing else, and is judged before it is used: a process that read a
stranger's bytes is not trusted. It knows none of our secrets but what any process of this user
can read, has no network (``cage``), and ends with the wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, get_type_hints

import structlog

from addrsvc.errors import AddrsvcError, leaves
from addrsvc.geo import crs
from addrsvc.planning.files import errors
from addrsvc.planning.files.errors import ChildEnded, Ended

log = structlog.get_logger("addrsvc")

PROGRAM: Final = (sys.executable, "-P", "-m", "addrsvc.planning.files.work")
MEMORY_BYTES: Final = 3 * 2**30
"""Of address space: enough for the largest file that is taken."""
RESULT_LIMIT: Final = 64 * 2**20
"""Most bytes of a result."""

GIVEN, RESULT, NOISE = "given.json", "result.json", "noise.txt"
"""Names of files in the process's own folder."""
TOO_LARGE: Final = 3
"""Exit code of a process that ran out of memory."""

_NOISE_BYTES: Final = 2_000
_FACT_LENGTH: Final = 1_000
_HOMES: Final = {crs.__name__, errors.__name__}
"""Modules whose errors a child may raise."""
_ENDS: Final[dict[int, Ended]] = {
    TOO_LARGE: "too-large",
    -signal.SIGKILL: "too-large",  # not by us: by the kernel, for want of memory
    -signal.SIGXFSZ: "too-large",
    -signal.SIGXCPU: "too-long",
    -signal.SIGALRM: "too-long",  # by itself: of one zone
}
_SHUT: Final = {
    # one thread each: a pool takes address space for every one
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "GDAL_NUM_THREADS": "1",
    "GDAL_CACHEMAX": "64",
    # doors of GDAL and PROJ that lead out of the file
    "GDAL_SKIP": "OGR_VRT,GDALG,HTTP,WFS,OAPIF,OGCAPI,CSW,EEDA,NGW,Carto,AmigoCloud,PLSCENES,"
    "Elasticsearch,GeoJSON,GeoJSONSeq,ESRIJSON,TopoJSON,JSONFG,GML,SQLite,GPKG,MapInfo File",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GDAL_HTTP_TIMEOUT": "1",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "SHAPE_RESTORE_SHX": "NO",
    "PROJ_NETWORK": "OFF",
}


async def run_child(
    task: str,
    given: Mapping[str, Any],
    folder: Path,
    *,
    seconds: float,
    memory_bytes: int = MEMORY_BYTES,
) -> dict[str, Any]:
    """Run a task of ``work.TASKS`` and give what it says: JSON, to be judged before it is used.

    Its current folder is its own, inside ``folder``, and is gone afterwards. Cancelling kills it.

    Raises:
        ChildEnded: it crashed, took too long or needed too much.
        AddrsvcError: what the task raised, of the errors of files.
    """
    with TemporaryDirectory(dir=folder, prefix="child-") as own:
        place = Path(own)
        order = {
            "task": task,
            "given": given,
            "memory_bytes": memory_bytes,
            "cpu_seconds": int(seconds) + 1,
            "parent": os.getpid(),
        }
        await asyncio.to_thread((place / GIVEN).write_text, json.dumps(order), "utf-8")
        code = await _run(place, seconds)
        if code:
            reason = _ENDS.get(code, "crashed")
            log.warning("file process ended", task=task, code=code, noise=_noise(place))
            raise ChildEnded(reason)
        return await asyncio.to_thread(_result, place / RESULT)


async def _run(place: Path, seconds: float) -> int:
    """Wait for the end of the process; negative: the signal that ended it."""
    with (place / GIVEN).open("rb") as given, (place / NOISE).open("wb") as noise:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM,
            stdin=given,
            stdout=noise,
            stderr=noise,
            cwd=place,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(place), "TMPDIR": str(place)}
            | _SHUT,
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(seconds):
            return await process.wait()
    except TimeoutError:
        raise ChildEnded("too-long") from None
    finally:
        # its whole session, whatever it started; the process itself is not reaped before wait
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _noise(place: Path) -> str:
    """Give the end of what it printed, for the log."""
    return bytes_of(place / NOISE, RESULT_LIMIT)[-_NOISE_BYTES:].decode("utf-8", "replace")


def bytes_of(path: Path, most: int) -> bytes:
    """Read a plain file the process left; anything else there, or more, is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with open(handle, "rb") as file:  # noqa: PTH123 -- a handle, no path
        found = os.fstat(handle)
        return file.read() if stat.S_ISREG(found.st_mode) and found.st_size <= most else b""


def _result(path: Path) -> dict[str, Any]:
    """Read what the process left.

    Raises:
        ChildEnded: it is no result.
        AddrsvcError: the error it tells of.
    """
    if path.is_file() and path.lstat().st_size > RESULT_LIMIT:
        raise ChildEnded("too-large")
    try:
        told = json.loads(bytes_of(path, RESULT_LIMIT))
    except (ValueError, RecursionError):
        raise ChildEnded("crashed") from None
    if isinstance(told, dict):
        if isinstance(told.get("error"), dict):
            raise _error_of(told["error"])
        if isinstance(told.get("result"), dict):
            result: dict[str, Any] = told["result"]
            return result
    raise ChildEnded("crashed")


def _error_of(told: Mapping[str, Any]) -> AddrsvcError:
    """Make the error again that the process raised; not any other, nor with facts of its own."""
    leaf = leaves().get(str(told.get("slug")))
    facts = told.get("facts")
    if leaf is None or leaf.__module__ not in _HOMES or not isinstance(facts, dict):
        return ChildEnded("crashed")
    kinds = {name: kind for name, kind in get_type_hints(leaf).items() if name in facts}
    if any(
        type(value) is not kinds.get(name) or len(str(value)) > _FACT_LENGTH
        for name, value in facts.items()
    ):
        return ChildEnded("crashed")
    try:
        return leaf(**facts)
    except (TypeError, ValueError):
        return ChildEnded("crashed")
