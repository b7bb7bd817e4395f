"""The feed's JSON and its server-sent form."""

from __future__ import annotations

from typing import Any

import orjson

from addrsvc.events.chain import moment
from addrsvc.events.reading import Page
from addrsvc.events.sighting import SealedEvent


def event_out(event: SealedEvent) -> dict[str, Any]:
    """Give one event; without ``hash`` it is the entry the hash is made of."""
    return {
        "number": event.number,
        "type": event.type,
        "subject": event.subject,
        "recorded_at": moment(event.recorded_at),
        "data": event.data,
        "hash": None if event.hash is None else event.hash.hex(),
    }


def page_out(page: Page) -> dict[str, Any]:
    """Give a page."""
    return {
        "items": [event_out(each) for each in page.items],
        "next": page.next,
        "last": page.last,
    }


def server_sent(page: Page) -> bytes:
    """Give a page in the form of server-sent events, up to its end also where nothing is shown.

    Source: HTML Living Standard, section 9.2. An id without data moves the reader's place only.
    """
    lines = [
        b"id: %d\nevent: %b\ndata: %b\n\n"
        % (each.number, each.type.encode(), orjson.dumps(event_out(each)))
        for each in page.items
    ]
    if not page.items or page.items[-1].number < page.next:
        lines.append(heartbeat(page.next))
    return b"".join(lines)


def heartbeat(number: int) -> bytes:
    """Give a comment that keeps the connection, with the place reached."""
    return b": \nid: %d\n\n" % number
