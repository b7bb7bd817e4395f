"""What is asked of jobs over files, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from addrsvc import __version__
from addrsvc.auth.model import Principal
from addrsvc.errors import Language, Text, problem_shown
from addrsvc.file_jobs.changes import RowChange
from addrsvc.file_jobs.errors import ColumnGiven
from addrsvc.file_jobs.model import STATE_NAMES, FileJob, JobState, Kind
from addrsvc.file_jobs.progress import Standing
from addrsvc.file_jobs.receiving import clean_name
from addrsvc.file_jobs.service import Asked
from addrsvc.geo import crs as systems
from addrsvc.problems import language_of
from addrsvc.registry.model import ACT_NAMES
from addrsvc.registry.schemas import address_out
from addrsvc.tabular.encoding import named

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
"""Of results, by format."""

_SAME: Final = {"jsonl": "ndjson", "json": "geojson", "geoparquet": "parquet"}
"""Formats of results by endings of files, where they are not the same word."""

_NO_WORKER: Final = Text(
    "Chưa có tiến trình nào nhận tệp nên việc chưa chạy. Quản trị viên cần chạy: "
    "addrsvc worker --queues files",
    "No worker takes files just now, so nothing goes on. The operator has to start one: "
    "addrsvc worker --queues files",
)

_OF_ADDRESS: Final = (
    "code",
    "status",
    "status_name",
    "label",
    "commune",
    "position",
    "successors",
)

Role = Annotated[str, Field(min_length=1, max_length=40)]
Column = Annotated[str, Field(max_length=500)]


class StartIn(BaseModel):
    """Columns chosen by a person."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"columns": {"address": "Địa chỉ"}}}
    )

    columns: dict[Role, Column] = Field(
        default_factory=dict,
        max_length=100,
        description="role → name of a column of the file, or an empty text for none; roles left "
        "out are as asked first, or guessed",
    )


KindAsked = Annotated[Kind, Query(description="what is done with every row")]
NameAsked = Annotated[
    str,
    Query(
        min_length=1,
        max_length=1_000,
        description="of the file; its ending says the format",
        examples=["ho-so.csv"],
    ),
]
ResultAsked = Annotated[
    Literal["csv", "xlsx", "ndjson", "geojson", "gpkg", "parquet"] | None,
    Query(description="format of the result; left out: that of the file"),
]
ColumnsAsked = Annotated[
    list[str] | None,
    Query(
        max_length=100,
        description="role:name of a column, once for each role; role: alone for none; those left "
        "out are guessed",
        examples=[["address:Địa chỉ"]],
    ),
]
EncodingAsked = Annotated[
    str | None, Query(max_length=40, description="of a text file; left out: found out")
]
LayerAsked = Annotated[
    str | None, Query(max_length=200, description="layer or sheet; left out: the first")
]
CrsAsked = Annotated[
    str | None,
    Query(max_length=200, description="of coordinates, such as EPSG:9210; left out: WGS 84"),
]
DayAsked = Annotated[date | None, Query(description="legal day whose units count; left out: today")]
StartAsked = Annotated[
    bool, Query(description="false: wait for the columns to be confirmed with :start")
]


def asked_for(
    request: Request,
    kind: KindAsked,
    name: NameAsked,
    *,
    result: ResultAsked = None,
    column: ColumnsAsked = None,
    encoding: EncodingAsked = None,
    layer: LayerAsked = None,
    crs: CrsAsked = None,
    at: DayAsked = None,
    start: StartAsked = True,
) -> Asked:
    """Read what is asked of a file.

    Raises:
        FormatUnknown: of no kind that is read here.
        ColumnGiven, EncodingUnknown, CrsNotUnderstood: see there.
    """
    file_name = clean_name(name)
    if crs:
        systems.parse(crs)
    options = {
        "result": result or result_of_name(file_name),
        "columns": columns_of(column or ()),
        "encoding": named(encoding) if encoding else None,
        "layer": layer or None,
        "crs": crs or None,
        "at": None if at is None else at.isoformat(),
        "language": language_of(request),
        "start": start,
        "software": __version__,
    }
    return Asked(kind, file_name, options)


def result_of_name(file_name: str) -> str:
    """Give the format of a result nobody named: that of the file, CSV for other texts.

    >>> [result_of_name(each) for each in ("a.XLSX", "a.jsonl", "a.tsv")]
    ['xlsx', 'ndjson', 'csv']
    """
    ending = PurePosixPath(file_name).suffix.lower().removeprefix(".")
    ending = _SAME.get(ending, ending)
    return ending if ending in MEDIA_TYPES else "csv"


