"""Tiles kept in memory, as many bytes of them as are allowed, the least asked for going first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

_FRAME_BYTES: Final = 400
"""What an entry takes beside its bytes: empty tiles are many."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile ready to send."""

    body: bytes
    compressed: bytes
    """The same, gzipped."""

    @property
    def size(self) -> int:
        """Give the bytes it takes in memory."""
        return _FRAME_BYTES + len(self.body) + len(self.compressed)


class TileCache:
    """Tiles by what they are of; of one process."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._tiles: OrderedDict[Hashable, Tile] = OrderedDict()
        self.bytes = 0

    def find(self, key: Hashable) -> Tile | None:
        """Give a tile that is kept; None: it is not."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def keep(self, key: Hashable, tile: Tile) -> None:
        """Keep a tile, others going for it; one larger than all that is allowed is not kept."""
        old = self._tiles.pop(key, None)
        if old is not None:
            self.bytes -= old.size
        if tile.size > self._max_bytes:
            return
        self._tiles[key] = tile
        self.bytes += tile.size
        while self.bytes > self._max_bytes:
            _, gone = self._tiles.popitem(last=False)
            self.bytes -= gone.size
