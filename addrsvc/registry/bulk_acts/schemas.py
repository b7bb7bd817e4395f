"""The JSON of bulk acts: what is asked for, and what is told of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.errors import Language
from addrsvc.registry.bulk_acts import planning
from addrsvc.registry.bulk_acts.engine import Progress
from addrsvc.registry.bulk_acts.mapping import MappingRow
from addrsvc.registry.bulk_acts.maps import as_geojson
from addrsvc.registry.bulk_acts.model import BULK_KIND_NAMES, WHY_TEXTS, BulkAct, BulkKind
from addrsvc.registry.bulk_acts.planning import Spec
from addrsvc.registry.bulk_acts.preview import Preview
from addrsvc.registry.bulk_acts.undecided import Left
from addrsvc.registry.changes_schemas import InstrumentIn
from addrsvc.registry.differences import differences
from addrsvc.registry.model import ACT_STATUS_NAMES, Locality
from addrsvc.registry.schemas import Closed, CodeText, LocalityIn, LongText, ShortText

CommuneCode = Annotated[str, Field(pattern="^[0-9]{5}$", examples=["25747"])]
Communes = Annotated[list[CommuneCode], Field(min_length=1, max_length=500)]


class _ActIn(Closed):
    """What every bulk act says of itself."""

    on: Annotated[date, Field(description="first legal day of what changes; it may be to come")]
    instrument: InstrumentIn
    reason: LongText | None = None


class MappingRowIn(Closed):
    """This much of the old commune is in the new one."""

    from_code: CommuneCode
    to_code: CommuneCode
    kind: Literal["whole", "part", "unchanged"]
    share: Annotated[float | None, Field(gt=0, le=1)] = None


class ReorganiseIn(_ActIn):
    """Communes are merged and divided."""

    kind: Literal["reorganise"]
    mapping: Annotated[list[MappingRowIn] | None, Field(min_length=1, max_length=12_000)] = None
    """None: by the register of units."""
    old_province: Annotated[str | None, Field(pattern="^[0-9]{2}$")] = None
    """Without ``mapping``: only communes of this province of before."""

    async def spec(self, conn: AsyncConnection) -> Spec:
        """Check it against the registers."""
        if self.mapping is None:
            return await planning.reorganisation_by_links(
                conn, self.on, old_province=self.old_province
            )
        rows = [MappingRow(r.from_code, r.to_code, r.kind, r.share) for r in self.mapping]
        return await planning.reorganisation_by_mapping(conn, rows, self.on)


class NameStreetIn(_ActIn):
    """A street gets a name, or another one."""

    kind: Literal["name-street"]
    communes: Communes
    new: ShortText
    old: ShortText | None = None
    first: Annotated[int | None, Field(ge=0, le=99_999)] = None
    last: Annotated[int | None, Field(ge=0, le=99_999)] = None
    side: Literal["odd", "even"] | None = None
    codes: Annotated[list[CodeText] | None, Field(min_length=1, max_length=10_000)] = None
    area: Annotated[
        dict[str, JsonValue] | None, Field(description="GeoJSON polygon around the houses")
    ] = None

    async def spec(self, conn: AsyncConnection) -> Spec:
        """Check it against the registers."""
        return await planning.street_naming(
            conn,
            self.on,
            self.communes,
            old=self.old,
            new=self.new,
            first=self.first,
            last=self.last,
            side=self.side,
            codes=self.codes,
            area=self.area,
        )


class NumberIn(Closed):
    """The new number of one house."""

    old: Annotated[str, Field(min_length=1, max_length=60)]
    new: Annotated[str, Field(min_length=1, max_length=60)]


class RenumberIn(_ActIn):
    """Houses of a street or alley get new numbers: by a list, a prefix, or in order."""

    kind: Literal["renumber"]
    communes: Communes
    street: ShortText
    alley: Annotated[str | None, Field(min_length=1, max_length=60)] = None
    numbers: Annotated[list[NumberIn] | None, Field(min_length=1, max_length=20_000)] = None
    prefix: Annotated[str | None, Field(min_length=1, max_length=20)] = None
    odd_from: Annotated[int | None, Field(ge=1, le=99_999)] = None
    even_from: Annotated[int | None, Field(ge=2, le=99_999)] = None

    async def spec(self, conn: AsyncConnection) -> Spec:
        """Check it against the registers."""
        in_order = self.odd_from is not None or self.even_from is not None
        return await planning.renumbering(
            conn,
            self.on,
            self.communes,
            self.street,
            alley=self.alley,
            numbers=None if self.numbers is None else [(n.old, n.new) for n in self.numbers],
            prefix=self.prefix,
            order=(self.odd_from or 1, self.even_from or 2) if in_order else None,
        )


class MoveLocalityIn(_ActIn):
    """A khu phố or ấp is renamed, or goes to another commune."""

    kind: Literal["move-locality"]
    commune: CommuneCode
    old: LocalityIn
    new: LocalityIn | None = None
    to: CommuneCode | None = None

    async def spec(self, conn: AsyncConnection) -> Spec:
        """Check it against the registers."""
        new = None if self.new is None else Locality(self.new.kind, self.new.name)
        old = Locality(self.old.kind, self.old.name)
        return await planning.locality_move(conn, self.on, self.commune, old, new=new, to=self.to)


PlanIn = Annotated[
    ReorganiseIn | NameStreetIn | RenumberIn | MoveLocalityIn, Field(discriminator="kind")
]


class RevertIn(Closed):
    """Why an act is undone."""

    reason: LongText
    leave_changed: bool = False
    """Leave what was written since as it is, and list it; False: refuse."""


def bulk_act_out(act: BulkAct, language: Language) -> dict[str, Any]:
    """Give an act."""
    return {
        "act_id": act.act_id,
        "kind": act.kind,
        "kind_name": BULK_KIND_NAMES[BulkKind(act.kind)].in_(language),
        "status": act.status,
        "status_name": ACT_STATUS_NAMES[act.status].in_(language),
        "principal": act.principal,
        "recorded_at": act.recorded_at.isoformat(),
        "finished_at": None if act.finished_at is None else act.finished_at.isoformat(),
        "reason": act.reason,
        "instrument": act.instrument,
        "effective_on": act.day.isoformat(),
        "counts": dict(act.counts),
    }


def progress_out(progress: Progress) -> dict[str, Any]:
    """Give how far an act, or its undoing, is."""
    return {"act_id": progress.act_id, "done": progress.done, **progress.tally.to_json()}


def preview_out(made: Preview, language: Language, *, with_map: bool) -> dict[str, Any]:
    """Give what an act would do."""
    shown = {
        "act": bulk_act_out(made.act, language),
        "to_look_at": made.to_look_at,
        "examined": made.examined,
        **made.tally.to_json(),
        "moves": [
            {"from": before, "to": after, "count": count}
            for (before, after), count in made.moves.most_common()
        ],
        "samples": [
            {
                "ref": each.ref,
                "outcome": each.outcome,
                "differences": [d.to_json() for d in differences(each.before, each.after)],
                "candidates": list(each.candidates),
            }
            for each in made.samples
        ],
        "warnings": {
            "collisions": {"count": made.collisions, "first": made.first_collisions},
            "parts_leaving_their_building": {"count": made.parted_count, "first": made.parted},
            "communes_without_prefix": made.without_prefix,
        },
    }
    return {**shown, "map": as_geojson(made)} if with_map else shown


def left_out(left: Left, language: Language) -> dict[str, Any]:
    """Give an address an act left for a person."""
    return {
        "ref": left.ref,
        "commune_code": left.commune_code,
        "reason": left.why.value,
        "why": WHY_TEXTS[left.why].in_(language),
        "candidates": list(left.candidates),
        "settled": left.settled,
    }
