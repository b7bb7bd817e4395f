"""Clusters filled with a synthetic registry: thrown away, or kept for the next run."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from addrsvc.auth.model import Scope, command_line
from addrsvc.auth.service import create_key
from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.doors import make_engine
from addrsvc.db.release import head
from addrsvc.db.transaction import transaction
from addrsvc.parsing.keys import KEYS_VERSION
from addrsvc.settings import Settings
from benchmarks.http_rounds import repository
from benchmarks.synthetic import communes, loading, queries, registry
from benchmarks.synthetic.queries import Query

Size = Literal["s", "l"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A registry, the database it is in, and the queries about it."""

    url: str
    registry: registry.Registry
    queries: list[Query]
    cluster: PrivateCluster

    def other_queries(self, seed: int) -> list[Query]:
        """Draw a thousand more."""
        return make_queries(self.registry, seed=seed)


def make_registry(size: Size) -> registry.Registry:
    """Make the small or the large registry; the same every time."""
    if size == "s":
        return registry.small(communes.binh_duong())
    return registry.large(communes.large())


def make_queries(made: registry.Registry, *, seed: int = 7) -> list[Query]:
    """Draw the noisy queries of a registry; a slip is no name of any commune of the province."""
    provinces = {each.province_code for each in made.communes}
    taken = {code: communes.names_in(code) for code in provinces}
    return queries.make(made, seed=seed, taken=taken)


@contextlib.contextmanager
def loaded(size: Size, keep: Path | None) -> Iterator[Loaded]:
    """Run a cluster with a registry, with the settings of a real one.

    ``keep``: folder in which the cluster stays for the next run; it is made anew when the schema,
    the rules of search keys or the generator's version have changed. None: a temporary one.
    """
    said = f"schema {head()}, keys {KEYS_VERSION}, rows {registry.VERSION}"
    made = make_registry(size)
    folder = Path(tempfile.mkdtemp(prefix="addrsvc-bench-", dir="/tmp")) if keep is None else keep
    folder = folder.absolute() / size
    stamp = folder / "stamp"
    try:
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != said:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for each in (folder.parent, folder):
                each.chmod(0o711)  # the server's user passes through
            _fill(folder / "data", made)
            stamp.write_text(said, encoding="utf-8")
        with PrivateCluster(folder / "data") as cluster:
            yield Loaded(cluster.superuser_url(), made, make_queries(made), cluster)
    finally:
        if keep is None:
            shutil.rmtree(folder.parent, ignore_errors=True)


def _fill(folder: Path, made: registry.Registry) -> None:
    begun = time.perf_counter()
    with PrivateCluster(folder, durable=False) as cluster:
        url = cluster.superuser_url()
        prepare_units(url)
        loading.load(url, made)
    seconds = time.perf_counter() - begun
    print(f"{len(made):,} synthetic addresses loaded in {seconds:.0f} s", file=sys.stderr)


def prepare_units(url: str) -> None:
    """Migrate, load the country's units, import today's boundaries of former Bình Dương."""
    loading.prepare_database(url)
    file = communes.DATA / "binhduong_new_communes.geojson"
    command = ["-m", "addrsvc", "units", "import-boundaries", str(file)]
    subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-P", *command, "--valid-from", "2025-07-01", "--kind", "approximate"],
        env={"ADDRSVC_DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        check=True,
        cwd=repository(),
    )


async def reading_key(url: str) -> str:
    """Make a key that may read lists."""
    engine = make_engine(Settings.model_validate({"database_url": url}))
    async with transaction(engine) as conn:
        key = await create_key(
            conn,
            command_line("bench"),
            name="bench",
            scopes=[Scope.ADDRESSES_READ],
            expires_at=None,
            at=datetime.now(UTC),
        )
    await engine.dispose()
    return key
