"""A province of dossiers as one CSV job: rows a second, memory, kills, others meanwhile, addok.

    scripts/bench files                       all parts
    scripts/bench files --part job            one job undisturbed; autocomplete meanwhile
    scripts/bench files --part kills          the same with workers and PostgreSQL killed
    scripts/bench files --part addok          10,000 rows beside addok's CSV plug-in
    scripts/bench files --keep DIR            keep the filled cluster for the next run

286,947 addresses as people write them, with an id and a note beside each, sent to ``POST /v1/jobs``
of one web process; two processes take jobs over files. Every result is compared with what was sent
by ``files_compare.py``, which knows nothing of the service. addok answers two halves at the same
time from two workers, with its texts prepared by our parser outside the measured time (see
``addok_rival``). Takes ten minutes.
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks import addok_rival, files_compare, loaded
from benchmarks.crash_faults import kill_and_start
from benchmarks.crash_processes import Restarted, wait_until
from benchmarks.figures import Figure
from benchmarks.geocode_rivals import prepared_for_addok
from benchmarks.http_rounds import running_service
from benchmarks.loaded import Loaded
from benchmarks.open_loop import Asker, Told
from benchmarks.processes import rss_mib

PARTS = ("job", "kills", "addok")
ROWS = 286_947
_FEW = 10_000
_WORKERS = 2
_FIRST_SEED = 2_000
_TYPED_PER_S = 20
_TYPED_S = 15.0
_PLENTY = "1000000000"
_MOST_S = 1_200.0
_NOTES = ("", "Hẻm cụt, gần chợ", 'Ghi chú "có ngoặc kép", và dấu phẩy', "=1+1", "số 3/4; tầng 2")


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the large file")
    parser.add_argument("--keep", type=Path, help="folder in which the filled cluster stays")


def run(arguments: Namespace) -> list[Figure]:
    """Measure on the synthetic province."""
    parts = arguments.part or list(PARTS)
    figures: list[Figure] = []
    with loaded.loaded("s", arguments.keep) as registry, _service(registry) as service:
        if {"job", "kills"} & set(parts):
            sent = service.folder / "province.csv"
            _write_rows(sent, _texts(registry, arguments.rows))
        if "job" in parts:
            figures += _undisturbed(service, sent)
        if "kills" in parts:
            figures += _killed(service, sent)
        if "addok" in parts:
            figures += _beside_addok(service)
    return figures


@dataclass
class _Service:
    """A web process, and processes that take jobs over files, on a filled cluster."""

    registry: Loaded
    folder: Path
    base: str
    client: httpx.Client
    workers: list[Restarted]

    def send(self, path: Path) -> str:
        """Send a file; give the id of its job."""
        params = {
            "kind": "geocode",
            "name": path.name,
            "result": "csv",
            "column": "address:Địa chỉ",
        }
        with path.open("rb") as file:
            answer = self.client.post("/v1/jobs", params=params, content=file)
        if answer.status_code != 201:
            raise RuntimeError(answer.text[:500])
        job_id: str = answer.json()["job_id"]
        return job_id

    def look(self, job_id: str) -> dict[str, Any]:
        """Give how far a job is."""
        for _ in range(600):
            answer = self.client.get(f"/v1/jobs/{job_id}")
            if answer.status_code == 200:
                found: dict[str, Any] = answer.json()
                return found
            time.sleep(0.1)  # the database is away: it was killed
        raise RuntimeError(answer.text[:500])

    def wait(self, job_id: str, rows: int | None = None) -> dict[str, Any]:
        """Wait until a job is over, or has done so many rows."""
        until = time.monotonic() + _MOST_S
        while True:
            job = self.look(job_id)
            if job["state"] in {"done", "refused", "failed", "cancelled"}:
                break
            if rows is not None and job["rows"]["done"] >= rows:
                return job
            if time.monotonic() > until:
                raise TimeoutError(str(job))
            time.sleep(0.1)
        if job["state"] != "done":
            raise RuntimeError(str(job)[:1000])
        return job

    def fetch(self, job_id: str) -> Path:
        """Give the result of a job, on the disk."""
        path = self.folder / f"{job_id}.csv"
        with self.client.stream("GET", f"/v1/jobs/{job_id}/result") as answer:
            answer.raise_for_status()
            with path.open("wb") as file:
                for block in answer.iter_bytes():
                    file.write(block)
        return path


@contextmanager
def _service(registry: Loaded) -> Iterator[_Service]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="addrsvc-files-")))
        files = folder / "files"
        files.mkdir(mode=0o700)
        settings: dict[str, Any] = {"files_dir": str(files), "anonymous_per_minute": _PLENTY}
        settings |= {"known_per_minute": _PLENTY, "worker_stalled_s": "10"}
        base = stack.enter_context(running_service(registry.url, **settings))
        environment = {f"ADDRSVC_{name.upper()}": value for name, value in settings.items()}
        environment["ADDRSVC_DATABASE_URL"] = registry.url
        command = [sys.executable, "-P", "-m", "addrsvc", "worker"]
        log = folder / "workers.log"
        # the ordinary one finds what killed workers left under way
        ordinary = Restarted(command, environment, log)
        stack.callback(ordinary.stop)
        workers = []
        for _ in range(_WORKERS):
            workers.append(Restarted([*command, "--queues", "files"], environment, log))
            stack.callback(workers[-1].stop)
        headers = {"Authorization": f"Bearer {asyncio.run(loaded.reading_key(registry.url))}"}
        client = httpx.Client(base_url=base, headers=headers, timeout=120)
        stack.enter_context(client)
        service = _Service(registry, folder, base, client, workers)
        _warm(service)
        yield service


def _warm(service: _Service) -> None:
    """Let every process read its names before anything is measured."""
    path = service.folder / "warm.csv"
    texts = [each.text for each in service.registry.queries]
    _write_rows(path, texts * 20)
    service.wait(service.send(path))
    wait_until("names are read", lambda: _completes(service), 60)


def _completes(service: _Service) -> bool:
    return service.client.get("/v1/autocomplete", params={"q": "1 Lê"}).status_code == 200


def _texts(registry: Loaded, count: int) -> list[str]:
    texts: list[str] = []
    while len(texts) < count:
        seed = _FIRST_SEED + len(texts) // 1_000
        texts += [each.text for each in registry.other_queries(seed)]
    return texts[:count]


def _write_rows(path: Path, texts: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Mã", "Địa chỉ", "Ghi chú"])
        notes = ((f"HS-{at:07}", text, _NOTES[at % len(_NOTES)]) for at, text in enumerate(texts))
        writer.writerows(notes)


def _undisturbed(service: _Service, sent: Path) -> list[Figure]:
    """Run one job with nothing else going on, then one with somebody typing."""
    calm = asyncio.run(_type(service))
    with _memory([each.pid for each in service.workers]) as memory:
        begun = time.perf_counter()
        job_id = service.send(sent)
        sent_s = time.perf_counter() - begun
        job = service.wait(job_id)
        took_s = time.perf_counter() - begun
    figures = [
        Figure("rows of the job", job["rows"]["total"], "rows"),
        Figure("one job, sent to done", job["rows"]["total"] / took_s, "rows/s", 3_000),
        Figure("of it, sending", sent_s, "s"),
        Figure("of it, all after", took_s - sent_s, "s"),
        Figure("memory of a worker at the start", memory.first, "MiB"),
        Figure("memory of a worker, most", memory.most, "MiB", 1.2 * memory.first + 100, "lower"),
        *_compared("undisturbed", sent, service.fetch(job_id)),
    ]
    job_id = service.send(sent)
    service.wait(job_id, rows=1_000)
    busy = asyncio.run(_type(service))
    is_running = service.look(job_id)["state"] == "running"
    service.client.post(f"/v1/jobs/{job_id}:cancel").raise_for_status()
    return [
        *figures,
        Figure("job ran all the time somebody typed", float(is_running), "", 1),
        Figure("autocomplete p50 without a job", calm.ms(50), "ms"),
        Figure("autocomplete p50 while one runs", busy.ms(50), "ms"),
        Figure("autocomplete p95 without a job", calm.ms(95), "ms"),
        Figure("autocomplete p95 while one runs", busy.ms(95), "ms"),
        Figure("p95 while one runs / without", busy.ms(95) / calm.ms(95), "ratio", 2, "lower"),
    ]


async def _type(service: _Service) -> Told:
    """Ask for completions at an even pace, of what people are half-way through typing."""
    draw = random.Random(7)  # noqa: S311 -- no secret
    texts = [each.text for each in service.registry.other_queries(_FIRST_SEED - 1)]
    typed = [text[: draw.randint(4, max(5, len(text) // 2))] for text in texts]
    asker = Asker(service.base)
    paths = [f"/v1/autocomplete?q={text}" for text in typed]
    told = await asker.flood(paths, per_s=_TYPED_PER_S, seconds=_TYPED_S)
    await asker.close()
    return told


def _killed(service: _Service, sent: Path) -> list[Figure]:
    """Kill each worker and PostgreSQL at random moments of one job."""
    draw = random.Random()  # noqa: S311 -- other moments in every run
    rows = sum(1 for _ in csv.reader(sent.open(encoding="utf-8", newline=""))) - 1
    faults: list[Callable[[], None]] = [
        service.workers[0].kill,
        lambda: kill_and_start(service.registry.cluster),
        service.workers[1].kill,
        lambda: kill_and_start(service.registry.cluster),
        lambda: _kill_all(service.workers),
    ]
    begun = time.perf_counter()
    job_id = service.send(sent)
    for number, fault in enumerate(faults, start=1):
        service.wait(job_id, rows=int(rows * (number - 1 + draw.random()) / len(faults)))
        fault()
    job = service.wait(job_id)
    took_s = time.perf_counter() - begun
    return [
        Figure("kills: workers", 4, ""),
        Figure("kills: PostgreSQL", 2, ""),
        Figure("killed job, sent to done", took_s, "s"),
        Figure("rows said to be done", job["rows"]["done"], "rows", rows),
        *_compared("killed", sent, service.fetch(job_id)),
    ]


def _kill_all(workers: list[Restarted]) -> None:
    for each in workers:
        each.kill()


def _compared(name: str, sent: Path, result: Path) -> list[Figure]:
    """Let the independent script compare."""
    script = files_compare.__file__
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, script, sent, result], capture_output=True, text=True, check=False
    )
    found = json.loads(done.stdout)
    return [
        Figure(f"{name}: rows out of {found['rows_in']:,}", found["rows_out"], "rows"),
        *(
            Figure(f"{name}: {each.replace('_', ' ')}", found[each], "rows", 0, "lower")
            for each in ("missing", "too_many", "moved", "nothing_said", "header_changed")
        ),
    ]


def _beside_addok(service: _Service) -> list[Figure]:
    """Answer the same rows with addok's plug-in: two halves at once, as we have two processes."""
    registry = service.registry
    texts = _texts(registry, _FEW)
    sent = service.folder / "few.csv"
    _write_rows(sent, texts)
    with addok_rival.filled(registry.registry) as rival, rival.served(workers=2) as theirs:
        asked = asyncio.run(prepared_for_addok(registry, texts))
        ours, addok = [], []
        for _ in range(3):
            begun = time.perf_counter()
            service.wait(service.send(sent))
            ours.append(time.perf_counter() - begun)
            addok.append(_ask_halves(theirs, asked))
    ratio = statistics.median(their / mine for mine, their in zip(ours, addok, strict=True))
    return [
        Figure("10,000 rows", _FEW / statistics.median(ours), "rows/s"),
        Figure("10,000 rows: addok's CSV plug-in", _FEW / statistics.median(addok), "rows/s"),
        Figure("10,000 rows: ours / addok", ratio, "ratio", 10),
    ]


