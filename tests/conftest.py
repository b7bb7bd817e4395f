"""Fixtures of every test: one throw-away cluster, a template per worker, a clone per test."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import hypothesis
import psycopg
import pytest
import pytest_socket
from fastapi import APIRouter, FastAPI
from psycopg import sql
from service_settings import ENCRYPTION_KEY, make_roles, service_settings
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.routing import BaseRoute

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.clock import Clock, FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.settings import Settings

pytest_plugins = ("admin_units_fixtures", "registry_fixtures", "geocoding_fixtures")

ROOT = Path(__file__).resolve().parents[1]
REALDATA = ROOT.parent / "shared" / "data"
CLUSTER_URL = "ADDRSVC_TEST_DATABASE_URL"
IN_CI = os.environ.get("CI") == "true"

MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of random name is made in it
_LEFT = 3
"""Databases done with that are not dropped yet, of each worker."""

CloneDatabase = Callable[[str], AbstractContextManager[str]]

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if IN_CI else "here")


def _quick_dir() -> Path:
    """Choose where what need not survive is written: many small files are slow on a disk."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 * 2**30
    return MEMORY if has_room else Path("/tmp")  # noqa: S108 -- same


def pytest_configure(config: pytest.Config) -> None:
    """Start one cluster for all workers, before there are any."""
    os.environ["ADDRSVC_ENCRYPTION_KEYS"] = ENCRYPTION_KEY
    # A machine that stands still for a while is not what tests are about: those that are about
    # time say which.
    os.environ["ADDRSVC_REQUEST_DEADLINE_S"] = "60"
    os.environ["ADDRSVC_STATEMENT_TIMEOUT_MS"] = "60000"
    config.pluginmanager.register(_RealdataWatch(), "realdata-watch")
    is_worker = hasattr(config, "workerinput")
    has_workers = bool(getattr(config.option, "numprocesses", None))
    if is_worker or not has_workers:
        gc.disable()  # until all is imported: next to nothing of it is garbage
    if has_workers and not is_worker and CLUSTER_URL not in os.environ:
        stack = contextlib.ExitStack()
        cluster = stack.enter_context(throw_away_cluster(parent=_quick_dir()))
        os.environ[CLUSTER_URL] = cluster.superuser_url()
        make_roles(cluster.superuser_url())
        config.add_cleanup(stack.close)


# Processes the tests start are traced where somebody asks for all coverage: it costs a third.
if "ADDRSVC_TRACE_ALL" not in os.environ:
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first: at the end, workers share what is short, and none is idle.

    Hold the floors of coverage by tests that run everywhere: not all have the real data.
    """
    items[:] = _dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for item in items:
        if item.get_closest_marker("realdata") is not None:
            item.add_marker("no_cover")


def _dealt(items: list[pytest.Item], hands: int) -> list[pytest.Item]:
    """Deal files round so many workers, what takes long first; each begins with a hand of its own.

    A worker is given the next part of the list, and takes from others once that is done.
    """
    files = [
        list(some) for _, some in groupby(sorted(items, key=_turn), key=lambda each: each.path)
    ]
    dealt: list[list[pytest.Item]] = [[] for _ in range(hands)]
    for at, some in enumerate(files):
        dealt[at % hands] += some
    return [item for hand in dealt for item in hand]


def _turn(item: pytest.Item) -> int:
    """Give the place of a test's folder; files and what they share stay together."""
    place = item.nodeid.removeprefix("tests/")
    folders = ("api/test_openapi", "scripts/", "web/", "crash/", "api/test_", "cli/", "api/", "db/")
    return next((at for at, each in enumerate(folders) if place.startswith(each)), len(folders))


def pytest_collection_finish() -> None:
    """Take what was imported out of the garbage collector's view: it stays to the end."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_runtest_setup() -> None:
    """Let nothing but this machine be reached."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


class _RealdataWatch:
    """Fail a CI run that had the real data and skipped a test of them."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and "realdata" in report.keywords:
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and IN_CI and REALDATA.is_dir():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped and IN_CI and REALDATA.is_dir():
            terminalreporter.section("realdata tests skipped although the data are there")
            for nodeid in self.skipped:
                terminalreporter.line(nodeid)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests on asyncio, as the service does."""
    return "asyncio"


@pytest.fixture(scope="session")
def quick_dir() -> Path:
    """Give a folder in memory, where there is room, for what need not survive."""
    return _quick_dir()


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """Give a superuser URL of the throw-away cluster, starting one if nobody did."""
    given = os.environ.get(CLUSTER_URL)
    if given:
        yield given
        return
    with throw_away_cluster(parent=_quick_dir()) as cluster:
        make_roles(cluster.superuser_url())
        yield cluster.superuser_url()


