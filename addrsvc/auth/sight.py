"""Pure: which addresses a principal sees, and where. The one rule behind every surface.

Two questions, since a principal may be limited to communes. **One address asked for by its
code** (lookup, page, history): what is public is seen by everybody everywhere, the rest only
within the areas; what is not seen is answered as if it were not there. **Many at once** (lists,
export, feed, snapshot, reports): only what lies within the areas.

Names of visibilities are those of ``registry.model.Visibility``, which lies above this.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import Scope

PUBLIC = "public"
RESTRICTED = "restricted"
SECRET = "secret"  # noqa: S105 - a level of visibility


@dataclass(frozen=True, slots=True)
class Sight:
    """What one principal sees."""

    levels: frozenset[str]
    """Visibilities it sees within its areas; always holds ``public``."""

    is_full: bool
    """Within its areas it also sees proposals, sources, positions in full and private names."""

    areas: frozenset[str] | None
    """Present communes; None: everywhere."""

    has_dossiers: bool = False
    """It sees the dossiers of its areas."""

    def reaches(self, commune_code: str) -> bool:
        """Tell whether a present commune lies within the areas."""
        return self.areas is None or commune_code in self.areas

    def sees(self, visibility: str, commune_code: str) -> bool:
        """Tell whether one address asked for by code is seen at all."""
        return visibility == PUBLIC or (visibility in self.levels and self.reaches(commune_code))

    def sees_anywhere(self, visibility: str) -> bool:
        """Tell whether it is seen wherever it lies: for what is named without its commune."""
        return visibility == PUBLIC or (visibility in self.levels and self.areas is None)

    def sees_fully(self, commune_code: str) -> bool:
        """Tell whether an address it sees is shown with what anonymous answers leave out."""
        return self.is_full and self.reaches(commune_code)

    def lists(self, visibility: str, commune_code: str) -> bool:
        """Tell whether an address is among many given at once."""
        return visibility in self.levels and self.reaches(commune_code)

    def params(self) -> dict[str, list[str] | None]:
        """Give it as parameters of SQL that lists.

        ``visibility = any(%(visibilities)s) AND (%(areas)s::text[] IS NULL OR commune_code =
        any(%(areas)s::text[]))``
        """
        return {
            "visibilities": sorted(self.levels),
            "areas": None if self.areas is None else sorted(self.areas),
        }


@lru_cache(maxsize=1024)
def sight_of(principal: Principal) -> Sight:
    """Give what a principal sees.

    >>> from addrsvc.auth.model import ANONYMOUS
    >>> sight_of(ANONYMOUS).sees("public", "25747"), sight_of(ANONYMOUS).is_full
    (True, False)
    >>> reads = frozenset({Scope.ADDRESSES_READ})
    >>> limited = sight_of(Principal("key:1", reads, frozenset({"25747"})))
    >>> limited.sees("restricted", "25747"), limited.sees("restricted", "25750")
    (True, False)
    """
    levels = {PUBLIC}
    if principal.may(Scope.ADDRESSES_READ) or principal.may(Scope.ADDRESSES_WRITE):
        levels.add(RESTRICTED)
    if principal.may(Scope.ADDRESSES_SECRET):
        levels.add(SECRET)
    return Sight(
        frozenset(levels),
        is_full=principal.may(Scope.ADDRESSES_READ),
        areas=principal.areas,
        has_dossiers=principal.may(Scope.DOSSIERS_READ),
    )
