"""Passwords: which are good enough, and Argon2id beside the event loop.

Rules after NIST SP 800-63B-4, section 3.1.1: length decides, what is known or near at hand is
refused, and no mix of kinds of characters is asked for.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from addrsvc.auth.accounts_errors import PasswordsBusy, PasswordWeak

HASHER: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
"""The one place with the parameters: 64 MiB, three passes. Kept hashes follow at sign-in."""

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 128
_MIN_DIFFERENT: Final = 5
_MIN_OWN: Final = 6
"""Characters that must be left when known words are taken out."""

_KNOWN_WORDS: Final = (
    "addrsvc",
    "diachiso",
    "diachi",
    "address",
    "matkhau",
    "password",
    "passw0rd",
    "welcome",
    "xinchao",
    "quantri",
    "admin",
    "vietnam",
    "iloveyou",
    "anhyeuem",
    "emyeuanh",
    "letmein",
    "changeme",
)
_RUNS: Final = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)

_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look like others on paper."""

_AT_ONCE: Final = 2
_WAITING: Final = 8
_MAX_SENT: Final = 1024
"""More characters no right password has, in any spelling."""

T = TypeVar("T")


class Passwords:
    """Hashing in threads of its own: so many at once, so many waiting, the rest sent away."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._under_way = 0
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """Give what is kept of a password.

        Raises:
            PasswordsBusy: too many wait already.
        """
        return await self._apart(partial(self._hash, password))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Tell whether a password is right; of a login nobody has (None) it takes as long.

        Raises:
            PasswordsBusy: too many wait already.
        """
        return await self._apart(partial(self._verify, kept, password))

    def is_outdated(self, kept: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """Let the threads end; who still waits is let down."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(normalise(password))

    def _verify(self, kept: str | None, password: str) -> bool:
        if not self._nobodys:
            self._nobodys = self._hasher.hash(secrets.token_hex())
        try:
            self._hasher.verify(kept or self._nobodys, normalise(password[:_MAX_SENT]))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def require_room(self) -> None:
        """Pass only while another may wait: asked before an attempt is counted.

        Raises:
            PasswordsBusy: too many wait already.
        """
        if self._under_way >= _AT_ONCE + _WAITING:
            raise PasswordsBusy

    async def _apart(self, work: Callable[[], T]) -> T:
        self.require_room()
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1


def normalise(password: str) -> str:
    """Give one spelling of what people type alike: accents in one piece or two, full width.

    >>> normalise("Mật khẩu") == normalise(unicodedata.normalize("NFD", "Mật khẩu"))
    True
    """
    return unicodedata.normalize("NFKC", password)


def new_password() -> str:
    """Give a random password to hand over: twenty letters and digits, 99 bits, in fives.

    >>> len(new_password())
    23
    """
    letters = [secrets.choice(_ALPHABET) for _ in range(20)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


def require_good(password: str, *, login: str, display_name: str) -> None:
    """Pass a password that is long and not the first thing somebody would try.

    Raises:
        PasswordWeak: it is too short, too long, or too near at hand.
    """
    text = normalise(password[:_MAX_SENT])
    if len(text) < MIN_LENGTH:
        raise PasswordWeak(
            f"Mật khẩu phải có ít nhất {MIN_LENGTH} ký tự.",
            f"A password has at least {MIN_LENGTH} characters.",
        )
    if len(text) > MAX_LENGTH:
        raise PasswordWeak(
            f"Mật khẩu dài quá {MAX_LENGTH} ký tự.",
            f"A password has at most {MAX_LENGTH} characters.",
        )
    if len(set(text.casefold())) < _MIN_DIFFERENT:
        raise PasswordWeak(
            "Mật khẩu chỉ lặp lại vài ký tự.", "The password only repeats a few characters."
        )
    own = _letters(text)
    words = [_letters(login), *map(_letters, [login.partition("@")[0], *display_name.split()])]
    for known in sorted({*words, *_KNOWN_WORDS}, key=len, reverse=True):
        if len(known) >= 4:
            own = own.replace(known, "")
    if len(_without_runs(own)) < _MIN_OWN:
        raise PasswordWeak(
            "Mật khẩu quá dễ đoán: gồm tên đăng nhập, tên người, từ quen thuộc hoặc dãy phím "
            "liền nhau.",
            "The password is easy to guess: it is made of the user name, a name, well-known words "
            "or neighbouring keys.",
        )


def _letters(text: str) -> str:
    """Give letters and digits alone, small and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(each for each in plain if each.isalnum())


def _without_runs(text: str) -> str:
    """Give what is left when neighbours on the keyboard and repetitions are counted once."""
    kept = text[:1]
    for before, each in pairwise(text):
        if before != each and not any(before + each in run for run in _RUNS):
            kept += each
    return kept
