"""Checkpoints: what a log had come to at a moment, signed, and kept outside the database.

One line of JSON each, in a file per log and month (``events-2026-01.jsonl``) that is only ever
added to. The folder belongs on another machine, or on paper: whoever can write in the database
must not be able to write there. Anybody who has the public key can verify a line: the Ed25519
``signature`` (base64) is over the other members in the canonical form of
:mod:`addrsvc.events.chain`. ``hash`` is in hexadecimal, ``key_id`` the first 16 hexadecimal digits
of the SHA-256 of the 32-byte public key.

Source: RFC 8032 (Ed25519).
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from addrsvc.events.chain import canonical, moment
from addrsvc.events.checkpoint_errors import (
    CheckpointForged,
    CheckpointKeyFileUnreadable,
    CheckpointKeyInvalid,
)
from addrsvc.settings import Settings


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last entry of a log at a moment."""

    log: str
    number: int
    hash: bytes
    at: str
    """As signed: RFC 3339 in UTC."""


def new_seed() -> str:
    """Make a signing key: base64 of 32 random bytes."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _thirty_two_bytes(text: str) -> bytes:
    try:
        found = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise CheckpointKeyInvalid from error
    if len(found) != 32:
        raise CheckpointKeyInvalid
    return found


def signing_key(seed: str) -> Ed25519PrivateKey:
    """Read a signing key.

    Raises:
        CheckpointKeyInvalid: not base64 of 32 bytes.
    """
    return Ed25519PrivateKey.from_private_bytes(_thirty_two_bytes(seed))


def configured_keys(settings: Settings) -> list[Ed25519PrivateKey]:
    """Give the signing keys of this service, newest first.

    Raises:
        CheckpointKeyInvalid: one is no key.
        CheckpointKeyFileUnreadable: their file is not there, or not for us to read.
    """
    seeds = ""
    if settings.checkpoint_key is not None:
        seeds = settings.checkpoint_key.get_secret_value()
    elif settings.checkpoint_key_file is not None:
        try:
            seeds = settings.checkpoint_key_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CheckpointKeyFileUnreadable(file=str(settings.checkpoint_key_file)) from error
    return [signing_key(seed) for seed in seeds.replace(",", " ").split()]


def public_text(key: Ed25519PrivateKey) -> str:
    """Give what others verify with: base64 of the 32-byte public key."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _key_id(public: bytes) -> str:
    return sha256(public).hexdigest()[:16]


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bytes:
    """Give the line of a checkpoint, its end of line included."""
    told = {
        "log": checkpoint.log,
        "number": checkpoint.number,
        "hash": checkpoint.hash.hex(),
        "at": checkpoint.at,
        "key_id": _key_id(key.public_key().public_bytes_raw()),
    }
    signature = base64.b64encode(key.sign(canonical(told))).decode()
    return orjson.dumps({**told, "signature": signature}) + b"\n"


def _proved(
    line: Mapping[str, Any], keys: Mapping[str, Ed25519PublicKey], where: str
) -> Checkpoint:
    try:
        told = {name: value for name, value in line.items() if name != "signature"}
        keys[line["key_id"]].verify(base64.b64decode(line["signature"]), canonical(told))
        return Checkpoint(line["log"], line["number"], bytes.fromhex(line["hash"]), line["at"])
    except (InvalidSignature, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CheckpointForged(where=where) from error


def add(folder: Path, checkpoint: Checkpoint, key: Ed25519PrivateKey) -> Path:
    """Sign a checkpoint and add it to its file; it is on the disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{checkpoint.log}-{checkpoint.at[:7]}.jsonl"
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        # a line a crash cut off stays as it is; this one is whole
        is_cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        line = (b"\n" if is_cut else b"") + sign(checkpoint, key)
        while line:  # a disk that is nearly full takes a part, and says so only of the rest
            line = line[os.write(handle, line) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return file


def read(folder: Path, log: str, public_keys: Iterable[str]) -> list[Checkpoint]:
    """Give the checkpoints of a log in the order they were written; lines cut off are left out.

    Args:
        folder: where the files are; an absent one holds none.
        log: as in the files' names.
        public_keys: base64, of whoever may have signed.

    Raises:
        CheckpointKeyInvalid: a public key is none.
        CheckpointForged: a line is not signed by any of the keys, was changed since, or is
            another log's.
    """
    raw = [_thirty_two_bytes(text) for text in public_keys]
    keys = {_key_id(each): Ed25519PublicKey.from_public_bytes(each) for each in raw}
    found: list[Checkpoint] = []
    for file in sorted(folder.glob(f"{log}-*.jsonl")):
        for place, line in enumerate(file.read_bytes().splitlines(), 1):
            try:
                told = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            where = f"{file.name}:{place}"
            proved = _proved(told, keys, where)
            if proved.log != log:
                raise CheckpointForged(where=where)
            found.append(proved)
    return found


def last_of(checkpoints: Sequence[Checkpoint]) -> Checkpoint | None:
    """Give the one that claims most; None: there is none."""
    return max(checkpoints, key=lambda each: each.number, default=None)


def checkpoint(log: str, number: int, hash_: bytes, at: datetime) -> Checkpoint:
    """Put a checkpoint together."""
    return Checkpoint(log, number, hash_, moment(at))
