"""Devices that were revoked and may still hand over what they have: on these routes, and no other.

The secret proved right, so it is the device, or whoever found it. What it sends is kept apart.
"""

from __future__ import annotations

import re
from typing import Final

from fastapi import Request

from addrsvc.auth.errors import DeviceRevoked
from addrsvc.auth.model import Principal

_RECORD: Final = "/v1/collection/submissions/{}"
_PHOTO: Final = _RECORD + "/photos/{}"
_ROUTES: Final = frozenset(
    {
        ("PUT", _RECORD),
        ("PUT", _RECORD + "/private"),
        ("HEAD", _PHOTO),
        ("PATCH", _PHOTO),
    }
)
_MARK: Final = "addrsvc.revoked_device"


def let_in(request: Request, error: DeviceRevoked) -> Principal:
    """Give the principal of a revoked device on routes where it hands something over.

    It holds no scope, and no area.

    Raises:
        DeviceRevoked: on every other route.
    """
    template = re.sub(r"{\w+}", "{}", getattr(request.scope.get("route"), "path", ""))
    if (request.method, template) not in _ROUTES:
        raise error
    request.scope[_MARK] = True
    return Principal(f"device:{error.device}", frozenset(), frozenset())


def is_revoked(request: Request) -> bool:
    """Tell whether it is a revoked device that asks, let in by :func:`let_in`."""
    return request.scope.get(_MARK, False) is True
