"""The order in which somebody walks, and who is left out of it."""

from __future__ import annotations

import doctest

from addrsvc.notices import walking
from addrsvc.notices.walking import Stop, in_order


def stop(
    code: str, number: str, *localities: str, area: str = "25747", street: str = "Lê Lợi"
) -> Stop:
    named = [["khu_pho", each] for each in localities]
    parts = {"house_number": number, "thoroughfare": street, "localities": named}
    return Stop.from_row(int(code), code, area, parts)


def test_one_walks_by_commune_locality_street_and_number() -> None:
    stops = [
        stop("1", "10", "Khu phố 10"),
        stop("2", "9", "Khu phố 2"),
        stop("3", "2", "Khu phố 2"),
        stop("4", "2/10", "Khu phố 2"),
        stop("5", "2/9", "Khu phố 2"),
        stop("6", "1", "Khu phố 1", area="25750"),
        stop("7", "1", "Khu phố 2", street="An Lợi"),
        Stop.from_row(8, "8", "25747", None),
    ]
    assert [each.code for each in in_order(reversed(stops))] == [*"873542", "1", "6"]
    assert [each.code for each in in_order(stops, "KHU PHO 2")] == [*"73542"]
    assert in_order(stops, "Khu phố 3") == []


def test_doctests() -> None:
    assert doctest.testmod(walking).failed == 0
