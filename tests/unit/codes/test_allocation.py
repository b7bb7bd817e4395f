"""Drawing, blocks and adoption: no code twice, no counter back, over whole prefixes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addrsvc.codes import blocks, errors
from addrsvc.codes.adoption import adopt
from addrsvc.codes.allocation import (
    Capacity,
    CodeSpace,
    Occupied,
    ReservedRange,
    capacity,
    take,
)
from addrsvc.codes.blocks import BlockState, CodeBlock, CodeState
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.permutation import SUFFIXES, counter_of, suffix_at

KEY = bytes(range(32))
SPACE = CodeSpace("75123", KEY, 0)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
END = NOON + timedelta(days=30)


def reserved(first: int, last: int, issuer: str = "VNPost", **more: Any) -> ReservedRange:
    return ReservedRange("75123", first, last, issuer, **more)


def test_a_whole_prefix_is_drawn_once_and_then_is_exhausted() -> None:
    drawn = take(SPACE, SUFFIXES)
    assert drawn.space.next_counter == SUFFIXES
    assert np.array_equal(np.sort(drawn.suffixes), np.arange(SUFFIXES))
    assert drawn.texts()[:2] == [code.text for code in take(SPACE, 2).codes()]
    with pytest.raises(errors.PrefixExhausted) as caught:
        take(drawn.space, 1)
    assert caught.value.facts() == {"prefix": "75123", "asked": 1, "left": 0}


def test_nothing_is_drawn_unless_all_can_be() -> None:
    space = replace(SPACE, next_counter=SUFFIXES - 3)
    with pytest.raises(errors.PrefixExhausted) as caught:
        take(space, 4)
    assert caught.value.left == 3
    assert len(take(space, 3).codes()) == 3


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 3000)), max_size=8),
    st.sets(st.integers(0, SUFFIXES - 1), max_size=50),
    st.tuples(st.integers(0, SUFFIXES - 1), st.integers(0, SUFFIXES - 1)).map(sorted),
)
def test_draws_and_blocks_never_meet_each_other_or_what_is_occupied(
    steps: list[tuple[bool, int]], adopted: set[int], bounds: list[int]
) -> None:
    taken_by_others = Occupied(
        ranges=[
            reserved(bounds[0], bounds[1]),
            ReservedRange("99999", 0, SUFFIXES - 1, "another prefix"),
        ],
        adopted=adopted,
    )
    space, seen = SPACE, set[str]()
    for as_block, count in steps:
        before = space.next_counter
        try:
            if as_block:
                block, space = blocks.issue(
                    space,
                    count,
                    device="tablet",
                    issued_at=NOON,
                    expires_at=END,
                    occupied=taken_by_others,
                )
                new = [code.suffix for code in block.codes]
                assert (block.start_counter, block.end_counter) == (before, space.next_counter)
                assert block.prefix == "75123"
            else:
                drawn = take(space, count, taken_by_others)
                space, new = drawn.space, [code.suffix for code in drawn.codes()]
        except errors.PrefixExhausted:
            assert capacity(space, taken_by_others).left < count
            assert space.next_counter == before
            continue
        assert len(new) == len(set(new)) == count
        assert not seen & set(new)
        assert not any(bounds[0] <= int(s) <= bounds[1] or int(s) in adopted for s in new)
        assert suffix_at("75123", KEY, space.next_counter - 1) == new[-1]
        seen |= set(new)
    report = capacity(space, taken_by_others)
    assert report.drawn + report.kept + report.left == SUFFIXES
    if report.left:
        last = take(space, report.left, taken_by_others)
        assert not seen & {code.suffix for code in last.codes()}


@pytest.mark.parametrize(
    ("left", "share", "full"), [(20_001, 0.79999, False), (20_000, 0.8, True), (0, 1.0, True)]
)
def test_warning_from_eighty_percent_on(left: int, share: float, full: bool) -> None:  # noqa: FBT001  # a table column
    report = capacity(replace(SPACE, next_counter=SUFFIXES - left))
    assert report == Capacity("75123", drawn=SUFFIXES - left, kept=0, left=left)
    assert report.share_used == pytest.approx(share)
    assert report.nearly_full is full


def test_bounds_of_counts_and_counters() -> None:
    with pytest.raises(ValueError, match="count below one"):
        take(SPACE, 0)
    for counter in (-1, SUFFIXES + 1):
        with pytest.raises(ValueError, match="next_counter"):
            CodeSpace("75123", KEY, counter)


def test_the_key_is_not_shown() -> None:
    assert "key" not in repr(SPACE)


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (6, 5), (0, SUFFIXES)])
def test_reserved_range_bounds(first: int, last: int) -> None:
    with pytest.raises(errors.ReservedRangeInvalid):
        reserved(first, last)


@pytest.mark.parametrize("issuer", ["", " ", " VNPost", "VN\nPost", "x" * 101])
def test_issuer_names(issuer: str) -> None:
    with pytest.raises(errors.IssuerInvalid):
        reserved(0, 1, issuer)
    with pytest.raises(errors.IssuerInvalid):
        adopt("75123-04827", issuer, None)


def test_reserved_range_is_closed_and_of_one_prefix() -> None:
    held = reserved(10, 12)
    inside = [DigitalCode("75123", f"000{n}") for n in (10, 12)]
    outside = [DigitalCode("75123", "00009"), DigitalCode("75123", "00013")]
    assert all(held.holds(code) for code in inside)
    assert not any(held.holds(code) for code in [*outside, DigitalCode("75124", "00011")])


def issued(count: int = 3) -> CodeBlock:
    return blocks.issue(SPACE, count, device="tablet", issued_at=NOON, expires_at=END)[0]


def test_a_block_goes_from_open_to_used_up() -> None:
    block = issued(2)
    first, second = block.codes
    assert block.state(NOON - timedelta(seconds=1)) is BlockState.PENDING
    assert block.state(NOON) is BlockState.OPEN
    block = blocks.use(block, first, NOON)
    assert block.code_state(first, END) is CodeState.USED
    assert block.code_state(second, NOON) is CodeState.AVAILABLE
    assert block.unused() == [second]
    block = blocks.use(block, second, END - timedelta(microseconds=1))
    assert block.state(END) is BlockState.USED_UP
    assert blocks.burnt(block, END) == []


def test_what_is_left_at_the_end_is_burnt_for_good() -> None:
    block = blocks.use(issued(), issued().codes[1], NOON)
    assert blocks.burnt(block, END - timedelta(seconds=1)) == []
    assert block.state(END) is BlockState.EXPIRED
    assert blocks.burnt(block, END) == [block.codes[0], block.codes[2]]
    assert block.code_state(block.codes[0], END) is CodeState.BURNT
    with pytest.raises(errors.BlockNotInForce) as caught:
        blocks.use(block, block.codes[0], END)
    assert caught.value.expires_at == "2026-12-22T12:00+00:00"
    with pytest.raises(errors.BlockNotInForce):
        blocks.use(block, block.codes[0], NOON - timedelta(seconds=1))


def test_a_code_is_used_once_and_only_from_its_block() -> None:
    block = issued()
    code = block.codes[0]
    used = blocks.use(block, code, NOON)
    assert block.used == frozenset()  # the block as stored stays as it was
    with pytest.raises(errors.BlockCodeUsed):
        blocks.use(used, code, NOON)
    with pytest.raises(errors.CodeNotInBlock):
        blocks.use(block, take(replace(SPACE, next_counter=3), 1).codes()[0], NOON)


def test_a_lost_device_loses_its_block_from_that_moment() -> None:
    block, then = issued(), NOON + timedelta(days=1)
    revoked = blocks.revoke(block, then)
    assert len(blocks.burnt(revoked, then)) == 3
    late = blocks.use(revoked, block.codes[0], then - timedelta(hours=1))  # made before, sent after
    assert len(blocks.burnt(late, then)) == 2
    assert blocks.revoke(block, END + timedelta(days=1)) == block
    never = blocks.revoke(block, NOON - timedelta(days=1))
    assert never.expires_at == NOON
    assert never.state(NOON) is BlockState.EXPIRED


def test_blocks_that_cannot_be() -> None:
    block = issued()
    naive = NOON.replace(tzinfo=None)
    for broken, match in (
        ({"issued_at": naive}, "offset"),
        ({"expires_at": naive}, "offset"),
        ({"expires_at": NOON - timedelta(seconds=1)}, "before it begins"),
        ({"codes": ()}, "at least one"),
        ({"end_counter": 2}, "at least one"),
        ({"used": frozenset({DigitalCode("75123", "99999")})}, "not of this block"),
    ):
        with pytest.raises(ValueError, match=match):
            replace(block, **broken)
    with pytest.raises(ValueError, match="some time"):
        blocks.issue(SPACE, 1, device="tablet", issued_at=NOON, expires_at=NOON)


def test_adoption_keeps_code_issuer_and_whether_it_was_verified() -> None:
    adopted = adopt("Mã địa chỉ số: 75123-04827-7", "VNPost", SPACE, [reserved(0, 9)])
    assert (adopted.code.text, adopted.issuer, adopted.verified) == ("7512304827", "VNPost", True)
    assert not adopt("75123-04827", "VNPost", None, [reserved(4827, 4827)]).verified


def test_adoption_is_refused_behind_the_next_counter() -> None:
    counter = counter_of("75123", KEY, "04827")
    reached = replace(SPACE, next_counter=counter + 1)
    with pytest.raises(errors.CodeAlreadyDrawn):
        adopt("75123-04827", "VNPost", reached)
    assert adopt("75123-04827", "VNPost", replace(SPACE, next_counter=counter)).code.text


def test_a_range_of_the_same_issuer_keeps_its_codes_adoptable_since_it_was_reserved() -> None:
    counter = counter_of("75123", KEY, "04827")
    reached = replace(SPACE, next_counter=SUFFIXES)
    before = reserved(4000, 4999, since_counter=counter)
    assert adopt("75123-04827", "VNPost", reached, [before]).issuer == "VNPost"
    with pytest.raises(errors.CodeAlreadyDrawn):
        adopt("75123-04827", "VNPost", reached, [reserved(4000, 4999, since_counter=counter + 1)])


def test_adoption_respects_ranges_of_others_and_the_prefix() -> None:
    with pytest.raises(errors.CodeReservedForOther) as caught:
        adopt("75123-04827", "Sở A", SPACE, [reserved(4000, 4999)])
    assert caught.value.holder == "VNPost"
    with pytest.raises(ValueError, match="space of 75123"):
        adopt("75124-04827", "VNPost", SPACE)
    with pytest.raises(errors.CodeTooShort):
        adopt("75123", "VNPost", SPACE)
