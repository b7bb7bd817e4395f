"""Let other commands find the database that ``addrsvc serve`` serves from its private cluster."""

from __future__ import annotations

import os
from pathlib import Path

from addrsvc.db.cluster import find_owner_url

_NAME = "served-database"


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


def find_served_database() -> str | None:
    """Find the libpq URL of the database being served on this machine, for the other commands.

    Looks in ADDRSVC_DATA_DIR, or the default data folder. None when no private cluster runs
    there, or when it is another user's.
    """
    data_dir = Path(os.environ.get("ADDRSVC_DATA_DIR") or default_data_dir())
    try:
        database = (data_dir / _NAME).read_text()
        return find_owner_url(data_dir, database)
    except (FileNotFoundError, PermissionError):
        return None
