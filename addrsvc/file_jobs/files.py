"""Where the files of jobs stand: a folder per job, under the one all processes share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, slots=True)
class JobFiles:
    """The files of one job. Whoever makes the folder makes it with mode 0700."""

    folder: Path

    @classmethod
    def of(cls, files_dir: Path, job_id: UUID) -> JobFiles:
        """Give those of a job."""
        return cls(files_dir / str(job_id))

    def input(self, file_name: str) -> Path:
        """Give the file as received, under a name of ours with the ending it came with."""
        return self.folder / f"input{Path(file_name).suffix.lower()}"

    @property
    def parts(self) -> Path:
        """Give the folder of parts."""
        return self.folder / "parts"

    def part_in(self, part: int) -> Path:
        """Give the rows of a part as read."""
        return self.parts / f"{part:07}.in"

    def part_out(self, part: int) -> Path:
        """Give the rows of a part as they go into the result: there only once it is whole."""
        return self.parts / f"{part:07}.out"

    def part_codes(self, part: int) -> Path:
        """Give the lines of ``codes`` that are of a part: there before ``part_out``."""
        return self.parts / f"{part:07}.codes"

    @property
    def codes(self) -> Path:
        """Give the list of rows whose answer names a registered address.

        A JSON array ``[line, code]`` a line, in the order of the file; code: ten digits.
        """
        return self.folder / "codes.ndjson"

    @property
    def lock(self) -> Path:
        """Give the file that whoever writes the result holds."""
        return self.folder / "writing.lock"

    def result(self, ending: str) -> Path:
        """Give the result, by the ending of its format (without the dot)."""
        return self.folder / f"result.{ending}"
