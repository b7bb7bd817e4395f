"""A private cluster has an owner, a writer and a reader, also when it was made with fewer."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from addrsvc.certificates.keys import signer_of
from addrsvc.certificates.signing import new_seed
from addrsvc.cli import serve
from addrsvc.cli.served import (
    certificate_key_file,
    find_served_database,
    key_file,
    remember_served,
)
from addrsvc.db.cluster import PrivateCluster
from addrsvc.db.cluster_conf import State
from addrsvc.db.migrate import upgrade
from addrsvc.db.roles import READER, WRITER
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.personal.crypto import read_key_file
from addrsvc.settings import Settings


def who_am_i(url: str) -> tuple[str, bool]:
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT current_user, has_table_privilege('audit_entry', 'DELETE')"
        ).fetchone()
    assert found is not None
    return str(found[0]), bool(found[1])


def test_three_roles_each_with_its_password_also_in_a_cluster_of_an_earlier_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with throw_away_cluster() as cluster:
        upgrade(cluster.create_database("addrsvc"))
        urls = cluster.urls("addrsvc")
        assert who_am_i(urls.owner) == ("addrsvc", True)
        with psycopg.connect(urls.reader) as conn:
            systems = "SELECT count(*) FROM spatial_ref_sys WHERE auth_name = 'addrsvc'"
            assert conn.execute(systems).fetchone() == (21,)
        assert who_am_i(urls.writer) == (WRITER, False)
        assert who_am_i(urls.reader) == (READER, False)
        with psycopg.connect(cluster.superuser_url("addrsvc"), autocommit=True) as admin:
            for role in (WRITER, READER):
                admin.execute(f"DROP OWNED BY {role}".encode())
                admin.execute(f"DROP ROLE {role}".encode())
        file = cluster.data_dir / "cluster.json"
        state = json.loads(file.read_text())
        del state["writer_password"], state["reader_password"], state["has_keys"]
        file.write_text(json.dumps(state))
        assert set(State(**state).urls("addrsvc")) == {urls.owner}
        with PrivateCluster(cluster.data_dir, durable=False) as again:
            upgrade(again.create_database("addrsvc"))
            assert who_am_i(again.urls("addrsvc").writer) == (WRITER, False)
            remember_served(again.data_dir, "addrsvc")
            monkeypatch.setenv("ADDRSVC_DATA_DIR", str(again.data_dir))
            assert find_served_database() == (again.urls("addrsvc"), key_file(again.data_dir))


def test_the_key_file_is_made_once_and_missed_when_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ADDRSVC_ENCRYPTION_KEYS")
    monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEY_FILE", "")
    path = key_file(tmp_path)
    serve._find_keys(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(read_key_file(path)) == 1
    assert str(path) in capsys.readouterr().out
    monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEY_FILE", "")
    serve._find_keys(tmp_path)
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEY_FILE", "")
    path.unlink()
    serve._find_keys(tmp_path)
    assert not path.exists()
    assert "backup" in capsys.readouterr().out
    monkeypatch.setenv("ADDRSVC_ENCRYPTION_KEYS", "given by the operator")
    serve._find_keys(tmp_path)
    assert not path.exists()


def test_certificates_are_signed_with_a_key_of_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_CERTIFICATE_KEY_FILE", "")
    monkeypatch.setenv("ADDRSVC_CERTIFICATE_KEY", new_seed())
    serve._find_certificate_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("ADDRSVC_CERTIFICATE_KEY", "")
    keys = []
    for _ in range(2):  # made at the first start, found at the next
        monkeypatch.setenv("ADDRSVC_CERTIFICATE_KEY_FILE", "")
        serve._find_certificate_key(tmp_path)
        keys.append(signer_of(Settings()).key_id)
    assert keys[0] == keys[1]
    assert certificate_key_file(tmp_path).stat().st_mode & 0o777 == 0o600