def columns_of(given: Sequence[str]) -> dict[str, str]:
    """Read columns given as ``role:name``; names may hold colons, and none means no column.

    >>> columns_of(["address:Địa chỉ", "commune:Xã: mới", "lon:"])
    {'address': 'Địa chỉ', 'commune': 'Xã: mới', 'lon': ''}

    Raises:
        ColumnGiven: one is of another form, or a role comes twice.
    """
    columns: dict[str, str] = {}
    for each in given:
        role, colon, column = each.partition(":")
        role, column = role.strip(), column.strip()
        if not role or not colon or role in columns:
            raise ColumnGiven(given=each[:80])
        columns[role] = column
    return columns


def job_line(job: FileJob, language: Language) -> dict[str, Any]:
    """Give a job for a list: without what was found in its file."""
    return {
        "job_id": str(job.job_id),
        "kind": job.kind.value,
        "file_name": job.file_name,
        "state": job.state.value,
        "state_name": STATE_NAMES[job.state].in_(language),
        "created_at": _moment(job.created_at),
        "began_at": _moment(job.began_at),
        "ended_at": _moment(job.ended_at),
        "expires_at": _moment(job.expires_at),
        "files_gone_at": _moment(job.files_gone_at),
        "bytes": job.input_bytes,
        "rows": {"total": job.rows_total, "done": job.rows_done},
        "counts": dict(job.counts),
        "problem": None if job.problem is None else problem_shown(job.problem, language),
        "links": _links(job),
    }


def job_out(standing: Standing, language: Language) -> dict[str, Any]:
    """Give a job with what was found in its file, how it goes, and its receipt once it is over."""
    job = standing.job
    return {
        **job_line(job, language),
        "options": dict(job.options),
        "found": job.found,
        **progress_out(standing, language),
        "receipt": receipt_out(job) if job.state.is_over else None,
    }


def progress_out(standing: Standing, language: Language) -> dict[str, Any]:
    """Give how a job goes: what is told again and again while it runs."""
    job = standing.job
    pace = standing.rows_per_s
    waits = None
    if standing.workers is not None:
        note = None if standing.workers else _NO_WORKER.in_(language)
        waits = {"ahead": standing.ahead, "workers": standing.workers, "note": note}
    return {
        "job_id": str(job.job_id),
        "state": job.state.value,
        "state_name": STATE_NAMES[job.state].in_(language),
        "rows": {
            "total": job.rows_total,
            "done": job.rows_done,
            "per_s": None if pace is None else round(pace, 1),
            "left_s": None if standing.left_s is None else round(standing.left_s),
        },
        "parts": {"total": job.parts, "written": job.parts_written},
        "counts": dict(job.counts),
        "queue": waits,
        "problem": None if job.problem is None else problem_shown(job.problem, language),
        "links": _links(job),
    }


def receipt_out(job: FileJob) -> dict[str, Any]:
    """Give what is kept of a job when its files are gone."""
    options = dict(job.options)
    software = options.pop("software", None)
    return {
        "asked": {"kind": job.kind.value, "file_name": job.file_name, **options},
        "columns": (job.found or {}).get("roles"),
        "input": {"bytes": job.input_bytes, "sha256": job.input_sha256},
        "rows": job.rows_total,
        "counts": dict(job.counts),
        "result": None
        if job.result_sha256 is None
        else {"name": job.result_name, "bytes": job.result_bytes, "sha256": job.result_sha256},
        "event_first": job.event_first,
        "event_last": job.event_last,
        "software": software,
    }


def change_out(
    change: RowChange, job: FileJob, principal: Principal, language: Language
) -> dict[str, Any]:
    """Give one row whose address was written about, as the principal may see it."""
    address = change.changed.address
    present = None
    if address is not None:
        whole = address_out(address, principal, language)
        present = {name: whole[name] for name in _OF_ADDRESS}
    return {
        "line": change.line,
        "code": change.code,
        "changes": [
            {
                "act": done.act,
                "act_name": ACT_NAMES[done.act].in_(language),
                "recorded_at": _moment(done.recorded_at),
                "may_be_in_answers": job.ended_at is None or done.recorded_at <= job.ended_at,
            }
            for done in change.changed.done
        ],
        "address": present,
    }


def _links(job: FileJob) -> dict[str, str]:
    path = f"/v1/jobs/{job.job_id}"
    links = {"self": path}
    if job.state is JobState.DONE and job.files_gone_at is None:
        links |= {"result": f"{path}/result", "changes": f"{path}/changes"}
    if job.state is JobState.NEEDS_COLUMNS:
        links["start"] = f"{path}:start"
    if not job.state.is_over:
        links |= {"progress": f"{path}/progress", "cancel": f"{path}:cancel"}
    return links


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