def _ask_halves(base: str, texts: list[str]) -> float:
    """Send two halves at the same time; give the seconds until both are answered."""
    halves = [texts[::2], texts[1::2]]
    answers: list[str] = []

    def ask(half: list[str]) -> None:
        body = "q\n" + "".join(f'"{each.replace(chr(34), "")}"\n' for each in half)
        files = {"data": ("few.csv", body.encode(), "text/csv")}
        answer = httpx.post(f"{base}/search/csv", files=files, data={"columns": "q"}, timeout=600)
        answer.raise_for_status()
        answers.append(answer.text)

    threads = [threading.Thread(target=ask, args=(half,)) for half in halves]
    begun = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    took_s = time.perf_counter() - begun
    rows = sum(len(each.splitlines()) - 1 for each in answers)
    if rows != len(texts):
        raise RuntimeError(f"addok answered {rows} rows of {len(texts)}")
    return took_s


@dataclass
class _Memory:
    first: float = 0.0
    most: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def _memory(pids: list[int]) -> Iterator[_Memory]:
    """Watch the largest of some processes."""
    memory = _Memory(max(rss_mib([pid]) for pid in pids))

    def watch() -> None:
        while not memory.ended.wait(0.2):
            memory.most = max(memory.most, *(rss_mib([pid]) for pid in pids))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield memory
    finally:
        memory.ended.set()
        watching.join()
