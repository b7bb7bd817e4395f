"""Let other commands find the database that ``addrsvc serve`` serves from its private cluster."""

from __future__ import annotations

import os
from pathlib import Path

from addrsvc.db.cluster_conf import Urls, read_state, write_state
from addrsvc.db.postmaster import find_postmaster

_NAME = "served-database"
_KEYS = "encryption.keys"
_CERTIFICATE_KEY = "certificates.key"


def default_data_dir() -> Path:
    """Give where data live unless told otherwise: a place PostgreSQL's user can reach."""
    if os.geteuid() == 0:
        return Path("/var/lib/addrsvc")  # root's home is closed to the server's user
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "addrsvc"


def remember_served(data_dir: Path, database: str) -> None:
    """Note which database of the private cluster is being served."""
    (data_dir / _NAME).write_text(database)


def forget_served(data_dir: Path) -> None:
    """Note that none is."""
    (data_dir / _NAME).unlink(missing_ok=True)


def key_file(data_dir: Path) -> Path:
    """Give where a private cluster's service keeps its encryption keys: never in the database."""
    return data_dir / _KEYS


def certificate_key_file(data_dir: Path) -> Path:
    """Give where it keeps the key that signs certificates."""
    return data_dir / _CERTIFICATE_KEY


def remember_keys_made(data_dir: Path) -> bool:
    """Note that the key file is about to be made; False: it was made before, and must be found."""
    state = read_state(data_dir)
    if state.has_keys:
        return False
    state.has_keys = True
    write_state(data_dir, state)
    return True


def find_served_database() -> tuple[Urls, Path] | None:
    """Find the database being served on this machine, and its key file, for the other commands.

    Looks in ADDRSVC_DATA_DIR, or the default data folder. None when no private cluster runs
    there, or when it is another user's.
    """
    data_dir = Path(os.environ.get("ADDRSVC_DATA_DIR") or default_data_dir())
    try:
        database = (data_dir / _NAME).read_text()
        if find_postmaster(data_dir / "postgres") is None:
            return None
        return read_state(data_dir).urls(database), key_file(data_dir)
    except (FileNotFoundError, PermissionError):
        return None
