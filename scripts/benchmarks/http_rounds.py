"""Compare HTTP endpoints on a machine that is never quiet: paired rounds, median of ratios.

Absolute figures move by a factor of two between runs when other work shares the cores. So
every endpoint is asked once per round, each round gives ratios of its own, and the median
of those is what is reported. ``wrk`` makes the load: written in C, it leaves the cores to
the server, where a client in Python would measure itself.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from addrsvc.cli.web_server import WebServer, free_port

_CALM = 1.5
_ATTEMPTS = 3

_WRK_SCRIPT = """
local paths = { %s }
local next_path = 0
request = function()
   next_path = next_path %% #paths + 1
   return wrk.format("GET", paths[next_path])
end
done = function(summary, latency, requests)
   local e = summary.errors
   io.write(string.format(
      '\\nRESULT {"requests":%%d,"us":%%d,"p50":%%.1f,"p99":%%.1f,"bad":%%d}\\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.status + e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is asked: the paths are taken in turn by each connection's thread."""

    name: str
    base_url: str
    paths: Sequence[str]


@dataclass(frozen=True, slots=True)
class Load:
    """What one round on one endpoint gave."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float


@dataclass(slots=True)
class Comparison:
    """Rounds of several endpoints, the first of which is what the others are compared with."""

    baseline: str
    loads: dict[str, list[Load]] = field(default_factory=dict)

    def requests_per_s(self, name: str) -> float:
        """Give the median rate; weak by itself, see the module."""
        return statistics.median(load.requests_per_s for load in self.loads[name])

    def p99_ms(self, name: str) -> float:
        """Give the median over rounds of the 99th percentile."""
        return statistics.median(load.p99_ms for load in self.loads[name])

    def ratio(self, name: str, to: str | None = None) -> float:
        """Give the median of the paired ratios of rates, to the baseline unless told."""
        pairs = zip(self.loads[name], self.loads[to or self.baseline], strict=True)
        return statistics.median(a.requests_per_s / b.requests_per_s for a, b in pairs)

    def p99_ratio(self, name: str, to: str | None = None) -> float:
        """Give the median of the paired ratios of 99th percentiles."""
        pairs = zip(self.loads[name], self.loads[to or self.baseline], strict=True)
        return statistics.median(a.p99_ms / b.p99_ms for a, b in pairs)

    def unrest(self) -> float:
        """Give fastest over slowest round of the baseline: above 1.5 the rounds say little."""
        rates = [load.requests_per_s for load in self.loads[self.baseline]]
        return max(rates) / min(rates)


def compare(
    endpoints: Sequence[Endpoint], *, rounds: int = 5, connections: int = 16, seconds: int = 3
) -> Comparison:
    """Ask every endpoint once per round; the first is the baseline.

    Runs again, three times at most, while the baseline's rounds differ by more than 1.5; then
    gives the calmest. Show its ``unrest`` beside the figures.

    Raises:
        RuntimeError: an endpoint answered anything but 2xx or 3xx.
    """
    for endpoint in endpoints:
        ask(endpoint, connections=connections, seconds=1)  # caches, prepared statements, pools
    calmest: Comparison | None = None
    for _ in range(_ATTEMPTS):
        comparison = Comparison(endpoints[0].name, {endpoint.name: [] for endpoint in endpoints})
        for turn in range(rounds):
            start = turn % len(endpoints)  # nobody is always the one after the heaviest
            for endpoint in (*endpoints[start:], *endpoints[:start]):
                load = ask(endpoint, connections=connections, seconds=seconds)
                comparison.loads[endpoint.name].append(load)
        if calmest is None or comparison.unrest() < calmest.unrest():
            calmest = comparison
        if calmest.unrest() <= _CALM:
            break
    if calmest is None:
        raise RuntimeError("no rounds were run")
    return calmest


def ask(endpoint: Endpoint, *, connections: int, seconds: int) -> Load:
    """Load one endpoint for a while.

    Raises:
        RuntimeError: an answer was an error; a fast error is no speed.
    """
    paths = ", ".join(json.dumps(path) for path in endpoint.paths)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_WRK_SCRIPT % paths)
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"-s{script.name}"]
        command.append("--timeout=10s")  # what is late on a shared machine counts in the p99
        done = subprocess.run(  # noqa: S603 -- an argument list of our own, no shell
            [*command, endpoint.base_url], capture_output=True, text=True, check=True
        )
    found = json.loads(done.stdout.rpartition("RESULT ")[2])
    if found["bad"] or not found["requests"]:
        raise RuntimeError(f"{endpoint.name} failed under load: {done.stdout}")
    return Load(found["requests"] / found["us"] * 1e6, found["p50"] / 1000, found["p99"] / 1000)


@contextmanager
def running_service(
    database_url: str,
    *,
    workers: int = 1,
    factory: str = "addrsvc.server:app_from_environment",
    **settings: str,
) -> Iterator[str]:
    """Run the real service on a database as ``scripts/serve`` does; give its base URL.

    ``factory`` may be one that adds routes to compare with to the service's own app.

    ``settings`` become ``ADDRSVC_*``: raise ``anonymous_per_minute`` where the load is
    anonymous.
    """
    environment = {f"ADDRSVC_{name.upper()}": value for name, value in settings.items()}
    environment["ADDRSVC_DATABASE_URL"] = database_url
    server = WebServer(
        "127.0.0.1",
        free_port(),
        workers,
        environment,
        trusted_proxies="127.0.0.1",
        factory=factory,
        output=subprocess.DEVNULL,  # it logs every request: the work stays, the noise goes
    )
    try:
        server.wait_ready()
        yield server.url
    finally:
        server.stop(in_hurry=lambda: False)


def repository() -> Path:
    """Give the root of the repository; the real data may stand beside it."""
    return Path(__file__).resolve().parents[2]
