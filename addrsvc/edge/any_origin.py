"""Refusals that pages of any origin may read, of what they may fetch from here."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TILES: Final = re.compile(r"/v1/plans/[0-9]+/(changes/)?tiles/")


class RefuseReadably:
    """Let the maps of plans know why they are given no tile: their frames are of no origin.

    Browsers would else tell them, and whoever looks for the cause, of a missing header only.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or _TILES.match(scope["path"]) is None:
            await self.app(scope, receive, send)
            return

        async def send_readably(message: Message) -> None:
            status = message.get("status", 0)  # of its start alone
            if status >= HTTPStatus.BAD_REQUEST:
                MutableHeaders(scope=message)["Access-Control-Allow-Origin"] = "*"
            await send(message)

        await self.app(scope, receive, send_readably)
