"""The library's log, structured like ours and without the arguments of jobs."""

from __future__ import annotations

import logging

import structlog

log = structlog.get_logger("addrsvc")


class _Structured(logging.Handler):
    """Keeps of each record what happened to which job; its text names the arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        job = getattr(record, "job", None) or {}
        if not job and record.levelno < logging.WARNING:
            return
        seconds = getattr(record, "duration", None)
        facts = {
            "job": job.get("id"),
            "task": job.get("task_name"),
            "duration_ms": None if seconds is None else round(seconds * 1000),
            "exc_info": record.exc_info or None,
        }
        log.log(
            record.levelno,
            getattr(record, "action", None) or "queue",
            **{name: fact for name, fact in facts.items() if fact is not None},
        )


def configure() -> None:
    """Send what the queue library logs the way of our own log. Call once at start."""
    logger = logging.getLogger("procrastinate")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [_Structured()]
