"""The JSON of files of drafts and of what was found in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

from fastapi import Query
from pydantic import ConfigDict, Field

from addrsvc.errors import Language, Text, problem_shown
from addrsvc.events.chain import moment
from addrsvc.planning.files.model import FAULTS, FILE_STATE_NAMES, Fault, FileState, ReadOptions
from addrsvc.planning.plan_files import PlanFile, invalid_left
from addrsvc.planning.uploading import Asked, asked_for
from addrsvc.registry.schemas import Closed

NO_WORKER: Final = Text(
    "Chưa có tiến trình nào nhận tệp nên tệp chưa được xử lý. Quản trị viên cần chạy: "
    "addrsvc worker --queues files",
    "No worker takes files just now, so nothing goes on. The operator has to start one: "
    "addrsvc worker --queues files",
)

WITH_WORKER: Final = frozenset({FileState.WAITING, FileState.CHECKING, FileState.STORING})
"""States in which a worker has to do something."""


_LINE: Final = r"^[^\x00-\x1f\x7f]*$"


class StoreIn(Closed):
    """Which repairs are taken when the zones of a file are stored."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"repairs": [3, 17]}]}
    )

    repairs: Annotated[
        Literal["all", "none"]
        | Annotated[tuple[Annotated[int, Field(ge=1, lt=2**31)], ...], Field(max_length=100_000)],
        Field(description="numbers of features whose proposed repair is taken"),
    ] = "none"
    leave_out: Annotated[
        bool, Field(description="zones that stay invalid are left out; else nothing is stored")
    ] = False

    def to_accepted(self) -> list[int] | None:
        """Give the numbers; None: all."""
        if self.repairs == "all":
            return None
        return [] if self.repairs == "none" else sorted(set(self.repairs))


def asked_of_file(
    plan_id: int,
    *,
    name: Annotated[
        str,
        Query(
            min_length=1,
            max_length=1_000,
            description=".gpkg, .geojson or a Shapefile as .zip",
            examples=["quy-hoach.gpkg"],
        ),
    ],
    crs: Annotated[
        str | None,
        Query(
            max_length=4_000,
            pattern=r"^[^\x00]*$",
            description="of its coordinates; left out: as the file says, or by their range",
            examples=["EPSG:9210"],
        ),
    ] = None,
    layer: Annotated[
        str | None, Query(max_length=200, pattern=_LINE, description="where it has several")
    ] = None,
    encoding: Annotated[
        Literal["utf-8", "cp1258", "tcvn3", "vni"] | None,
        Query(description="of its texts; left out: found out"),
    ] = None,
    code_column: Annotated[
        str | None,
        Query(max_length=200, pattern=_LINE, description="of land-use codes; else found out"),
    ] = None,
    label_column: Annotated[
        str | None,
        Query(max_length=200, pattern=_LINE, description="of names of zones; else found out"),
    ] = None,
) -> Asked:
    """Read what is asked of a file.

    Raises:
        PlanFormatUnknown, CrsNotUnderstood: see ``uploading.asked_for``.
    """
    options = ReadOptions(
        crs or None, layer or None, encoding, code_column or None, label_column or None
    )
    return asked_for(plan_id, name, options)


def file_line(file: PlanFile, language: Language, *, workers: int | None = None) -> dict[str, Any]:
    """Give a file without its report; ``workers``: processes that take files, where known."""
    base = f"/v1/plans/{file.plan_id}/files/{file.file_id}"
    is_stuck = file.state in WITH_WORKER and workers == 0
    return {
        "file_id": file.file_id,
        "plan_id": file.plan_id,
        "name": file.name,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "state": file.state.value,
        "state_name": FILE_STATE_NAMES[file.state].in_(language),
        "notice": NO_WORKER.in_(language) if is_stuck else None,
        "options": asdict(file.options),
        "problem": None if file.problem is None else problem_shown(file.problem, language),
        "sent_by": file.principal,
        "created_at": moment(file.created_at),
        "changed_at": moment(file.changed_at),
        "expires_at": moment(file.expires_at),
        "gone_at": None if file.gone_at is None else moment(file.gone_at),
        "links": {"self": base, "marks": f"{base}/marks"},
    }


def file_out(file: PlanFile, language: Language, *, workers: int | None = None) -> dict[str, Any]:
    """Give a file with its report."""
    report = None if file.report is None else report_out(file.report, language)
    return {**file_line(file, language, workers=workers), "report": report}


def report_out(report: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Give what was found in a file, faults with their names, as counted.

    ``invalid``: features that cannot be stored as they are; ``repairable`` of them have a repair
    proposed.
    """
    faults = []
    for slug, count in report["counts"].items():
        weight, title = FAULTS[Fault(slug)]
        faults.append(
            {"fault": slug, "weight": weight.value, "title": title.in_(language), "count": count}
        )
    invalid = invalid_left(report, [])
    return {
        **report,
        "counts": faults,
        "can_be_stored": report["zones"] > 0 and not invalid,
        "invalid": invalid,
        "repairable": invalid - invalid_left(report, None),
    }
