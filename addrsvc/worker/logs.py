"""What libraries log, structured like our own and without the arguments of jobs."""

from __future__ import annotations

import logging
from typing import Final

import structlog

_QUEUE: Final = "procrastinate"

log = structlog.get_logger("addrsvc")


class _Structured(logging.Handler):
    """Keeps of the queue's records what happened to which job: their text names the arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        job = getattr(record, "job", None) or {}
        if not job and record.levelno < logging.WARNING:
            return
        seconds = getattr(record, "duration", None)
        facts = {
            "job": job.get("id"),
            "task": job.get("task_name"),
            "duration_ms": None if seconds is None else round(seconds * 1000),
            "message": None if record.name.startswith(_QUEUE) else record.getMessage(),
            "exc_info": record.exc_info or None,
        }
        log.log(
            record.levelno,
            getattr(record, "action", None) or record.name,
            **{name: fact for name, fact in facts.items() if fact is not None},
        )


def configure() -> None:
    """Send what the queue and the connection pools log the way of our own. Call once at start."""
    for name, level in ((_QUEUE, logging.INFO), ("psycopg.pool", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        logger.handlers = [_Structured()]
