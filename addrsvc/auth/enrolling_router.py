"""HTTP routes by which people make phones their devices; see ``collection/protocol.md``.

Answers hold a secret and are never kept: who lost one enrols or renews again.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from addrsvc.auth import enrolling
from addrsvc.auth.enrolling import Enrolled
from addrsvc.auth.router import KeyId
from addrsvc.auth.schemas import Areas
from addrsvc.auth.web import Caller, shown_once
from addrsvc.db.web import AppClock, WriteConn

router = APIRouter(prefix="/v1/access", tags=["access"])

DeviceName = Annotated[
    str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*$", examples=["Máy của Tuấn"])
]


class EnrolIn(BaseModel):
    """A phone of whoever is signed in."""

    model_config = ConfigDict(extra="forbid")

    name: DeviceName
    areas: Annotated[
        Areas | None, Field(description="present communes it is for; none given: the person's")
    ] = None


@router.post("/devices:enrol", status_code=201, summary="Make a phone a device of one's own")
async def enrol(command: EnrolIn, conn: WriteConn, caller: Caller, clock: AppClock) -> Response:
    """Give a phone a key for 30 days; for people signed in who may write addresses.

    It holds what the person holds, at most ``addresses:read`` and ``addresses:write``, in the
    person's areas. The key stands in this answer and nowhere else.
    """
    made = await enrolling.enrol(
        conn, caller, name=command.name, areas=command.areas, at=clock.now()
    )
    return _told(made, 201)


@router.post("/devices/{key_id}:renew", summary="Renew a device of one's own")
async def renew(key_id: KeyId, conn: WriteConn, caller: Caller, clock: AppClock) -> Response:
    """Give a device a new secret for another 30 days; for who enrolled it. Never one revoked."""
    return _told(await enrolling.renew(conn, caller, key_id, at=clock.now()), 200)


def _told(made: Enrolled, status: int) -> Response:
    body = {
        "key": made.key,
        "key_id": made.key_id,
        "expires_at": made.expires_at.isoformat(),
        "areas": None if made.areas is None else list(made.areas),
    }
    return shown_once(body, status)
