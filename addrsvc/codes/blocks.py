"""Blocks of codes handed to a device, so that a house gets its final code with no network.

A block spends the counters ``[start_counter, end_counter)`` of its prefix for good: a code
that is not used before the block ends is burnt and never issued again. That is why a record
which arrives late, but was made while the block was in force, is safe to accept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from addrsvc.codes.allocation import NOTHING, CodeSpace, Occupied, codes_of, take
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.errors import BlockCodeUsed, BlockNotInForce, CodeNotInBlock


class BlockState(StrEnum):
    """Where a block stands at a moment."""

    PENDING = "pending"
    """Its time has not begun: the clock of whoever asks is behind."""
    OPEN = "open"
    """In force, codes left."""
    USED_UP = "used-up"
    """Every code used; nothing to burn."""
    EXPIRED = "expired"
    """Past its end; what was left is burnt."""


class CodeState(StrEnum):
    """Where one code of a block stands at a moment."""

    AVAILABLE = "available"
    USED = "used"
    BURNT = "burnt"


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Codes handed to one device for a half-open time ``[issued_at, expires_at)``.

    The codes are settled at issue: a range reserved later does not change them.
    Moments are aware.

    Raises:
        ValueError: naive or unordered moments, no codes, or a used code that is not its own.
    """

    start_counter: int
    end_counter: int
    codes: tuple[DigitalCode, ...]
    device: str
    issued_at: datetime
    expires_at: datetime
    used: frozenset[DigitalCode] = frozenset()

    def __post_init__(self) -> None:
        if self.issued_at.utcoffset() is None or self.expires_at.utcoffset() is None:
            raise ValueError("the moments of a block carry their offset")
        if self.issued_at > self.expires_at:
            raise ValueError("a block ends before it begins")
        if not 0 < len(self.codes) <= self.end_counter - self.start_counter:
            raise ValueError("a block holds at least one code and no more than its counters")
        if not self.used <= set(self.codes):
            raise ValueError("a used code is not of this block")

    @property
    def prefix(self) -> str:
        """Give the prefix all codes of the block share."""
        return self.codes[0].prefix

    def state(self, at: datetime) -> BlockState:
        """Tell where the block stands."""
        if len(self.used) == len(self.codes):
            return BlockState.USED_UP
        if at < self.issued_at:
            return BlockState.PENDING
        return BlockState.OPEN if at < self.expires_at else BlockState.EXPIRED

    def code_state(self, code: DigitalCode, at: datetime) -> CodeState:
        """Tell where one code of the block stands.

        Raises:
            CodeNotInBlock: it is none of its codes.
        """
        if code not in self.codes:
            raise CodeNotInBlock(code=code.printed, device=self.device)
        if code in self.used:
            return CodeState.USED
        return CodeState.AVAILABLE if at < self.expires_at else CodeState.BURNT

    def unused(self) -> list[DigitalCode]:
        """List the codes not used, in the order to use them: to draw from, or burnt."""
        return [code for code in self.codes if code not in self.used]


def issue(
    space: CodeSpace,
    count: int,
    *,
    device: str,
    issued_at: datetime,
    expires_at: datetime,
    occupied: Occupied = NOTHING,
) -> tuple[CodeBlock, CodeSpace]:
    """Hand a device the next free codes of a prefix; give the block and the space to store.

    Raises:
        PrefixExhausted: fewer than ``count`` codes are left.
        ValueError: ``count`` below one, naive moments, or an empty time.
    """
    if issued_at >= expires_at:
        raise ValueError("a block is in force for some time")
    drawn = take(space, count, occupied)
    block = CodeBlock(
        start_counter=space.next_counter,
        end_counter=drawn.space.next_counter,
        codes=tuple(codes_of(space.prefix, drawn.suffixes.tolist())),
        device=device,
        issued_at=issued_at,
        expires_at=expires_at,
    )
    return block, drawn.space


def use(block: CodeBlock, code: DigitalCode, at: datetime) -> CodeBlock:
    """Record that the device gave a code to an address at a moment.

    Args:
        block: the block as stored.
        code: the code on the record.
        at: when the record was made, not when it arrived.

    Raises:
        CodeNotInBlock: the device does not hold this code.
        BlockCodeUsed: the code has its address already.
        BlockNotInForce: the moment lies outside the time of the block.
    """
    state = block.code_state(code, at)
    if state is CodeState.USED:
        raise BlockCodeUsed(code=code.printed, device=block.device)
    if not block.issued_at <= at < block.expires_at:
        raise BlockNotInForce(
            device=block.device,
            issued_at=block.issued_at.isoformat(timespec="minutes"),
            expires_at=block.expires_at.isoformat(timespec="minutes"),
        )
    return replace(block, used=block.used | {code})


def revoke(block: CodeBlock, at: datetime) -> CodeBlock:
    """End a block early, as for a lost device; a block that has ended stays as it is."""
    return replace(block, expires_at=max(block.issued_at, min(block.expires_at, at)))


def burnt(block: CodeBlock, at: datetime) -> list[DigitalCode]:
    """List the codes that will never be issued: unused when the block had ended."""
    return block.unused() if at >= block.expires_at else []
