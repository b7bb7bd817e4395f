"""Pure: which events of the feed a principal is given, and what of them.

Judged by how the address stands **now**. Left out are events of addresses the principal would not
find in a list (visibility, areas; :mod:`addrsvc.auth.sight`), events of proposals for who sees no
proposals, and codes of such addresses in what another event tells. Events of units, registers,
prefixes and acts concern no single address and go to everybody who follows.

When an address is taken out of sight, those who had it in their copy are told so by one event of
type ``address.hidden``, with nothing but its code; what becomes of it after is not told.

Events of dossiers go to who may see dossiers, within its areas: by the communes the event names.

Hashes go to those only who see every event: for others the chain has gaps, and a hash would let
them try guesses at what they are not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from addrsvc.auth.sight import PUBLIC, RESTRICTED, SECRET, Sight
from addrsvc.events.chain import canonical

ADDRESSES: Final = "address."
HIDDEN: Final = "address.hidden"
"""Type of the event in place of one that took an address out of sight."""

DOSSIERS: Final = "dossier."

_MENTIONS: Final = ("successors", "from")
"""Members of an event's data that name other addresses."""

_PROPOSAL = re.compile(r"p([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """One event of the feed."""

    number: int
    type: str
    subject: str
    recorded_at: datetime
    data: Mapping[str, Any] | None
    hash: bytes | None
    """None: the reader does not see the whole chain."""

    @property
    def is_of_address(self) -> bool:
        """Tell whether it happened to one address."""
        return self.type.startswith(ADDRESSES)

    def mentions(self) -> list[str]:
        """Give the addresses (codes, ``p<id>``) it names, its own first."""
        data = self.data or {}
        others = [ref for name in _MENTIONS for ref in _list(data.get(name))]
        return [self.subject, *others] if self.is_of_address else others

    def version(self) -> int | None:
        """Give the version of the address it wrote; None: it wrote none."""
        data = self.data or {}
        version = data.get("version")
        # links to identifiers name the version they found
        return version if isinstance(version, int) and "scheme" not in data else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an address stands now."""

    address_id: int
    visibility: str
    commune_code: str


def sees_all(sight: Sight) -> bool:
    """Tell whether no event is kept from a principal: its feed has no gaps."""
    has_all_levels = {PUBLIC, RESTRICTED, SECRET} <= sight.levels
    return sight.areas is None and has_all_levels and sight.has_dossiers


def mark_of(sight: Sight) -> str:
    """Give what tells one sight of addresses from another, for who keeps a copy of what it sees."""
    areas = None if sight.areas is None else sorted(sight.areas)
    told = {"levels": sorted(sight.levels), "is_full": sight.is_full, "areas": areas}
    return sha256(canonical(told)).hexdigest()[:16]


def proposal_of(ref: str) -> int | None:
    """Give the identity a proposal is called by; None: it is called by a code."""
    found = _PROPOSAL.fullmatch(ref)
    return None if found is None else int(found[1])


def is_followed(ref: str, standing: Mapping[str, Standing], sight: Sight) -> bool:
    """Tell whether a principal is told what happens to an address; to one we do not know: no."""
    known = standing.get(ref)
    if known is None or not sight.lists(known.visibility, known.commune_code):
        return False
    return proposal_of(ref) is None or RESTRICTED in sight.levels


def _is_named(ref: str, standing: Mapping[str, Standing], sight: Sight) -> bool:
    """Tell whether another address may be named to it: as where it asks for that by its code."""
    known = standing.get(ref)
    if known is None or not sight.sees(known.visibility, known.commune_code):
        return False
    return proposal_of(ref) is None or is_followed(ref, standing, sight)


def shown(
    events: Iterable[SealedEvent], standing: Mapping[str, Standing], sight: Sight
) -> tuple[list[SealedEvent], list[SealedEvent]]:
    """Give what a principal that does not see all is shown, and the events it is not shown."""
    seen: list[SealedEvent] = []
    kept: list[SealedEvent] = []
    for event in events:
        is_kept = event.is_of_address and not is_followed(event.subject, standing, sight)
        if is_kept or (event.type.startswith(DOSSIERS) and not _is_told_of(event, sight)):
            kept.append(event)
        else:
            data = _without_hidden(event.data, standing, sight)
            seen.append(replace(event, data=data, hash=None))
    return seen, kept


def _is_told_of(event: SealedEvent, sight: Sight) -> bool:
    """Tell whether a dossier is one a principal sees: it lay in its areas when that happened."""
    communes = _list((event.data or {}).get("communes"))
    return sight.has_dossiers and (sight.areas is None or any(map(sight.reaches, communes)))


def hidden(event: SealedEvent) -> SealedEvent:
    """Give what is told in place of an event that took an address out of sight."""
    return replace(event, type=HIDDEN, data=None, hash=None)


def _without_hidden(
    data: Mapping[str, Any] | None, standing: Mapping[str, Standing], sight: Sight
) -> Mapping[str, Any] | None:
    if data is None or not any(isinstance(data.get(name), list) for name in _MENTIONS):
        return data
    return {
        name: [ref for ref in value if _is_named(ref, standing, sight)]
        if name in _MENTIONS and isinstance(value, list)
        else value
        for name, value in data.items()
    }


def _list(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
