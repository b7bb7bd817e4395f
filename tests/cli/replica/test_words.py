"""What the commands say of what the client found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from addrsvc.cli import replica
from addrsvc.replica.copy import Place
from addrsvc.replica.following import Difference

HERE = Place("http://register.test", 7, None, is_exact=True, sight="all")
Say = Callable[..., tuple[int, str]]


class FakeCopy:
    place = HERE

    def count(self) -> int:
        return 3


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    key = tmp_path / "key"
    key.write_text("adr_x\n")

    @contextmanager
    def opened(_: Path) -> Any:
        yield FakeCopy()

    monkeypatch.setattr(replica, "opened", opened)

    def run(*arguments: str, **answers: Any) -> tuple[int, str]:
        for name, answer in answers.items():
            monkeypatch.setattr(replica.following, name, answer)
        done = CliRunner().invoke(replica.app, [*arguments, f"--key-file={key}"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


def test_a_copy_that_was_built(say: Say) -> None:
    told = say("build", "http://register.test", "--to=x", build=lambda *_: HERE)
    assert told == (0, "Đã dựng bản sao: 3 địa chỉ, đến sự kiện số 7.\n")


def test_a_copy_that_is_followed_until_it_is_current_or_stopped(say: Say) -> None:
    def follow(_: Path, __: Any, *, until: int | None, report: Callable[[Place], None]) -> Place:
        report(HERE._replace(number=5))
        if until is None:
            raise KeyboardInterrupt
        return HERE

    assert say("follow", "x", "--until-current", follow=follow) == (
        0,
        "Đến sự kiện số 5.\nĐến sự kiện số 7.\n",
    )
    status, told = say("follow", "x", follow=follow)
    assert (status, told.splitlines()[1][:26]) == (0, "Đã dừng ở sự kiện số 7. Ch")


def test_differences(say: Say) -> None:
    same = say("check", "x", check=lambda *_: (HERE, []))
    assert same == (0, "Bản sao khớp với máy chủ tại sự kiện số 7.\n")
    found = [
        Difference("a", None, {"id": 1}),
        Difference("b", {"id": 2}, None),
        Difference("c", {"id": 3, "name": "x", "text": 1}, {"id": 3, "name": "y"}),
        *[Difference(f"d{number}", None, {"id": number}) for number in range(30)],
    ]
    inexact = HERE._replace(is_exact=False)
    status, told = say("check", "x", check=lambda *_: (inexact, found))
    assert status == 1
    lines = told.splitlines()
    assert lines[0] == "33 địa chỉ khác với máy chủ tại sự kiện số 7:"
    assert lines[1] == "  a: thiếu trong bản sao"
    assert lines[2].startswith("  b: máy chủ không có")
    assert lines[3] == "  c: khác ở name, text"
    assert lines[-2] == "  … và 13 địa chỉ nữa"
    assert lines[-1].startswith("Máy chủ này chỉ cho đọc")
