"""Named SQL kept beside the code that runs it.

A ``queries.sql`` file is a run of blocks::

    -- address_by_code --
    -- Purpose line; parameters with unit and CRS; the index relied on.
    SELECT ... WHERE code = any(%(codes)s);

Parameters are psycopg's ``%(name)s``; values are always bound. A test PREPAREs every block.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import LiteralString, cast

_HEADER = re.compile(r"^-- ([a-z0-9_]+) --$", re.MULTILINE)


class Queries:
    """The named statements of one package, by attribute-like lookup ``queries["name"]``."""

    def __init__(self, package: str, file: str = "queries.sql") -> None:
        text = resources.files(package).joinpath(file).read_text(encoding="utf-8")
        parts = _HEADER.split(text)
        names, bodies = parts[1::2], parts[2::2]
        if len(set(names)) != len(names):
            raise ValueError(f"{package}/{file} names a query twice")
        self._statements = {
            name: body.strip().removesuffix(";") for name, body in zip(names, bodies, strict=True)
        }

    def __getitem__(self, name: str) -> LiteralString:
        """Give one statement.

        Raises:
            KeyError: no block of that name in the file.
        """
        # The text ships with the package: to the type checker it is a literal.
        return cast("LiteralString", self._statements[name])

    def names(self) -> list[str]:
        """Give the names in file order."""
        return list(self._statements)
