"""Writers of the crash campaign: each repeats a write until it is acknowledged, and notes it."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from benchmarks.crash import house

_TIMEOUT_S = 12.0
_SEED = 20_000
_CORRECT, _RETIRE = 0.22, 0.08
"""Shares of the writes that correct, and that retire, an address of the writer's own."""
_REPEAT = 0.05
"""Share of the writes sent once more after they were acknowledged."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One write the service said it did."""

    key: str
    """Its Idempotency-Key."""
    act: str
    """``assign``, ``correct`` or ``retire``."""
    code: str
    version: int
    said: str
    """House number assigned, or the text it was corrected to."""


@dataclass(slots=True)
class Ledger:
    """What all writers were told; each appends under the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    replays: int = 0
    contradictions: list[str] = field(default_factory=list)
    """Keys answered with two different answers."""
    failed_attempts: int = 0
    """Attempts that ended without an answer, with 429 or 5xx, and were repeated."""
    refused: list[str] = field(default_factory=list)
    """Answers that are neither success nor a reason to repeat."""


class Writer(threading.Thread):
    """One client at work until told to stop; what it began it finishes."""

    def __init__(
        self, number: int, base_url: str, key: str, ledger: Ledger, stop: threading.Event
    ) -> None:
        super().__init__(name=f"writer {number}", daemon=True)
        self._number, self._ledger, self._stop_asked = number, ledger, stop
        self._chance = random.Random(_SEED + number)  # noqa: S311 - what to do next
        self._service = _Service(base_url, key, ledger)
        self._mine: list[tuple[str, int]] = []
        """Code and version of the addresses in use that this writer made."""

    def run(self) -> None:
        """Write until told to stop."""
        turn = 0
        while not self._stop_asked.is_set():
            self._write(turn)
            turn += 1
        self._service.close()

    def _write(self, turn: int) -> None:
        key = f"w{self._number:02d}-{turn:06d}"
        dice = self._chance.random()
        if not self._mine or dice > _CORRECT + _RETIRE:
            number = turn * 100 + self._number
            body = house(self._number, turn, str(number))
            told = self._done(key, "assign", "POST", "/v1/addresses", body, {}, str(number))
        else:
            code, version = self._mine.pop(self._chance.randrange(len(self._mine)))
            seen = {"If-Match": f'"{version}"'}
            path = f"/v1/addresses/{code}"
            if dice > _RETIRE:
                text = f"lần sửa {key}"
                told = self._done(key, "correct", "PATCH", path, {"text": text}, seen, text)
            else:
                gone = {"reason": key}
                told = self._done(key, "retire", "POST", f"{path}:retire", gone, seen, key)
        if told is not None and told.act != "retire":
            self._mine.append((told.code, told.version))

    def _done(
        self,
        key: str,
        act: str,
        method: str,
        path: str,
        body: Mapping[str, object],
        headers: Mapping[str, str],
        said: str,
    ) -> Acknowledged | None:
        """Write once, or twice under one key; note the answer. None: it was refused."""
        answers = []
        for _ in range(2 if self._chance.random() < _REPEAT else 1):
            answer = self._service.write(method, path, body, {**headers, "Idempotency-Key": key})
            if answer is None:
                return None
            answers.append(answer)
        told = Acknowledged(key, act, *answers[0], said)
        with self._ledger.lock:
            self._ledger.acknowledged.append(told)
            self._ledger.replays += len(answers) - 1
            if len(set(answers)) > 1:
                self._ledger.contradictions.append(key)
        return told


class _Service:
    """One client's connection, made anew after each failure."""

    def __init__(self, base_url: str, key: str, ledger: Ledger) -> None:
        parts = urlsplit(base_url)
        self._host, self._port, self._ledger = parts.hostname or "", parts.port, ledger
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._http: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Let go of the connection."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def write(
        self, method: str, path: str, body: Mapping[str, object], headers: Mapping[str, str]
    ) -> tuple[str, int] | None:
        """Repeat until it is acknowledged; give code and version. None: it was refused."""
        wait_s = 0.05
        while True:
            status, answer = self._ask(method, path, json.dumps(body), headers)
            if status in {200, 201}:
                told = json.loads(answer)
                return told["code"], told["version"]
            with self._ledger.lock:
                self._ledger.failed_attempts += 1
                if 400 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS:
                    self._ledger.refused.append(f"{method} {path}: {answer.decode()}")
                    return None
            time.sleep(wait_s)
            wait_s = min(wait_s * 2, 0.5)

    def _ask(
        self, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Ask once; status 0 where no answer came."""
        try:
            if self._http is None:
                self._http = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
            self._http.request(method, path, body.encode(), {**self._headers, **headers})
            response = self._http.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, b""
