"""Pure: what people may do, as it is kept and audited."""

from __future__ import annotations

import re
from collections.abc import Collection

from addrsvc.auth.errors import AreaInvalid
from addrsvc.auth.permissions import Role, Scope

_COMMUNE = re.compile(r"[0-9]{5}")

Facts = dict[str, list[str] | None]


def areas_of(areas: Collection[str] | None) -> list[str] | None:
    """Give commune codes in order, each once; None: everywhere.

    Raises:
        AreaInvalid: an area is no commune code.
    """
    for each in areas or ():
        if not _COMMUNE.fullmatch(each):
            raise AreaInvalid(given=each[:20])
    return None if areas is None else sorted(set(areas))


def facts_of(
    roles: Collection[Role], scopes: Collection[Scope], areas: Collection[str] | None
) -> Facts:
    """Give roles, scopes beside them and areas in order, each once.

    Raises:
        AreaInvalid: an area is no commune code.
    """
    return {
        "roles": sorted(role.value for role in set(roles)),
        "scopes": sorted(scope.value for scope in set(scopes)),
        "areas": areas_of(areas),
    }
