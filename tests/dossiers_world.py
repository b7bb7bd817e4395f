"""What tests of dossiers share: codes, texts and who brings them in. All invented."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import psycopg
from registry_fixtures import EAST, NORTH, WEST

from addrsvc.auth.model import Scope

Headers = dict[str, str]
Put = Callable[..., Awaitable[httpx.Response]]

CODE = "H09.12.34-260110-0001"
LE_LOI = "12 Đường Lê Lợi, Phường Tây, Thành phố Mẫu"
OFFICE = (Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE, Scope.ADDRESSES_READ)
"""What a one-stop service holds."""

WHERE = {"7512300001": WEST, "7512400002": EAST, "7512500003": NORTH}
"""Codes of three addresses, and their communes."""

_ADDRESSES = """
INSERT INTO address (address_id, code, issuer, created_at) OVERRIDING SYSTEM VALUE
SELECT n, c, 'Test', now() FROM unnest(%(codes)s::text[]) WITH ORDINALITY AS g (c, n);
"""
_VERSIONS = """
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT n, 1, 'current', '2026-01-01', now(), 'assign', 'test',
       jsonb_build_object('kind', 'dwelling', 'source', 'test', 'commune',
                          jsonb_build_array(c, '2025-07-01'))
FROM unnest(%(communes)s::text[]) WITH ORDINALITY AS g (c, n);
"""
_CURRENT = """
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
SELECT n, 1, 'current', 'dwelling', 'public', c, '2025-07-01'
FROM unnest(%(communes)s::text[]) WITH ORDINALITY AS g (c, n);
"""


def three_addresses(url: str) -> None:
    """Put the addresses of ``WHERE`` into a database."""
    with psycopg.connect(url) as conn:
        params = {"codes": list(WHERE), "communes": list(WHERE.values())}
        for statement in (_ADDRESSES, _VERSIONS, _CURRENT):
            conn.execute(statement.encode(), params)
