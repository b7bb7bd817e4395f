"""All that happens by itself, in one place."""

from __future__ import annotations

from addrsvc.worker.model import Continuous, Periodic

CONTINUOUS: tuple[Continuous, ...] = ()

PERIODIC: tuple[Periodic, ...] = ()
