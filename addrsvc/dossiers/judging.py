"""Judge addresses of dossiers: text, code, parcel or point to links, corrections, candidates.

What was retired is never linked: what took its place is something for a person to choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from itertools import islice
from typing import Final

from addrsvc.admin_units import service as admin_units
from addrsvc.auth.model import Principal
from addrsvc.codes.code import parse_code
from addrsvc.db.doors import ReadPool
from addrsvc.dossiers.kept import Judged
from addrsvc.dossiers.model import (
    Correction,
    GivenAddress,
    LinkState,
    Settlement,
    candidate_of,
    corrections_in,
    settle,
)
from addrsvc.errors import AddrsvcError, InvalidInput, Text
from addrsvc.geocoding import forward
from addrsvc.geocoding.answers import Match, Query
from addrsvc.geocoding.by_code import judge_code, judge_slip, judge_unknown
from addrsvc.geocoding.planning import Plan
from addrsvc.geocoding.probe import Probed
from addrsvc.geocoding.ranking import Category
from addrsvc.geocoding.reverse import Nearby, nearest
from addrsvc.geocoding.turns import Turns
from addrsvc.geocoding.verdict import Verdict
from addrsvc.geocoding.world import Geocoder
from addrsvc.registry import reading
from addrsvc.registry.errors import CheckDigitRefused
from addrsvc.registry.identifiers import find_by_identifier
from addrsvc.registry.links import LinkScheme
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.model import Address, Status
from addrsvc.types import LonLat

CANDIDATES: Final = 5
"""Most places kept for a person to choose from."""

AROUND_M: Final = 100.0
"""Addresses so far from a point are candidates."""

AT_M: Final = 10.0
"""A point so near an address may mean it: what a telephone is off by in the open."""

APART_M: Final = 30.0
"""It does, where every other address is at least so far away."""


class Judge:
    """What one process judges addresses of dossiers with."""

    def __init__(
        self, geocoder: Geocoder, lookup: CodeLookup, pool: ReadPool, turns: Turns | None = None
    ) -> None:
        self._geocoder, self._lookup, self._pool = geocoder, lookup, pool
        self._turns = turns or Turns()

    async def judge(
        self, principal: Principal, given: Sequence[GivenAddress], day: date
    ) -> list[Judged]:
        """Judge addresses as given, in their order; all texts by one round trip, others meanwhile.

        Raises:
            GeocoderLoading: the names were not read yet.
            NotSignedIn, ScopeMissing: a parcel is given by who may not ask for parcels.
            psycopg.Error, PoolTimeout: the database does not answer.
        """
        texts = [each.text for each in given if each.text is not None]
        verdicts = iter(await self.read(texts, day))
        judged = []
        for each in given:
            if each.text is not None:
                judged.append(await self._of_verdict(principal, next(verdicts)))
            elif each.code is not None:
                judged.append(await self._of_code(principal, each.code))
            elif each.parcel is not None:
                judged.append(await self._of_parcel(principal, each.parcel))
            elif each.point is not None:
                judged.append(await self._of_point(each.point, day))
        return judged

    async def address_of(self, principal: Principal, code: str) -> Address | None:
        """Give the address of a code (ten digits), where the principal may see it."""
        found = await self._lookup.find(code)
        return found if found is not None and reading.is_seen(found, principal) else None

    async def read(self, texts: Sequence[str], day: date) -> list[Verdict]:
        """Give the verdict on each of some texts, by one round trip.

        Raises:
            GeocoderLoading: the names were not read yet.
            psycopg.Error, PoolTimeout: the database does not answer.
        """
        if not texts:
            return []
        world = self._geocoder.world
        queries = [Query(at=day, text=text, limit=CANDIDATES) for text in texts]
        plans = await self._turns.each(partial(forward.plan_query, world), queries)
        probed = iter(await self._geocoder.probes.find([e for plan in plans for e in plan.wanted]))
        pairs = [(plan, list(islice(probed, len(plan.wanted)))) for plan in plans]

        def judged(pair: tuple[Plan, list[Probed]]) -> Verdict:
            return forward.validate(world, forward.finish(world, *pair))

        return await self._turns.each(judged, pairs)

    async def _of_verdict(self, principal: Principal, verdict: Verdict) -> Judged:
        """Settle what a verdict says; of a retired address, what took its place is proposed."""
        matches: list[Match] = []
        for match in verdict.matches:
            found = match.candidate
            if not found.is_retired:
                matches.append(match)
                continue
            after = await self._in_use(principal, found.successors)
            matches += [
                Match(each.candidate, match.confidence, match.gap)
                for one in after
                for each in judge_code(one, (), verified=True).matches
            ]
        is_retired = bool(verdict.matches) and verdict.matches[0].candidate.is_retired
        return _judged(verdict, "C" if is_retired else verdict.category, matches)

    async def _of_code(self, principal: Principal, text: str) -> Judged:
        try:
            async with self._pool.connection() as conn:
                parsed = await reading.read_code(conn, text)
        except CheckDigitRefused as refused:
            codes = [parse_code(each).code.text for each in refused.suggestions]
            near = [await self.address_of(principal, code) for code in codes]
            matches = _matches([each for each in near if each is not None])
            return _judged(judge_slip(refused.suggestions), "C", matches)
        except InvalidInput as wrong:
            return _waiting(_said(wrong))
        address = await self.address_of(principal, parsed.code.text)
        if address is None:
            return _judged(judge_unknown(parsed.code.printed), "C", [])
        return await self._of_address(principal, address, verified=parsed.verified)

    async def _of_parcel(self, principal: Principal, text: str) -> Judged:
        try:
            async with self._pool.connection() as conn:
                found = await find_by_identifier(conn, principal, LinkScheme.PARCEL, text)
        except InvalidInput as wrong:
            return _waiting(_said(wrong))
        addresses = {each.address.address_id: each.address for each in found}
        coded = [each for each in addresses.values() if each.code is not None]
        if len(coded) == 1:
            return await self._of_address(principal, coded[0], verified=True)
        in_use = [each for each in coded if each.status is not Status.RETIRED]
        return _proposed(in_use[:CANDIDATES], _SEVERAL_ON_PARCEL if coded else _NONE_ON_PARCEL)

    async def _of_address(
        self, principal: Principal, address: Address, *, verified: bool
    ) -> Judged:
        after = await self._in_use(principal, [each.code for each in address.successors])
        verdict = judge_code(address, after, verified=verified)
        if address.status is not Status.RETIRED:
            return _judged(verdict, verdict.category, verdict.matches)
        matches = [each for each in verdict.matches if each.candidate.code != address.code]
        return _judged(verdict, "C", matches)

    async def _of_point(self, point: LonLat, day: date) -> Judged:
        async with self._pool.connection() as conn:
            nearby = await nearest(conn, point, limit=CANDIDATES, radius_m=AROUND_M)
            around = await admin_units.commune_at(conn, point, day)
        return judge_point(nearby, () if around is None else (around.id.code,))

    async def _in_use(self, principal: Principal, codes: Iterable[str]) -> list[Address]:
        found = [await self.address_of(principal, code) for code in codes]
        return [each for each in found if each is not None and each.status is not Status.RETIRED]


def judge_point(nearby: Sequence[Nearby], communes: tuple[str, ...]) -> Judged:
    """Judge a point by the addresses around it, nearest first."""
    if not nearby:
        return Judged("C", settle("C"), (_NOTHING_NEAR,), communes)
    first = nearby[0]
    is_apart = len(nearby) == 1 or nearby[1].distance_m >= APART_M
    category: Category = "B" if first.distance_m <= AT_M and is_apart else "C"
    by_point = Correction(
        "nearest-address",
        Text(
            f"Chỉ có tọa độ; địa chỉ gần nhất cách {first.distance_m:.0f} m.",
            f"Only a point was given; the nearest address is {first.distance_m:.0f} m away.",
        ),
    )
    share = 1.0 / len(nearby)
    sure = 1.0 if category == "B" else share
    candidates = [candidate_of(Match(each.candidate, sure, 0.0)) for each in nearby]
    return Judged(category, settle(category, candidates, (by_point,)), (by_point,), communes)


def _judged(verdict: Verdict, category: Category, matches: Sequence[Match]) -> Judged:
    """Settle a verdict by a category and candidates that may be others than its own."""
    corrections = corrections_in(verdict.components, verdict.findings)
    reasons = tuple(
        Correction(each.id, Text(each.text("vi"), each.text("en"))) for each in verdict.findings
    )
    uncoded = {
        each.candidate.area.code
        for each in matches
        if each.candidate.code is None and each.candidate.area.province is not None
    }
    communes = uncoded or (set() if matches else {each.unit.code for each in verdict.present})
    candidates = [candidate_of(each) for each in matches]
    settlement = settle(category, candidates, corrections)
    return Judged(category, settlement, reasons, tuple(sorted(communes)))


def _proposed(addresses: Sequence[Address], reason: Correction) -> Judged:
    """Leave several addresses for a person to choose from."""
    candidates = [candidate_of(each) for each in _matches(addresses)]
    return Judged("C", settle("C", candidates), (reason,))


def _matches(addresses: Sequence[Address]) -> list[Match]:
    """Give addresses as answers, one as likely as the other."""
    found = [each for one in addresses for each in judge_code(one, (), verified=True).matches]
    return [Match(each.candidate, 1.0 / len(found), 0.0) for each in found]


def _waiting(reason: Correction) -> Judged:
    return Judged("C", Settlement(LinkState.WAITING), (reason,))


def _said(error: AddrsvcError) -> Correction:
    return Correction(error.slug, Text(error.text("vi"), error.text("en")))


_SEVERAL_ON_PARCEL: Final = Correction(
    "several-on-parcel",
    Text(
        "Thửa đất này có nhiều địa chỉ. Hãy chọn một địa chỉ.",
        "There are several addresses on this parcel. Choose one.",
    ),
)
_NONE_ON_PARCEL: Final = Correction(
    "none-on-parcel",
    Text(
        "Chưa có địa chỉ nào gắn với thửa đất này. Hãy tìm theo địa chỉ ghi trong hồ sơ.",
        "No address is known on this parcel. Look for the address written in the dossier.",
    ),
)
_NOTHING_NEAR: Final = Correction(
    "no-address-near",
    Text(
        f"Không có địa chỉ nào trong vòng {AROUND_M:.0f} m quanh tọa độ này.",
        f"There is no address within {AROUND_M:.0f} m of this point.",
    ),
)
