"""A file that grows by whole lines and can be gone on with from any position kept."""

from __future__ import annotations

import os
from pathlib import Path

from addrsvc.tabular.errors import ResultLost


class LinesFile:
    """Begins with given bytes, unless it goes on at a position."""

    def __init__(self, path: Path, begins: bytes, at: int) -> None:
        """Open the file and cut off what is behind the position.

        Raises:
            ResultLost: the file is gone, or shorter than that.
        """
        if at and (not path.exists() or path.stat().st_size < at):
            raise ResultLost(file=path.name)
        self._file = path.open("r+b" if at else "wb")
        self._file.truncate(at)
        self._file.seek(at)
        if not at:
            self._file.write(begins)

    def add(self, lines: bytes) -> None:
        """Add whole lines."""
        self._file.write(lines)

    def position(self) -> int:
        """Bring what was written to the disk; give how many bytes that are."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Bring it to the disk and close it."""
        self.position()
        self._file.close()
