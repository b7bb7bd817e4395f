"""Pure: batches and what was done at addresses, as pages of notices show them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language, Text
from addrsvc.notices.model import (
    HOW_NAMES,
    PART_SIZE,
    REASON_NAMES,
    STATE_NAMES,
    Batch,
    Count,
    Mark,
    State,
)
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address
from addrsvc.tabular.formula import neutralise
from addrsvc.wording import day_words, moment_words, number_words

_SEPARATORS: Final = re.compile(r"[\r\n,;\t]+")
_HEADS: Final = (
    Text("Mã phường, xã", "Commune code"),
    Text("Phường, xã", "Commune"),
    Text("Địa chỉ đang dùng", "Addresses in use"),
    Text("Đã thông báo", "Told the code"),
    Text("Đã gắn biển", "Plate fixed"),
    Text("Chưa gặp", "Nobody met"),
)


@dataclass(frozen=True, slots=True)
class ShownBatch:
    """One batch of the list."""

    number: int
    where: str
    note: str
    made_at: str
    made_by: str
    addresses: str
    told: str
    plated: str
    not_met: str


@dataclass(frozen=True, slots=True)
class ShownMark:
    """One thing that was done."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """One address of a part."""

    code: str
    plate: str
    label: str
    marks: tuple[ShownMark, ...]
    is_told: bool
    is_plated: bool


@dataclass(frozen=True, slots=True)
class ShownCount:
    """How far a commune is."""

    code: str
    name: str
    numbers: tuple[str, ...]


def shown_batch(
    batch: Batch,
    progress: Mapping[State, int],
    names: Mapping[str, str],
    of_list: str,
    language: Language,
) -> ShownBatch:
    """Word a batch; ``of_list`` is said of one made of codes."""
    commune = None if batch.commune is None else names.get(batch.commune, batch.commune)
    where = ", ".join(each for each in (batch.locality, commune) if each) or of_list
    return ShownBatch(
        batch.batch_id,
        where,
        batch.note or "",
        moment_words(batch.made_at, language),
        batch.made_by,
        number_words(batch.addresses, language),
        *(
            number_words(progress.get(state, 0), language)
            for state in (State.NOTIFIED, State.PLATE_FIXED, State.NOT_MET)
        ),
    )


def shown_address(address: Address, marks: Sequence[Mark], language: Language) -> ShownAddress:
    """Word an address of a part, and what was done there."""
    code = DigitalCode.of(str(address.code))
    components = address.document.components
    states = {each.state for each in marks}
    return ShownAddress(
        code.text,
        code.plate,
        address_line(components, address.commune_name, address.province_name),
        tuple(ShownMark(each.state.value, mark_words(each, language)) for each in marks),
        State.NOTIFIED in states,
        State.PLATE_FIXED in states,
    )


def mark_words(mark: Mark, language: Language) -> str:
    """Say what was done, when and how.

    >>> from datetime import date
    >>> from addrsvc.notices.model import Reason
    >>> mark_words(Mark(State.NOT_MET, date(2026, 1, 5), reason=Reason.REFUSED), "vi")
    'Chưa gặp 05/01/2026 (Không nhận)'
    """
    said = f"{STATE_NAMES[mark.state].in_(language)} {day_words(mark.done_on, language)}"
    more = None
    if mark.reason is not None:
        more = REASON_NAMES[mark.reason].in_(language)
    elif mark.how is not None:
        more = HOW_NAMES[mark.how].in_(language)
    return said if more is None else f"{said} ({more})"


def shown_count(count: Count, names: Mapping[str, str], language: Language) -> ShownCount:
    """Word how far a commune is."""
    numbers = (count.addresses, count.notified, count.plate_fixed, count.not_met)
    return ShownCount(
        count.commune,
        names.get(count.commune, count.commune),
        tuple(number_words(each, language) for each in numbers),
    )


def counts_csv(counts: Sequence[Count], names: Mapping[str, str], language: Language) -> bytes:
    """Write how far communes are as CSV, in UTF-8 with a mark for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(each.in_(language) for each in _HEADS)
    for each in counts:
        name = neutralise(names.get(each.commune, ""))
        numbers = (each.addresses, each.notified, each.plate_fixed, each.not_met)
        writer.writerow((each.commune, name, *numbers))
    return out.getvalue().encode("utf-8-sig")


def codes_in(text: str) -> tuple[str, ...]:
    r"""Give the codes of a list as people paste it.

    >>> codes_in("75123-04827-7; 7512304828\r\n\r\n 75123 04829,")
    ('75123-04827-7', '7512304828', '75123 04829')
    """
    return tuple(each.strip() for each in _SEPARATORS.split(text) if each.strip())


def part_bounds(batch: Batch, part: int) -> tuple[int, int]:
    """Give the first and last place of a part of a batch."""
    return (part - 1) * PART_SIZE + 1, min(part * PART_SIZE, batch.addresses)
