"""Pure: every kind of finding a rule on registered addresses may give."""

from __future__ import annotations

from typing import Final

from addrsvc.admin_units.finding_kinds import COMMUNE_SPLIT
from addrsvc.findings import FindingKind, kinds_in
from addrsvc.registry.quality import kinds_links, kinds_parts, kinds_place

CATALOGUE: Final[dict[str, FindingKind]] = {
    **kinds_in(kinds_place),
    COMMUNE_SPLIT.id: COMMUNE_SPLIT,
    **kinds_in(kinds_parts, kinds_links),
}
"""By identifier, in the order reports show them."""

PERSONAL: Final = frozenset({kinds_parts.PERSONAL_NUMBER.id, kinds_parts.PERSONAL_NAME.id})
"""Where such data stand is told to nobody who may not mend it: not even as a count."""
