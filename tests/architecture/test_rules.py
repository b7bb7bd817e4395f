"""House rules that a linter cannot hold, each with the reason it exists."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "addrsvc"
MODULES = sorted(PACKAGE.rglob("*.py"))
MODULES = [module for module in MODULES if "node_modules" not in module.parts]


def name_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def calls(module: Path, attribute: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == attribute
        ):
            yield node.lineno


def committed_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - git is where the developer has it
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_stays_short_enough_to_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_function_stays_short_enough_to_read(module: Path) -> None:
    long = [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno) > MAX_FUNCTION.get(node.name, 60)
    ]
    assert long == []


MAX_FUNCTION = {"assign_address": 75, "correct_address": 75, "retire_address": 75}
"""Acts told in one breath, their docstring included."""


def test_only_the_transaction_module_commits_requests() -> None:
    """One request is one transaction: a commit half-way would acknowledge half the work.

    Command-line work in chunks and the schema's migration open their own.
    """
    allowed = {
        "addrsvc/db/migrate.py",
        "addrsvc/db/transaction.py",
    }
    found = {
        name_of(module)
        for module in MODULES
        if "/cli/" not in name_of(module) and list(calls(module, "commit"))
    }
    assert found <= allowed | BULK, found - allowed - BULK


BULK: set[str] = set()


def test_routers_raise_our_errors_only() -> None:
    """HTTPException knows neither language nor remedy."""
    for module in MODULES:
        if module.name == "router.py":
            assert "HTTPException" not in module.read_text(encoding="utf-8"), module


def test_broad_excepts_live_at_the_edge_only() -> None:
    allowed = {
        "addrsvc/edge/middleware.py",  # the last line of defence
        "addrsvc/registry/lookup.py",  # whoever waits must hear of it
        "addrsvc/db/cluster.py",  # a server started half-way is stopped, the error goes on
    }
    found = {
        name_of(module)
        for module in MODULES
        if re.search(r"except (Base)?Exception\b", module.read_text(encoding="utf-8"))
        and "/cli/" not in name_of(module)
    }
    assert found <= allowed, found - allowed


def test_only_the_clock_reads_the_time() -> None:
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    found = {
        name_of(module)
        for module in MODULES
        if module.name != "clock.py" and pattern.search(module.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_browser_tests_wait_from_outside_the_page() -> None:
    """Playwright's own waiting works only for what holds at once: tests/waiting.py says why."""
    tests = (ROOT / "tests").rglob("*.py")
    assert [name_of(each) for each in tests if list(calls(each, "wait_for_function"))] == []


def test_no_registry_host_and_no_machine_path_is_committed() -> None:
    hosts = [
        "pypi" + ".org",
        "registry" + ".npmjs",
        "files.python" + "hosted",
        "deb." + "debian.org",
    ]
    for file in committed_files():
        if file.suffix in {".png", ".gpkg", ".xlsx"} or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not [host for host in hosts if host in text], file
        assert not re.search(r'"resolved":\s*"http', text), file


def test_no_real_data_file_is_committed() -> None:
    assert not [file for file in committed_files() if "shared/data" in file.as_posix()]
