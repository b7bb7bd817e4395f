"""Folders of files that came, each named by the id of what it belongs to."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

log = structlog.get_logger("addrsvc")


def list_folders(root: Path) -> list[UUID]:
    """Give the ids there are folders of; what is named otherwise is not ours."""
    try:
        names = [each.name for each in os.scandir(root) if each.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    found = []
    for name in names:
        try:
            folder_id = UUID(name)
        except ValueError:
            continue
        if str(folder_id) == name:
            found.append(folder_id)
    return found


def has_moved(path: Path, since: datetime) -> bool:
    """Tell whether a file is there and was written to at that moment or later."""
    try:
        return path.stat().st_mtime >= since.timestamp()
    except FileNotFoundError:
        return False


def remove_folder(folder: Path) -> bool:
    """Delete a folder with all that is in it; False: some of it is still there."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return not folder.exists()
    except OSError as error:
        log.warning("files not deleted", folder=folder.name, error=type(error).__name__)
        return False
    return True
