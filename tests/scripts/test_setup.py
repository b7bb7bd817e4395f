"""The set-up the commands share: skips what is done, mends what is half done. No network."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).resolve().parents[2]


class Repository:
    """A copy of the set-up with nothing to install, in a folder with spaces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "scripts").mkdir(parents=True)
        shutil.copy(_ROOT / "scripts" / "setup.sh", folder / "scripts")
        (folder / "requirements.lock").write_text("# nothing\n")
        (folder / "requirements-dev.lock").write_text("# nothing for tests\n")
        (folder / "addrsvc").mkdir()
        (folder / "addrsvc" / "__init__.py").write_text("where = __file__\n")

    def set_up(self, kind: str = "serve") -> str:
        """Run the Python part and give what it said."""
        script = f"source scripts/setup.sh; setup_begin; setup_python {kind}; setup_end"
        return self._bash(script)

    def where(self) -> str:
        """Give where the package is imported from, asked from elsewhere."""
        python = self.folder / ".venv" / "bin" / "python"
        return self._run([str(python), "-P", "-c", "import addrsvc; print(addrsvc.where)"], "/")

    def _bash(self, script: str) -> str:
        return self._run(["/bin/bash", "-c", script], str(self.folder))

    def _run(self, command: list[str], folder: str) -> str:
        return subprocess.check_output(  # noqa: S603 -- our own script
            command, cwd=folder, text=True, stderr=subprocess.STDOUT
        )


@pytest.fixture
def repository(quick_dir: Path) -> Iterator[Repository]:
    with TemporaryDirectory(dir=quick_dir) as folder:
        yield Repository(Path(folder) / "thư mục with spaces")


def test_the_second_run_does_nothing(repository: Repository) -> None:
    assert "installing" in repository.set_up()
    assert repository.set_up() == ""
    assert repository.where().startswith(str(repository.folder))


def test_the_packages_of_the_tests_serve_too_but_not_the_other_way_round(
    repository: Repository,
) -> None:
    repository.set_up("serve")
    assert "requirements-dev.lock" in repository.set_up("test")
    assert repository.set_up("serve") == ""


def test_a_changed_lock_is_installed(repository: Repository) -> None:
    repository.set_up()
    (repository.folder / "requirements.lock").write_text("# still nothing\n")
    assert "installing" in repository.set_up()
    assert repository.set_up() == ""


def test_a_half_made_environment_is_made_anew(repository: Repository) -> None:
    leftover = repository.folder / ".venv" / "lib" / "half.py"
    leftover.parent.mkdir(parents=True)
    leftover.touch()
    repository.set_up()
    assert not leftover.exists()
    assert repository.set_up() == ""


def test_a_moved_repository_is_set_up_anew(repository: Repository) -> None:
    repository.set_up()
    moved = repository.folder.with_name("moved here")
    repository.folder.rename(moved)
    repository.folder = moved
    assert "installing" in repository.set_up()
    assert repository.where().startswith(str(moved))


def test_every_command_parses_and_says_what_it_is_for() -> None:
    commands = [_ROOT / ".ci" / "run"]
    commands += [
        _ROOT / "scripts" / name for name in ("addrsvc", "bench", "check", "serve", "test")
    ]
    for command in commands:
        subprocess.run(["/bin/bash", "-n", str(command)], check=True)  # noqa: S603 -- our own script
        assert command.stat().st_mode & 0o111
        assert command.read_text().splitlines()[1].startswith("# ")


def test_the_lock_of_the_browser_libraries_names_no_place_to_fetch_from() -> None:
    lock = (_ROOT / "addrsvc" / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_what_the_service_needs_is_in_the_lock_of_the_tests_too() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"(?m)^([a-z0-9-]+==[^ ]+)", (_ROOT / name).read_text()))

    service = pins("requirements.lock")
    assert any(pin.startswith("greenlet==") for pin in service)  # SQLAlchemy's asyncio needs it
    assert service <= pins("requirements-dev.lock")
