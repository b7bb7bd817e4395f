"""addok on the same addresses, in an environment of its own with Debian's redis-server.

Tuned in its favour: our parser has read every query beforehand, outside the measured time. addok
sees the number glued to one token (its own rule does not read alleys), streets and localities by
our search keys, as its documents have them, and the units below the province written out in full.
The province is left out of queries and documents: all of them share it, and its words made addok
four times slower and half as often right. Every commune carries its former names as aliases.
Redis is reached through a Unix socket, keeps nothing on disk and speaks through hiredis; nothing is
completed. What stays is addok's search.

"Given no more than street and commune" is kinder still: our parser has also chosen which parts of
the address addok had better not see.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus
from urllib.request import urlopen

import numpy as np

from addrsvc.cli.web_server import free_port
from benchmarks.own_environment import own_environment
from benchmarks.product import name_words
from benchmarks.synthetic.folding import fold
from benchmarks.synthetic.registry import Registry, house_number

PINS = (
    "addok==1.3.2",
    "addok-csv==1.1.0",
    "redis==6.4.0",
    "hiredis==3.5.0",
    "falcon==4.0.2",
    "gunicorn==23.0.0",
    "editdistance==0.8.1",
    "hashids==1.3.1",
    "ngram==4.0.3",
    "progressist==0.1.0",
    "python-geohash==0.8.5",
    "unidecode==1.4.0",
    "setuptools==75.8.0",
)
_SIDE = Path(__file__).resolve().parent / "addok_side"
_START_S = 30.0


@dataclass(frozen=True, slots=True)
class Rival:
    """A filled Redis, and how addok is run on it."""

    python: Path
    environment: dict[str, str]
    folder: Path

    def ask_in_process(self, queries: Sequence[str], *, limit: int) -> Pass:
        """Start a process that answers all queries once whenever it is told to."""
        path = self.folder / "queries.json"
        path.write_text(json.dumps(list(queries)), encoding="utf-8")
        return Pass(
            subprocess.Popen(  # noqa: S603 -- our own program
                [self.python, _SIDE / "worker.py", "ask", path, str(limit)],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )

    @contextmanager
    def served(self, *, workers: int = 1) -> Iterator[str]:
        """Serve addok by gunicorn; give its base URL."""
        port = free_port()
        server = [self.python.parent / "gunicorn", "-b", f"127.0.0.1:{port}"]
        server += ["-w", str(workers), "--timeout", "600"]
        base = f"http://127.0.0.1:{port}"
        with _running([*server, "addok.http.wsgi:application"], self.environment):
            _wait(lambda: urlopen(f"{base}/search/?q=a&autocomplete=0").read())  # noqa: S310 -- ours
            yield base


class Pass:
    """A process of addok's that answers all its queries, once per call."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self) -> tuple[list[float], list[str | None]]:
        """Answer every query: seconds each took, code found first."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the worker has no pipes")
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["seconds"], answer["codes"]

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)


def paths(queries: Sequence[str], *, limit: int) -> list[str]:
    """Give the queries as paths of addok's own interface."""
    return [f"/search/?q={quote_plus(query)}&limit={limit}&autocomplete=0" for query in queries]


@contextmanager
def filled(registry: Registry) -> Iterator[Rival]:
    """Set addok up, start Redis, import the registry; all gone afterwards but the environment."""
    python = environment()
    folder = Path(tempfile.mkdtemp(prefix="addrsvc-addok-"))
    socket = folder / "redis.sock"
    settings = {
        **os.environ,
        "REDIS_SOCKET": str(socket),
        "ADDOK_CONFIG_MODULE": str(_SIDE / "addok.conf"),
        "ADDOK_LOG_DIR": str(folder),
        "PYTHONPATH": str(_SIDE),
    }
    redis = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
    try:
        with _running([*redis, "--save", "", "--appendonly", "no"], dict(os.environ)):
            _wait(socket.stat)
            documents = folder / "documents.ndjson"
            with documents.open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(each)}\n" for each in make_documents(registry))
            subprocess.run(  # noqa: S603 -- our own program
                [python, _SIDE / "worker.py", "import", documents],
                env=settings,
                check=True,
                stderr=subprocess.DEVNULL,
            )
            documents.unlink()
            yield Rival(python, settings, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment() -> Path:
    """Give the Python of addok's environment, made where there is none."""
    return own_environment("addok", "\n".join(PINS), [PINS])


def make_documents(registry: Registry) -> Iterator[dict[str, object]]:
    """Give addok's documents: a street in a commune with its numbers, or a hamlet with them."""
    order = np.lexsort((registry.base, registry.commune))
    communes, bases = registry.commune[order], registry.base[order]
    edges = np.flatnonzero((np.diff(communes) != 0) | (np.diff(bases) != 0)) + 1
    for rows in np.split(order, edges):
        first = int(rows[0])
        base = registry.bases[int(registry.base[first])]
        commune = registry.communes[int(registry.commune[first])]
        former = commune.formers
        yield {
            "_id": f"{registry.commune[first]}-{registry.base[first]}",
            "type": "street",
            "name": name_words(base.kind, base.name),
            "city": [
                f"{commune.unit.kind} {commune.unit.name}",
                *dict.fromkeys(f"{each.commune.kind} {each.commune.name}" for each in former),
            ],
            "context": list(dict.fromkeys(each.district.name for each in former)),
            "lat": float(registry.lat[first]),
            "lon": float(registry.lon[first]),
            "importance": 0.1,
            "housenumbers": {
                glued(house_number(int(registry.number[row]))): {
                    "lat": float(registry.lat[row]),
                    "lon": float(registry.lon[row]),
                    "code": registry.code(int(row)),
                }
                for row in rows
                if registry.number[row]
            },
        }


def glued(number: str) -> str:
    """Write a house number as one token.

    >>> glued("123/45/6A"), glued("18 bis")
    ('hn123x45x6a', 'hn18xbis')
    """
    return "hn" + fold(number).replace(" ", "x")


@contextmanager
def _running(command: Sequence[object], settings: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(  # noqa: S603 -- programs of ours
        [str(each) for each in command],
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(ready: Callable[[], object]) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        with suppress(OSError):
            ready()
            return
        if time.monotonic() > deadline:
            raise RuntimeError("a program of addok's did not start")
        time.sleep(0.1)
