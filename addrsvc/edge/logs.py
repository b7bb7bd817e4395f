"""Structured logs: one JSON object a line on standard output, and nothing in it people typed.

An error is told by its type, where it was raised and, for the database's, by the names of state,
table, column and constraint. What it says is left out: drivers and parsers quote values there
(``DETAIL: Key (phone)=(09…)``).
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any, Final

import orjson
import psycopg
import structlog
from sqlalchemy.exc import DBAPIError
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import ExcInfo

_MAY_SPEAK: Final = frozenset({"psycopg.pool"})
"""Libraries whose whole message is kept: it is about connections."""


def configure() -> None:
    """Set up structlog for a server process, and what libraries log. Call once at start."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_told),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root, server = logging.getLogger(), logging.getLogger("uvicorn")
    root.handlers = root.handlers or [_Structured()]
    server.handlers = [_Structured()]
    server.propagate = False


class _Structured(logging.Handler):
    """Gives what a library logs without the values it puts into its sentences."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING:
            return
        said = record.getMessage() if record.name in _MAY_SPEAK else str(record.msg)
        facts: dict[str, Any] = {"exc_info": record.exc_info} if record.exc_info else {}
        structlog.get_logger("addrsvc").log(
            record.levelno, "library", library=record.name, said=said[:300], **facts
        )


# no local variables either: they hold what people typed
_frames: Final = ExceptionDictTransformer(show_locals=False)


def _told(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """Give an error as data: the chain of types with their frames, never what they say."""
    told = [
        {"exc_type": each["exc_type"], "is_cause": each["is_cause"], "frames": each["frames"]}
        for each in _frames(exc_info)
    ]
    told[0] |= facts_of(exc_info[1])
    return told


def facts_of(error: BaseException) -> dict[str, str]:
    """Give what may be told of the database's error at the bottom of another, by names only."""
    for each in _chain(error):
        cause = each.orig if isinstance(each, DBAPIError) else each
        if isinstance(cause, psycopg.Error):
            diagnosis = cause.diag
            named = {
                "sqlstate": cause.sqlstate,
                "table": diagnosis.table_name,
                "column": diagnosis.column_name,
                "constraint": diagnosis.constraint_name,
            }
            return {name: value for name, value in named.items() if value}
    return {}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def tell_defect(error: BaseException) -> None:
    """Print a defect that ended a command: where it happened, never the values it had in hand."""
    for each in reversed(list(_chain(error))):
        told = f"{type(each).__module__}.{type(each).__qualname__}"
        sys.stderr.write("".join(traceback.format_tb(each.__traceback__)) + told + "\n")
    for name, value in facts_of(error).items():
        sys.stderr.write(f"{name}: {value}\n")
