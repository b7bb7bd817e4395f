"""Phones of a simulated field day: each sends its records until it has a receipt for every one."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from benchmarks.crash import COMMUNES, house

_TIMEOUT_S = 30.0
_SHORTEST_S, _LONGEST_S = 0.2, 5.0
"""Between two attempts: doubled each time, half of it by chance."""
_SEED = 31_000
_STEP = timedelta(minutes=2)
"""Between two houses: 44 m on foot."""
_AGAIN = frozenset({HTTPStatus.TOO_MANY_REQUESTS}) | {HTTPStatus(each) for each in (500, 502, 503)}


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the phone keeps it."""

    id: UUID
    payload: bytes

    @property
    def sha256(self) -> str:
        """Give the hash its receipt has to name."""
        return hashlib.sha256(self.payload).hexdigest()


@dataclass(slots=True)
class Told:
    """What all phones were told; each appends under the lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    receipts: dict[UUID, Mapping[str, object]] = field(default_factory=dict)
    took_s: list[float] = field(default_factory=list)
    """From the first attempt at a record to its receipt."""
    errors: Counter[str] = field(default_factory=Counter)
    """What phones met on the way: a status, or how the connection failed; each was repeated."""
    refused: list[str] = field(default_factory=list)
    """Answers that are neither a receipt nor a reason to repeat."""


class Phone(threading.Thread):
    """One phone: a block of codes, a day of records, sent when the network is there."""

    def __init__(self, number: int, base_url: str, key: str, told: Told) -> None:
        super().__init__(name=f"phone {number}", daemon=True)
        self._number, self._told = number, told
        self._chance = random.Random(_SEED + number)  # noqa: S311 - when to try again
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._http: http.client.HTTPConnection | None = None
        self.records: list[Record] = []

    @property
    def commune(self) -> str:
        """Give the code of the commune it works in."""
        return str(10_000 + self._number % COMMUNES)

    def get_codes(self, count: int) -> list[str]:
        """Ask for a block."""
        body = json.dumps({"commune_code": self.commune, "count": count}).encode()
        headers = {"Idempotency-Key": f"block-{self._number}"}
        answer = self._until_answered("POST", "/v1/collection/blocks", body, headers)
        if answer is None:
            raise RuntimeError(f"no codes: {self._told.refused[-1]}")
        return [str(each) for each in json.loads(answer)["codes"]]

    def work(self, codes: Sequence[str], until: datetime) -> None:
        """Collect a record for each code, the last of them at a moment."""
        begun = until - _STEP * len(codes)
        for turn, code in enumerate(codes):
            identity = UUID(int=self._chance.getrandbits(128), version=4)
            record = self._record(identity, turn, code, begun + _STEP * turn)
            self.records.append(Record(identity, json.dumps(record, ensure_ascii=False).encode()))

    def run(self) -> None:
        """Send everything; come back when each record has its receipt."""
        for each in self.records:
            begun = time.monotonic()
            path = f"/v1/collection/submissions/{each.id}"
            answer = self._until_answered("PUT", path, each.payload, {})
            if answer is not None:
                with self._told.lock:
                    self._told.receipts[each.id] = json.loads(answer)
                    self._told.took_s.append(time.monotonic() - begun)
        self._close()

    def _record(self, identity: UUID, turn: int, code: str, at: datetime) -> dict[str, object]:
        number = f"{turn + 1}/{self._number}"
        made = house(self._number % COMMUNES, turn + self._number // COMMUNES * 240, number)
        position = made["position"]
        if not isinstance(position, dict):
            raise TypeError
        said = at.astimezone(UTC).isoformat(timespec="seconds")
        return {
            "schema": 1,
            "record": str(identity),
            "revision": 1,
            "act": "add",
            "task": None,
            "app": "bench",
            "made_at": said,
            "server_ahead_s": 0,
            "commune_code": self.commune,
            "address": None,
            "code": code,
            "fields": {
                "kind": "dwelling",
                "house_number": number,
                "thoroughfare": "Đường Mẫu",
                "localities": [],
                "unit": None,
                "floor": None,
                "building": None,
                "name": None,
            },
            "position": {**position, "samples": 12, "spread_m": 2.0, "taken_at": said},
            "building": None,
            "counts": {"rooms": 3, "households": 1},
            "overrides": [],
            "photos": [],
            "has_private": False,
        }

    def _until_answered(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> bytes | None:
        """Ask until there is an answer; None: it was refused."""
        wait_s = _SHORTEST_S
        while True:
            try:
                status, said = self._ask(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self._close()
                self._note(type(error).__name__)
            else:
                if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
                    return said
                if status not in _AGAIN:
                    with self._told.lock:
                        self._told.refused.append(f"{status} {said[:300].decode(errors='replace')}")
                    return None
                self._note(str(status))
            time.sleep(wait_s * self._chance.uniform(0.5, 1))
            wait_s = min(_LONGEST_S, wait_s * 2)

    def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if self._http is None:
            self._http = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
        self._http.request(method, path, body, {**self._headers, **headers})
        answer = self._http.getresponse()
        return answer.status, answer.read()

    def _note(self, what: str) -> None:
        with self._told.lock:
            self._told.errors[what] += 1

    def _close(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None
