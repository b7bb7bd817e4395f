"""Tokens of identity providers against the running service."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from oidc_issuer import OTHER_RSA_KEY, FakeIssuer, fake_issuer
from registry_fixtures import IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.clock import Clock
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

PEOPLE = "/v1/access/people"


@pytest.fixture
async def provider() -> AsyncIterator[FakeIssuer]:
    async with fake_issuer() as running:
        yield running


@pytest.fixture
def settings(database_url: str, provider: FakeIssuer) -> Settings:
    told = provider.settings(roles_claim="roles", areas_claim="dia_ban")
    return service_settings(database_url, oidc_issuers=[told], oidc_allow_loopback=True)


async def test_a_person_from_elsewhere_may_what_claims_or_a_grant_say(
    client: httpx.AsyncClient, provider: FakeIssuer, clock: Clock, issue_key: IssueKey
) -> None:
    def bearer(**claims: object) -> dict[str, str]:
        return {"Authorization": f"Bearer {provider.token(clock.now(), **claims)}"}

    known = await client.get("/v1/addresses", headers=bearer())
    assert (known.status_code, known.json()["type"]) == (403, "/problems/scope-missing")
    planner = bearer(roles=["planner"], dia_ban=["25747"])
    assert (await client.get("/v1/addresses", headers=planner)).status_code == 200
    assert (await client.get(PEOPLE, headers=planner)).status_code == 403
    admin = {"Authorization": f"Bearer {await issue_key(*Scope)}"}
    grant = {"issuer": "so", "subject": "bia-01", "scopes": ["access:write", "events:read"]}
    assert (await client.put(PEOPLE, json=grant, headers=admin)).status_code == 204
    # what was granted by name outranks the claims
    assert (await client.get("/v1/addresses", headers=planner)).status_code == 403
    [found] = (await client.get(PEOPLE, headers=planner)).json()["items"]
    assert (found["subject"], found["is_in_force"], found["roles"]) == ("bia-01", True, [])
    wider = {**grant, "scopes": ["addresses:secret"]}
    answer = await client.put(PEOPLE, json=wider, headers=planner)
    assert answer.json()["type"] == "/problems/grant-too-wide"
    assert (await client.put(PEOPLE, json=wider, headers=admin)).status_code == 204
    ended = {**grant, "expires_at": "2026-01-15T02:00:00Z"}
    assert (await client.put(PEOPLE, json=ended, headers=admin)).status_code == 204
    assert (await client.get("/v1/addresses", headers=planner)).status_code == 200
    someone = {"issuer": "so", "subject": "bia-01"}
    over = await client.post(f"{PEOPLE}:revoke", json=someone, headers=admin)
    assert over.json()["type"] == "/problems/grant-unknown"
    assert (await client.put(PEOPLE, json=grant, headers=admin)).status_code == 204
    assert (await client.get("/v1/addresses", headers=planner)).status_code == 403
    assert (await client.post(f"{PEOPLE}:revoke", json=someone, headers=admin)).status_code == 204
    assert (await client.get("/v1/addresses", headers=planner)).status_code == 200
    gone = await client.post(f"{PEOPLE}:revoke", json=someone, headers=admin)
    assert gone.json()["type"] == "/problems/grant-unknown"
    other = await client.put(PEOPLE, json={**grant, "issuer": "sai"}, headers=admin)
    assert other.json()["type"] == "/problems/issuer-unknown"
    # a person needs no token of a form to change things: no other site makes a browser send one
    assert (await client.put(PEOPLE, json=grant, headers=planner)).status_code == 403


async def test_bad_tokens_are_answered_alike_also_on_public_surfaces(
    client: httpx.AsyncClient, provider: FakeIssuer, clock: Clock
) -> None:
    now = clock.now()
    bad = [provider.token(now, OTHER_RSA_KEY), provider.token(now, exp=1), "a.b.c"]
    answers = []
    for token in bad:
        for path in ("/v1/addresses", "/v1/addresses/7512304827", "/v1/geocode?q=1"):
            headers = {"Authorization": f"Bearer {token}"}
            answer = await client.get(path, headers=headers)
            body = answer.json()
            body.pop("request_id")
            answers.append((answer.status_code, str(sorted(body.items()))))
    assert len(set(answers)) == 1
    assert answers[0][0] == 401
    assert "token-refused" in answers[0][1]
    # guesses are counted like passwords
    for _ in range(2):
        last = await client.get("/v1/addresses", headers={"Authorization": "Bearer a.b.c"})
    assert last.status_code == 429


async def test_a_provider_that_is_away_is_said_so_and_nothing_else_suffers(
    client: httpx.AsyncClient, provider: FakeIssuer, clock: Clock, issue_key: IssueKey
) -> None:
    provider.status = 500
    headers = {"Authorization": f"Bearer {provider.token(clock.now())}"}
    away = await client.get("/v1/addresses", headers=headers)
    assert (away.status_code, away.json()["type"]) == (503, "/problems/issuer-away")
    assert away.headers["retry-after"] == "5"
    key = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    assert (await client.get("/v1/addresses", headers=key)).status_code == 200
