"""RateLimit fields are the structured fields of their draft, whatever is counted."""

from __future__ import annotations

import re

import pytest

from addrsvc.auth.limits import ClientLimits, RouteClass, Spending

pytestmark = pytest.mark.anyio

_MEMBER = re.compile(r'"([a-z-]+)"((?:;[a-z]+=[0-9]+)+)')


def _members(field: bytes) -> dict[str, dict[str, int]]:
    """Read a list of strings with whole numbers for parameters (RFC 9651); fail on all else."""
    members: dict[str, dict[str, int]] = {}
    for each in field.decode("ascii").split(", "):
        match = _MEMBER.fullmatch(each)
        assert match is not None, field
        pairs = [part.split("=") for part in match[2].strip(";").split(";")]
        members[match[1]] = {name: int(value) for name, value in pairs}
    return members


@pytest.mark.parametrize("known", [True, False])
async def test_what_is_left_is_told_of_policies_that_are_named(*, known: bool) -> None:
    """Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4."""
    limits = ClientLimits(workers=2)
    for route_class in RouteClass:
        if route_class is RouteClass.FREE:
            continue
        spending = Spending("client", known, route_class)
        await limits.admit(spending, 1_000_000.0)
        spending.misses_left = 3
        fields = dict(limits.headers(spending))
        policies, left = _members(fields[b"ratelimit-policy"]), _members(fields[b"ratelimit"])
        assert all(set(each) == {"q", "w"} for each in policies.values())
        for name, told in left.items():
            assert {"r"} <= set(told) <= {"r", "t"}
            if name in policies:
                assert told["r"] <= policies[name]["q"]
                assert 0 < told.get("t", 1) <= policies[name]["w"]
        assert route_class.value in left
        assert set(left) - {"misses"} <= set(policies)
