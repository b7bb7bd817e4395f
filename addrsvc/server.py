"""What uvicorn is given: the app, loaded with the garbage collector off.

Next to nothing of what is loaded is garbage, and looking through it again and again takes a
quarter of the start. All modules stay: left in the collector's view they would make each full
collection a pause of 100 ms, which everyone waiting for an answer feels.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def app_from_environment() -> FastAPI:
    """Make the app for a server process from ``ADDRSVC_*``; the factory uvicorn is given."""
    gc.disable()
    from addrsvc.app import create_app  # noqa: PLC0415 -- with the collector off
    from addrsvc.edge import logs  # noqa: PLC0415 -- same
    from addrsvc.settings import Settings  # noqa: PLC0415 -- same

    logs.configure()
    app = create_app(Settings())
    gc.collect()
    gc.freeze()
    gc.enable()
    return app