class _Databases:
    """Makes and drops the databases of one worker."""

    def __init__(self, cluster_url: str, admin: psycopg.Connection[tuple[object, ...]]) -> None:
        self._cluster_url = cluster_url
        self._admin = admin
        self._left: deque[str] = deque()

    @contextlib.contextmanager
    def one(self, template_url: str | None) -> Iterator[str]:
        """Make a database, a clone unless no template is named; it is dropped some tests later.

        At once it would be waited for: its last server processes are just ending.
        """
        name = f"test_{uuid4().hex}"
        url = urlunsplit(urlsplit(self._cluster_url)._replace(path=f"/{name}"))
        template = urlsplit(template_url).path.removeprefix("/") if template_url else "template1"
        # Files are copied with the caches of the catalog among them, and no log is written.
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            yield url
        finally:
            self._left.append(name)
            self.drop_but(_LEFT)

    def drop_but(self, number: int) -> None:
        """Drop what is done with, but for the last so many."""
        while len(self._left) > number:
            statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            with contextlib.suppress(psycopg.errors.ObjectInUse):  # by a connecting broken off
                self._admin.execute(statement.format(sql.Identifier(self._left[0])))
                self._left.popleft()


@pytest.fixture(scope="session")
def databases(cluster_url: str) -> Iterator[_Databases]:
    """Give the maker of databases."""
    with psycopg.connect(cluster_url, autocommit=True) as admin:
        made = _Databases(cluster_url, admin)
        yield made
        made.drop_but(0)


@pytest.fixture(scope="session")
def empty_database(databases: _Databases) -> Callable[[], AbstractContextManager[str]]:
    """Give a maker of databases with nothing in them, for tests of migrations and set-up."""
    return lambda: databases.one(None)


@pytest.fixture(scope="session")
def clone_database(databases: _Databases) -> CloneDatabase:
    """Give a maker of clones of a database nobody is connected to: URL in, URL of the clone out.

    A slice that needs more than the schema fills a clone of ``template_db`` once per session
    and lets its tests clone that.
    """
    return databases.one


@pytest.fixture(scope="session")
def template_db(databases: _Databases) -> Iterator[str]:
    """Give the URL of this worker's template, made by the real migrations. Only to clone."""
    with databases.one(None) as url:
        upgrade(url)
        yield url


@pytest.fixture
def database_url(clone_database: CloneDatabase, template_db: str) -> Iterator[str]:
    """Give a database of this test's own: what it commits is gone afterwards."""
    with clone_database(template_db) as url:
        yield url


@pytest.fixture(scope="session")
def shared_database_url(clone_database: CloneDatabase, template_db: str) -> Iterator[str]:
    """Give this worker's database for tests that roll back; nobody commits to it."""
    with clone_database(template_db) as url:
        yield url


@pytest.fixture
async def engine(shared_database_url: str) -> AsyncIterator[AsyncEngine]:
    """Give the write door on the shared database, for ``conn``; commit nothing through it."""
    engine = make_engine(service_settings(shared_database_url))
    yield engine
    await engine.dispose()


@pytest.fixture
async def conn(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a transaction that is rolled back."""
    async with engine.connect() as conn, conn.begin() as transaction:
        yield conn
        await transaction.rollback()


@pytest.fixture(scope="session", autouse=True)
def routes_built_once() -> Iterator[None]:
    """Let the applications of this worker share what their routes are built of.

    The framework works out parameters and schemas of each route anew for every application, which
    takes longer than most tests; they differ in nothing, since state is found by the request.
    """
    known: dict[int, tuple[APIRouter, dict[str, Any], BaseRoute]] = {}
    include = FastAPI.include_router

    def include_once(app: FastAPI, router: APIRouter, **how: Any) -> None:
        include(app, router, **how)
        _, first_how, first = known.setdefault(id(router), (router, how, app.router.routes[-1]))
        assert how == first_how, "included in another way than before"
        app.router.routes[-1] = first

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FastAPI, "include_router", include_once)
        yield


@pytest.fixture
def clock() -> FixedClock:
    """Give a clock that stands at 10:00 in Vietnam on 15 January 2026."""
    return FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Give settings that point at this test's own database."""
    return service_settings(database_url)


@pytest.fixture
async def app(
    settings: Settings, clock: Clock, make_units: Callable[[], UnitsInMemory]
) -> AsyncIterator[FastAPI]:
    """Give the whole application, started, on this test's own database."""
    from addrsvc.app import create_app  # noqa: PLC0415 -- tests without it load faster

    app = create_app(settings, clock, make_units())
    async with app.router.lifespan_context(app):
        yield app
    # The driver leaves a connecting that was cancelled to the collector, and no database can be
    # dropped while a server process waits for its password: a minute.
    gc.collect(1)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Give an HTTP client of the application, with no network between."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client:
        yield client


@pytest.fixture
def untraced(monkeypatch: pytest.MonkeyPatch, no_cover: None) -> None:
    """Let this test and the processes it starts run without coverage, in two thirds of the time.

    For tests that run long and whose lines shorter ones cover.
    """
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Give the folder of real data; skip where it is absent."""
    if not REALDATA.is_dir():
        pytest.skip("the real data are not beside this repository")
    return REALDATA
