"""What an import is told, what a row becomes, and what the receipt says."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from addrsvc.errors import AddrsvcError
from addrsvc.registry.model import Kind, Marks, Method, Position

Document = dict[str, Any]
"""The jsonb form of ``registry.model.Document``, while it is being put together."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What holds for a whole file; a column of the file goes before a default here."""

    mapping: dict[str, str] = field(default_factory=dict)
    """Field → column, over what is guessed; an empty column leaves the field out."""
    kind: Kind | None = None
    source: str | None = None
    """None: the name of the file."""
    issuer: str | None = None
    """Who issued the codes given in the file."""
    accuracy_m: float = 50.0
    method: Method = Method.UNKNOWN
    marks: Marks = Marks.OBJECT
    crs: str | None = None
    """EPSG code of the coordinates; None: what the file says, else EPSG:4326."""
    encoding: str | None = None
    layer: str | None = None
    """Sheet or layer; None: the first."""
    distinct_because: str | None = None
    """Why rows that look like other addresses are none of them; None: they are refused."""

    def facts(self) -> dict[str, Any]:
        """Give the options as plain values, for the fingerprint of a run."""
        return asdict(self)


@dataclass(slots=True, repr=False)
class Prepared:
    """A row that reads well, before the registry is asked (no repr: it may hold a person)."""

    line: int
    document: Document
    """Without commune and position: those are settled later."""
    position: Position | None
    stated: str | None
    """Code of the commune the row names."""
    unit_text: str | None
    """Commune, district and province as named, where no code is given."""
    code: str | None
    issuer: str | None
    code_text: str | None
    """The code as written."""
    ref: int | None
    """Identity of a proposal in a file of our own export."""
    origin: str
    """128 bits in hexadecimal: what tells this row from others, in every import."""
    has_ext_id: bool
    thoroughfare_key: str | None
    """As the register of thoroughfares has it."""
    base_key: str | None
    number_key: str | None
    """The keys it is found by, see ``parsing.keys``."""
    parent: str | None
    status: str | None
    valid_from: str | None
    holder: tuple[str, str | None] | None = None
    aliases: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Give what identifies the row: the code, the reference, else the origin."""
        if self.code is not None:
            return self.code
        return self.origin if self.ref is None else f"p{self.ref}"


class Rejection(NamedTuple):
    """A row that was refused, and why."""

    line: int
    error: AddrsvcError


@dataclass(slots=True)
class Counts:
    """What became of the rows; each row is counted once."""

    assigned: int = 0
    proposed: int = 0
    reserved: int = 0
    already_there: int = 0
    rejected: int = 0
    examples: int = 0
    """Example rows of our own template, passed over: no rows of the file."""
    duplicates: int = 0
    """Of the rows that bring their code: those that look like other addresses."""

    @property
    def records(self) -> int:
        """Give the records these rows came from, the template's example row included."""
        return self.rows + self.examples

    @property
    def rows(self) -> int:
        """Give the rows accounted for."""
        return self.assigned + self.proposed + self.reserved + self.already_there + self.rejected

    def add(self, other: Counts) -> None:
        """Add the counts of a chunk."""
        for name in COUNT_NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))


COUNT_NAMES = (
    "assigned",
    "proposed",
    "reserved",
    "already_there",
    "rejected",
    "examples",
    "duplicates",
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did; ``rows`` equals the sum of the counts, always."""

    rows: int
    counts: Counts
    dry_run: bool
    resumed_at: int
    """Records that an earlier, interrupted run had settled; 0: none."""
    rejects_file: str | None
    first_code: str | None
    """The first code given in this run, for a first look."""
    seconds: float
