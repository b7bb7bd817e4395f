"""The real server in a process of its own, forked from one that has loaded the service already.

To load it takes seconds of a processor; a browser test needs a server, not its loading, which
``tests/scripts/test_serve.py`` is about.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Iterator, Mapping
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest
import uvicorn

_ROOT = Path(__file__).resolve().parents[1]
_PROCESSES = multiprocessing.get_context("forkserver")
_STOP_S = 10

Server = multiprocessing.context.ForkServerProcess


@contextlib.contextmanager
def forked_server(port: int, environment: Mapping[str, str], **options: str) -> Iterator[Server]:
    """Serve on a port of this machine with this environment and no other.

    ``options`` go to ``uvicorn.run``: those of ``local_tls`` for https.
    """
    server = _PROCESSES.Process(target=_serve, args=(port, dict(environment), options))
    _load()
    server.start()
    try:
        yield server
    finally:
        server.terminate()
        server.join(_STOP_S)
        if server.is_alive():
            server.kill()
            server.join()
        server.close()


def _load() -> None:
    """Start what is forked from, once; it ends when this process does."""
    with pytest.MonkeyPatch.context() as patch:
        # Not traced: tests of the API cover the same lines, in half the time.
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        _PROCESSES.set_forkserver_preload(["addrsvc.app", "uvicorn", __name__])
        forkserver.ensure_running()


def _serve(port: int, environment: dict[str, str], options: dict[str, Any]) -> None:
    os.chdir(_ROOT)
    os.environ.clear()
    os.environ.update(environment)
    uvicorn.run(
        "addrsvc.server:app_from_environment",
        factory=True,
        host="127.0.0.1",
        port=port,
        access_log=False,
        **options,
    )
