"""What operators and their machines ask: alive, ready, metrics; and what a problem means."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Annotated, Any, Final

import psycopg
from fastapi import APIRouter, Path, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from psycopg_pool import PoolTimeout

from addrsvc.db.doors import Reader
from addrsvc.db.read_only import patience_with_primary_s
from addrsvc.db.release import head
from addrsvc.db.web import AppSettings, ReadDoor
from addrsvc.errors import leaves
from addrsvc.problems import STATUS, RouteUnknown, language_of
from addrsvc.queue.presence import hear_of_workers
from addrsvc.settings import Settings

router = APIRouter(tags=["operations"])

_AGAIN_S: Final = "5"
_SHARE_OF_DEADLINE: Final = 0.5
"""Longer ``/readyz`` waits for no database."""


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the process answers; says nothing about the database."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    responses={
        503: {
            "description": "not ready, with the remedy",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def readyz(
    pool: ReadDoor, settings: AppSettings, request: Request, response: Response
) -> dict[str, Any]:
    """Tell whether lookups work: the database answers and has this release's schema.

    Names for geocoding are read after the start; until then ``gazetteer`` says ``loading``.
    Status ``read-only``: ready for lookups, writes are refused just now. ``failing`` names the
    work beside the requests that an error ended and that is begun again: answers still come,
    from what was read before. ``worker`` tells how many processes run jobs and what happens by
    itself: without one lookups go on, but the feed of changes stands still.
    """
    deadline_s = settings.request_deadline_s
    patience_s = min(patience_with_primary_s(deadline_s), deadline_s * _SHARE_OF_DEADLINE)
    try:
        async with asyncio.timeout(patience_s), pool.connection() as conn:
            cursor = await conn.execute(
                "SELECT (SELECT version_num FROM alembic_version), pg_is_in_recovery()"
            )
            row = await cursor.fetchone()
            worker = await _worker(conn, settings)
    except (TimeoutError, PoolTimeout, psycopg.Error):
        response.status_code = 503
        response.headers["Retry-After"] = _AGAIN_S
        return {
            "status": "not ready",
            "database": "unreachable",
            "remedy": "start PostgreSQL, or mend ADDRSVC_DATABASE_URL / ADDRSVC_READ_DATABASE_URL",
        }
    revision, in_recovery = row if row is not None else (None, None)
    wanted = head()
    if revision != wanted:
        response.status_code = 503
        response.headers["Retry-After"] = _AGAIN_S
        return {
            "status": "not ready",
            "schema": revision,
            "wanted": wanted,
            "remedy": "run: addrsvc migrate (or upgrade the software, if the schema is newer)",
        }
    failing = request.app.state.background.failing()
    remedy = {"remedy": "report the error the log tells of; restart if names stay old"}
    return {
        "status": "read-only" if request.app.state.read_only.is_on else "ready",
        "schema": revision,
        "reads_from": _role(standby=bool(in_recovery)),
        "gazetteer": "loading" if request.app.state.gazetteer.gazetteer is None else "loaded",
        "failing": failing,
        "worker": worker,
        **_tiles(request.app.state.basemap.unfit()),
        **(remedy if failing else {}),
    }


def _tiles(unfit: list[str]) -> dict[str, object]:
    """Name operators' files of tiles that are not served; that is no reason to answer nothing."""
    if not unfit:
        return {}
    return {"tiles": {"unfit": unfit, "remedy": "run: addrsvc tiles check; then start again"}}


async def _worker(conn: Reader, settings: Settings) -> Mapping[str, object] | None:
    """Tell of workers; None: this database cannot, which is no reason to answer no lookups."""
    try:
        return await hear_of_workers(conn, stalled_s=settings.worker_stalled_s)
    except psycopg.Error:
        return None


def _role(*, standby: bool) -> str:
    return "standby" if standby else "primary"


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics() -> Response:
    """Give Prometheus metrics, summed over the workers where there are several."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped upstream
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/problems/{slug}", tags=["problems"])
async def problem(slug: Annotated[str, Path(max_length=80)], request: Request) -> dict[str, Any]:
    """Say what a problem type means; ``type`` of every problem document points here."""
    language = language_of(request)
    leaf = leaves().get(slug)
    if leaf is None:
        raise RouteUnknown
    return {
        "type": f"/problems/{slug}",
        "title": leaf.title.in_(language),
        "status": STATUS[leaf.kind],
        "template": leaf.message.in_(language),
    }
