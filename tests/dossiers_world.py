"""What tests of dossiers share: codes, texts and who brings them in. All invented."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from addrsvc.auth.model import Scope

Headers = dict[str, str]
Put = Callable[..., Awaitable[httpx.Response]]

CODE = "H09.12.34-260110-0001"
LE_LOI = "12 Đường Lê Lợi, Phường Tây, Thành phố Mẫu"
OFFICE = (Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ)
"""What a one-stop service holds."""
