"""Keys and documents: who can open what, and how a value is found again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.personal.crypto import Keyring, keyring, new_key, read_key_file, write_key_file
from addrsvc.personal.errors import (
    EncryptionKeyMissing,
    EncryptionKeysInvalid,
    EncryptionKeyUnknown,
)
from addrsvc.settings import Settings

OLD, NEW = new_key(), new_key()


@given(st.binary(max_size=300), st.text(max_size=20).filter(lambda text: "\0" not in text))
def test_what_is_sealed_opens_for_what_it_belongs_to(plain: bytes, owner: str) -> None:
    ring = Keyring([NEW, OLD])
    sealed = ring.encrypt(plain, bound_to=owner)
    assert sealed.key_id == ring.key_id
    assert ring.decrypt(sealed.token, bound_to=owner) == plain


def test_a_token_moved_to_another_row_is_refused() -> None:
    ring = Keyring([NEW])
    token, key_id = ring.encrypt(b"Bia", bound_to="holder:1")
    with pytest.raises(EncryptionKeyUnknown) as caught:
        ring.decrypt(token, bound_to="holder:2", key_id=key_id)
    assert caught.value.key_id == key_id
    with pytest.raises(EncryptionKeyUnknown):
        ring.decrypt(token[:-4] + "AAA=", bound_to="holder:1")
    with pytest.raises(EncryptionKeyUnknown):
        ring.decrypt("đ", bound_to="holder:1")


def test_a_rotated_ring_reads_the_old_and_finds_by_every_key() -> None:
    before, during, after = Keyring([OLD]), Keyring([NEW, OLD]), Keyring([NEW])
    sealed = before.encrypt(b"Bia", bound_to="x")
    assert during.decrypt(sealed.token, bound_to="x") == b"Bia"
    assert during.key_ids == [after.key_id, before.key_id]
    with pytest.raises(EncryptionKeyUnknown):
        after.decrypt(sealed.token, bound_to="x")
    assert before.index("name", "bia") in during.indexes("name", "bia")
    assert after.index("name", "bia") in during.indexes("name", "bia")
    assert before.index("name", "bia") != after.index("name", "bia")


def test_equal_values_of_two_kinds_have_different_indexes() -> None:
    ring = Keyring([NEW])
    assert ring.index("name", "1") != ring.index("phone", "1")
    assert len(ring.index("name", "1")) == 32


def test_keys_come_from_settings_or_a_file_read_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ADDRSVC_ENCRYPTION_KEYS")
    with pytest.raises(EncryptionKeyMissing):
        keyring(Settings(encryption_key_file=None))
    given_keys = Settings.model_validate({"encryption_keys": f" {NEW}, {OLD} "})
    assert keyring(given_keys).key_ids == Keyring([NEW, OLD]).key_ids
    path = tmp_path / "encryption.keys"
    settings = Settings(encryption_key_file=path)
    with pytest.raises(EncryptionKeyMissing):
        keyring(settings)
    write_key_file(path, [OLD])
    assert path.stat().st_mode & 0o777 == 0o600
    assert keyring(settings).key_id == Keyring([OLD]).key_id
    write_key_file(path, [NEW, OLD])
    os.utime(path, ns=(1, 1))  # a clock too coarse to tell them apart
    assert keyring(settings).key_id == Keyring([NEW]).key_id
    assert read_key_file(path) == [NEW, OLD]
    assert read_key_file(tmp_path / "none") == []


@pytest.mark.parametrize(
    "text",
    ["", "abc", NEW[:-8], NEW + "\n" + "x" * 44],
    ids=["empty", "short", "cut", "second is none"],
)
def test_what_is_no_key_is_told_without_showing_it(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ADDRSVC_ENCRYPTION_KEYS")
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(EncryptionKeysInvalid) as caught:
        keyring(Settings(encryption_key_file=path))
    assert not text or text[:8] not in str(caught.value)
    said = caught.value.text("vi")
    assert "khóa" in said.partition(":")[2].partition(".")[0]
    assert " in it" not in said
    with pytest.raises(EncryptionKeysInvalid):
        keyring(Settings(encryption_key_file=tmp_path))  # a folder


def test_a_bad_key_is_not_told_in_the_error() -> None:
    with pytest.raises(ValueError, match="32") as caught:
        Keyring([NEW[:-4]])
    assert NEW[:20] not in str(caught.value)
