"""HTTP routes of blocks of codes: asked for by devices while they have a network."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from addrsvc.auth.web import NO_STORE
from addrsvc.collection import blocks
from addrsvc.collection.blocks import MOST_CODES, Block
from addrsvc.collection.devices import CollectingDevice
from addrsvc.db.web import AnyTimeConn, AppClock, WriteConn

router = APIRouter(prefix="/v1/collection", tags=["collection"])


class BlockIn(BaseModel):
    """How many codes are wanted, and of which commune."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    commune_code: Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["25747"])]
    count: Annotated[int, Field(ge=1, le=MOST_CODES, examples=[100])]


@router.post("/blocks", status_code=201, summary="Have codes for houses to come")
async def issue_block(
    command: BlockIn,
    response: Response,
    conn: WriteConn,
    device: CollectingDevice,
    clock: AppClock,
    idempotency_key: Annotated[
        str | None, Header(description="repeat a request safely; a UUID, say")
    ] = None,
) -> dict[str, Any]:
    """Issue a block; the same request with the same key gives the same block again.

    A house gets the next code of the block with no network. What is not used when the block ends
    is never issued to anybody.
    """
    response.headers.update(NO_STORE)
    block = await blocks.issue(
        conn, device, command.commune_code, command.count, idempotency_key, clock
    )
    return _facts(block) | {
        "codes": [each.text for each in block.block.codes],
        "printed": [each.plate for each in block.block.codes],
    }


@router.get("/blocks", summary="Blocks of codes of this device")
async def list_blocks(
    response: Response, conn: AnyTimeConn, device: CollectingDevice, clock: AppClock
) -> dict[str, Any]:
    """Give the last hundred blocks, the newest first, with what became of their codes."""
    response.headers.update(NO_STORE)
    found, now = await blocks.list_blocks(conn, device), clock.now()
    return {"items": [_facts(each) | _use(each, now) for each in found]}


def _facts(block: Block) -> dict[str, Any]:
    given = block.block
    return {
        "block_id": block.block_id,
        "commune_code": block.commune_code,
        "prefix": given.prefix,
        "issued_at": given.issued_at.isoformat(),
        "expires_at": given.expires_at.isoformat(),
    }


def _use(block: Block, now: datetime) -> dict[str, Any]:
    return {"state": block.state(now).value, **block.counts(now)}
