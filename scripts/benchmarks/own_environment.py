"""Environments of tools that are measured or used beside the service, never in its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path


def own_environment(name: str, made_of: str, installs: Sequence[Sequence[str]]) -> Path:
    """Make an environment in the cache folder unless it is there; give its Python.

    ``made_of``: what it was made of; another text makes it anew. ``installs``: arguments of one
    ``pip install`` each, in order.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "addrsvc-bench" / name
    python, stamp = folder / "bin" / "python", folder / "made-of"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_of:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    for arguments in installs:
        subprocess.run([*pip, *arguments], check=True)  # noqa: S603 -- pinned lists of our own
    stamp.write_text(made_of, encoding="utf-8")
    return python
