"""Which passwords are good enough, and Argon2 beside the loop."""

from __future__ import annotations

import asyncio
import threading
import unicodedata

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY

from addrsvc.auth import passwords as module
from addrsvc.auth.accounts_errors import PasswordsBusy, PasswordWeak
from addrsvc.auth.passwords import HASHER, Passwords, new_password, normalise, require_good

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.mark.parametrize(
    "password",
    [
        "bốn con cá bơi ngược",
        "correct horse battery",
        "mưa rơi trên mái tôn cũ",
        "tZ9-kq2!vR7x",
        "🐟🐠🐡🦈🐳🐬 bơi lội vui",
        pytest.param(new_password(), id="made"),
    ],
)
def test_long_and_own_is_good(password: str) -> None:
    require_good(password, login="lan", display_name="Trần Thị Bịa")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("ngắn quá", "ít nhất 12"),
        ("x" * 129, "dài quá 128"),
        ("x" * 5_000, "dài quá 128"),
        ("aaaaaaaaaaaa", "lặp lại"),
        ("123456789012", "dễ đoán"),
        ("1234567890qwerty", "dễ đoán"),
        ("qwertyuiop[]", "dễ đoán"),
        ("Password1234", "dễ đoán"),
        ("MậtKhẩu123456", "dễ đoán"),
        ("diachiso2026", "dễ đoán"),
        ("addrsvc-admin", "dễ đoán"),
        ("tranthibia12", "dễ đoán"),
        ("Trần Thị Bịa 1", "dễ đoán"),
        ("nguyenlan.so.tnmt", "dễ đoán"),
        ("anhyeuem123!", "dễ đoán"),
    ],
)
def test_short_known_or_near_at_hand_is_refused(password: str, says: str) -> None:
    with pytest.raises(PasswordWeak) as refused:
        require_good(
            password, login="nguyenlan.so.tnmt@x.vn", display_name="Trần Thị Bịa Tranthibia"
        )
    assert says in refused.value.text("vi")
    assert refused.value.text("en")


def test_accents_in_one_piece_or_two_are_one_password() -> None:
    whole = "bốn con cá bơi ngược"
    parts = unicodedata.normalize("NFD", whole)
    assert parts != whole
    assert normalise(parts) == normalise(whole)


def test_parameters_are_those_of_the_standard() -> None:
    assert (HASHER.memory_cost, HASHER.time_cost) == (64 * 1024, 3)
    assert HASHER.memory_cost == RFC_9106_LOW_MEMORY.memory_cost
    assert HASHER.hash("x").startswith("$argon2id$")


@pytest.mark.anyio
async def test_a_hash_is_verified_whoever_it_is_of() -> None:
    passwords = Passwords(QUICK)
    kept = await passwords.hash("bốn con cá bơi ngược")
    assert await passwords.verify(kept, unicodedata.normalize("NFD", "bốn con cá bơi ngược"))
    assert not await passwords.verify(kept, "bốn con cá bơi xuôi")
    assert not await passwords.verify("no hash", "x")
    assert not await passwords.verify(None, "x")
    assert not passwords.is_outdated(kept)
    assert Passwords(PasswordHasher(time_cost=2)).is_outdated(kept)
    passwords.close()


class SlowHasher(PasswordHasher):
    """Waits until it is told to go on, and counts how many are at it."""

    __slots__ = ("at_once", "go", "most")

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()
        self.at_once, self.most = 0, 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.go.wait(10)
        self.at_once -= 1
        return super().hash(password, salt=salt)


@pytest.mark.anyio
async def test_memory_is_capped_and_who_would_wait_too_long_is_told() -> None:
    hasher = SlowHasher()
    passwords = Passwords(hasher)
    room = module._AT_ONCE + module._WAITING
    waiting = [asyncio.create_task(passwords.hash(str(each))) for each in range(room)]
    await asyncio.sleep(0.05)
    with pytest.raises(PasswordsBusy):
        await passwords.hash("one more")
    hasher.go.set()
    await asyncio.gather(*waiting)
    assert hasher.most == module._AT_ONCE
    assert await passwords.hash("again")
    passwords.close()
