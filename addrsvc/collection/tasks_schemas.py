"""Tasks as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from addrsvc.collection.areas import shown_name
from addrsvc.collection.progress import Progress
from addrsvc.collection.quality import Figures
from addrsvc.collection.splitting import Made, Split
from addrsvc.collection.tasks_model import (
    KIND_NAMES,
    MAX_NOTE,
    MAX_SPLIT,
    MAX_TITLE,
    TASK_STATE_NAMES,
    Changes,
    Named,
    NewTask,
    Part,
    Task,
    TaskKind,
)
from addrsvc.errors import Language


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00]*$"
_Commune = Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["25747"])]
_Title = Annotated[str, Field(min_length=1, max_length=MAX_TITLE, pattern=_LINE)]
_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
_Note = Annotated[
    str | None, Field(max_length=MAX_NOTE, pattern=_LINES, description="to the collector")
]
_Person = Annotated[
    str | None,
    Field(
        max_length=200,
        pattern=_LINE,
        description="id of a person; null: nobody yet",
        examples=["account:lan"],
    ),
]


class TaskIn(_Closed):
    """A task to be made."""

    kind: TaskKind
    commune_code: _Commune
    title: Annotated[_Title | None, Field(description="null: after its area")] = None
    locality: Annotated[
        tuple[_Name, _Name] | None,
        Field(description="kind and name, as addresses have them", examples=[["khu_pho", "3"]]),
    ] = None
    street: _Name | None = None
    area: Annotated[
        dict[str, Any] | None,
        Field(description="GeoJSON Polygon or MultiPolygon, WGS 84, at most 500 corners"),
    ] = None
    assigned_to: _Person = None
    due_on: date | None = None
    note: _Note = None

    def to_new(self) -> NewTask:
        """Give the value object."""
        named = None
        if self.locality is not None:
            named = Named(self.locality[1], self.locality[0])
        elif self.street is not None:
            named = Named(self.street)
        return NewTask(
            self.kind,
            self.commune_code,
            self.title,
            named,
            self.area,
            self.assigned_to or None,
            self.due_on,
            self.note or None,
        )


class SplitIn(_Closed):
    """What a commune is split by."""

    commune_code: _Commune
    by: Literal["locality", "street"]
    names: Annotated[
        list[_Name] | None,
        Field(min_length=1, max_length=MAX_SPLIT, description="only these; null: all"),
    ] = None
    least: Annotated[
        int, Field(ge=0, le=100_000, description="addresses a part has that is not named")
    ] = 1
    assigned_to: _Person = None
    due_on: date | None = None
    note: _Note = None

    def to_split(self) -> Split:
        """Give the value object."""
        return Split(
            self.commune_code,
            TaskKind(self.by),
            self.names,
            self.least,
            self.assigned_to or None,
            self.due_on,
            self.note or None,
        )


class ChangeIn(_Closed):
    """What is said anew; what is left out stays as it is."""

    title: _Title = ""
    assigned_to: _Person = None
    due_on: date | None = None
    note: _Note = None

    def to_changes(self) -> Changes:
        """Give the value object."""
        return Changes({name: getattr(self, name) or None for name in self.model_fields_set})


def task_out(task: Task, day: date, language: Language) -> dict[str, Any]:
    """Give a task; what is only in one of many is left out of lists."""
    out: dict[str, Any] = {
        "task_id": str(task.task_id),
        "title": task.title,
        "kind": task.kind.value,
        "kind_name": KIND_NAMES[task.kind].in_(language),
        "commune_code": task.commune_code,
        "named": None if task.named is None else task.named.to_json(),
        "state": task.state.value,
        "state_name": TASK_STATE_NAMES[task.state].in_(language),
        "assigned_to": task.assigned_to,
        "due_on": None if task.due_on is None else task.due_on.isoformat(),
        "days_left": task.days_left(day),
        "note": task.note,
        "version": task.version,
        "created_by": task.created_by,
        "created_at": _moment(task.created_at),
        "changed_at": _moment(task.changed_at),
        "closed_at": _moment(task.closed_at),
        "links": {
            "package": f"/v1/collection/tasks/{task.task_id}/package",
            "progress": f"/v1/collection/tasks/{task.task_id}/progress",
            "page": f"/collection/tasks/{task.task_id}",
        },
    }
    return out


def made_out(made: Made, day: date, language: Language) -> dict[str, Any]:
    """Give what came of splitting a commune."""
    return {
        "items": [task_out(each, day, language) for each in made.tasks],
        "there_already": list(made.there_already),
    }


def part_out(part: Part) -> dict[str, Any]:
    """Give a part of a commune."""
    named = part.named
    return {
        "kind": named.kind,
        "name": named.name,
        "shown": shown_name(named),
        "addresses": part.addresses,
    }


def progress_out(task: Task, progress: Progress, day: date) -> dict[str, Any]:
    """Give how far a task is."""
    out = asdict(progress) | {"last_at": _moment(progress.last_at)}
    return {
        "task_id": str(task.task_id),
        **out,
        "visited_percent": round(progress.share * 100, 1),
        "days_left": task.days_left(day),
    }


def figures_out(figures: Figures) -> dict[str, Any]:
    """Give the figures of a collector."""
    out = asdict(figures)
    for name in ("accuracy_m", "review_s"):
        out[name] = None if out[name] is None else round(out[name], 1)
    return out


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
