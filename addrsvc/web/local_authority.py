"""The authority of a trial's certificate, for phones to trust: see ``serve --tls``."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter, Response

from addrsvc.db.web import AppSettings
from addrsvc.problems import RouteUnknown

router = APIRouter(include_in_schema=False)

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="addrsvc-ca.crt"',
}


@router.get("/field/ca.crt")
async def authority(settings: AppSettings) -> Response:
    """Give the certificate of the authority, where there is one of our own.

    Raises:
        RouteUnknown: there is none; also where the file named holds anything else, such as a key.
    """
    if settings.local_ca_file is None:
        raise RouteUnknown
    try:
        content = await asyncio.to_thread(settings.local_ca_file.read_bytes)
    except OSError:
        raise RouteUnknown from None
    if not content.startswith(b"-----BEGIN CERTIFICATE-----") or b"PRIVATE" in content:
        raise RouteUnknown
    return Response(content, headers=_HEADERS, media_type="application/x-x509-ca-cert")
