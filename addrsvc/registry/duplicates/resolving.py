"""Follow the code of a duplicate to the address that was kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from addrsvc.registry.model import Address, Status

Find = Callable[[str], Awaitable[Address | None]]
"""Find an address by its ten digits."""


async def kept_instead(find: Find, address: Address) -> Address | None:
    """Give what was kept in place of a duplicate, at the end of the chain, whoever may see it.

    None: it is no duplicate. A chain ends: what is kept was in use when what it took the place of
    was retired.
    """
    kept: Address | None = None
    at: Address | None = address
    while at is not None and (code := _kept_code(at)) is not None:
        at = await find(code)
        kept = at
    return kept


def _kept_code(address: Address) -> str | None:
    if address.status is not Status.RETIRED:
        return None
    return next((each.code for each in address.successors if each.relation == "duplicate"), None)
