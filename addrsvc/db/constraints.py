"""Turn a violated constraint into the domain error it stands for, by constraint name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import IntegrityError

from addrsvc.errors import AddrsvcError


@contextmanager
def constraint_errors(known: Mapping[str, Callable[[], AddrsvcError]]) -> Iterator[None]:
    """Raise the mapped error when a named constraint is violated inside the block.

    Other violations pass through unchanged: they are bugs, and answered 500.
    """
    try:
        yield
    except IntegrityError as error:
        cause = error.orig
        if isinstance(cause, psycopg.Error):
            make = known.get(cause.diag.constraint_name or "")
            if make is not None:
                raise make() from error
        raise
