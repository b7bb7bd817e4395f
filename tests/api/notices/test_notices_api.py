"""Plates and letters for an area, and what was done at each address. All names are invented."""

from __future__ import annotations

import json
from typing import Any

import httpx
import psycopg
import pytest
from paper_reading import scans_of_pdf, words_of_pdf
from registry_fixtures import EAST, IN_EAST, IN_WEST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.settings import Settings

PUBLIC_AT = "https://example.test/"

pytestmark = pytest.mark.anyio

PHONE, HOLDER = "0900 000 111", "Trần Văn Canari"
BATCHES, MARKS = "/v1/notices/batches", "/v1/notices/marks"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, public_url=PUBLIC_AT)


@pytest.fixture
async def keys(issue_key: IssueKey) -> dict[str, dict[str, str]]:
    both = Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE
    issued = {
        "all": await issue_key(*both),
        "west": await issue_key(*both, areas=[WEST]),
        "east": await issue_key(*both, areas=[EAST]),
        "reader": await issue_key(Scope.ADDRESSES_READ),
    }
    return {name: {"Authorization": f"Bearer {key}"} for name, key in issued.items()}


@pytest.fixture
async def codes(client: httpx.AsyncClient, keys: dict[str, dict[str, str]]) -> dict[str, str]:
    made = {}
    for number, place, more in (
        ("10", IN_WEST, {"holder": {"name": HOLDER, "phone": PHONE}, "name": "Nhà bà Canari"}),
        ("9", IN_WEST, {}),
        ("9A", IN_WEST, {"visibility": "restricted"}),
        ("secret", IN_WEST, {"visibility": "secret"}),
        ("1", IN_EAST, {}),
    ):
        localities = [{"kind": "khu_pho", "name": "Khu phố 3"}] if number != "9" else []
        components = {
            "house_number": "7" if number == "secret" else number,
            "thoroughfare": "Đường <b>Mẫu</b>",
            "localities": localities,
        }
        body = {"kind": "dwelling", "source": "test", "position": place}
        answer = await client.post(
            "/v1/addresses", json={**body, "components": components, **more}, headers=keys["all"]
        )
        if number == "secret" and answer.status_code == 403:
            continue
        assert answer.status_code == 201, answer.text
        made[number] = answer.json()["code"]
    return made


def count_of(commune: str, addresses: int, notified: int, plate_fixed: int) -> dict[str, Any]:
    done = {"notified": notified, "plate_fixed": plate_fixed, "not_met": 0}
    return {"commune": commune, "addresses": addresses, **done}


async def slug_of(asking: Any) -> tuple[int, str]:
    answer = await asking
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


async def test_plates_and_letters_of_an_area(
    client: httpx.AsyncClient, codes: dict[str, str], keys: dict[str, dict[str, str]]
) -> None:
    west = {"headers": keys["west"]}
    answer = await client.post(BATCHES, json={"commune": WEST, "note": "đợt thử"}, **west)
    assert answer.status_code == 201, answer.text
    batch = answer.json()
    assert (batch["addresses"], batch["parts"], batch["communes"]) == (3, 1, [WEST])
    path = answer.headers["location"]
    walked = [codes[number] for number in ("9", "9A", "10")]
    # the locality comes before the street: 9 lies in none
    listed = await client.get(f"{path}/addresses", **west)
    assert [each["code"] for each in listed.json()["items"]] == walked
    assert listed.json()["items"][0]["notified"] is None
    page = (await client.get(f"{path}/addresses?limit=2", **west)).json()
    assert [each["code"] for each in page["items"]] == walked[:2]
    rest = (await client.get(f"{path}/addresses?limit=2&after={page['next']}", **west)).json()
    assert ([each["code"] for each in rest["items"]], rest["next"]) == (walked[2:], None)

    links = [f"https://example.test/a/{DigitalCode.of(code).plate}" for code in walked]
    plates = await client.get(batch["plates"][0], **west)
    assert plates.headers["content-type"] == "application/pdf"
    assert scans_of_pdf(plates.content) == [links]
    letters = await client.get(batch["letters"][0], **west)
    assert scans_of_pdf(letters.content) == [[link] for link in links]
    said = " ".join(words_of_pdf(plates.content) + words_of_pdf(letters.content))
    assert "10 Đường <b>Mẫu</b>, Khu phố 3" in said
    assert "PHƯỜNG TÂY" in said
    for personal in ("anari", PHONE):
        assert personal not in said + json.dumps(batch) + listed.text

    of_locality = {"commune": WEST, "locality": "khu pho 3"}
    answer = await client.post(BATCHES, json=of_locality, **west)
    assert answer.json()["addresses"] == 2
    both = {"codes": [DigitalCode.of(codes["9"]).plate, codes["1"], codes["9"]]}
    answer = await client.post(BATCHES, json=both, headers=keys["all"])
    mixed = answer.json()
    assert (mixed["addresses"], mixed["communes"]) == (2, [WEST, EAST])
    listed = (await client.get(f"{BATCHES}?limit=1", **west)).json()
    assert [each["addresses"] for each in listed["items"]] == [2]
    older = await client.get(f"{BATCHES}?before={listed['next']}", **west)
    assert [each["batch_id"] for each in older.json()["items"]] == [batch["batch_id"]]

    other = f"{BATCHES}/{mixed['batch_id']}"
    unclear = (422, "notice-area-unclear")
    for asking, refused in (
        (client.post(BATCHES, json={"commune": EAST}, **west), (403, "area-forbidden")),
        (client.post(BATCHES, json={"commune": WEST}), (401, "not-signed-in")),
        (
            client.post(BATCHES, json={"commune": WEST}, headers=keys["reader"]),
            (403, "scope-missing"),
        ),
        (client.post(BATCHES, json={}, **west), unclear),
        (
            client.post(BATCHES, json={**both, "commune": WEST}, **west),
            (422, "notice-area-unclear"),
        ),
        (
            client.post(BATCHES, json={**both, "locality": "x"}, **west),
            (422, "notice-area-unclear"),
        ),
        (client.post(BATCHES, json=both, **west), (422, "notice-codes-wrong")),
        (client.post(BATCHES, json={"codes": ["x"]}, **west), (422, "notice-codes-wrong")),
        (
            client.post(BATCHES, json={"commune": WEST, "locality": "Ấp 9"}, **west),
            (409, "notice-nothing"),
        ),
        (client.get(other, **west), (404, "notice-batch-unknown")),
        (client.get(f"{other}/letters", **west), (404, "notice-batch-unknown")),
        (client.get(f"{path}/plates?part=2", **west), (404, "notice-part-unknown")),
        (client.get(f"{path}/addresses", headers=keys["east"]), (404, "notice-batch-unknown")),
        (client.get(f"{path}/addresses"), (401, "not-signed-in")),
    ):
        assert await slug_of(asking) == refused


async def test_what_was_done_is_noted_counted_and_taken_back(
    client: httpx.AsyncClient,
    codes: dict[str, str],
    keys: dict[str, dict[str, str]],
    settings: Settings,
) -> None:
    west = {"headers": keys["west"]}
    plate = DigitalCode.of(codes["9"]).plate
    wrong = plate[:-1] + str((int(plate[-1]) + 1) % 10)
    given = [codes["10"], plate, codes["9"], "x", wrong, codes["1"], "7512399999"]
    said = {"state": "notified", "how": "visit", "codes": given, "done_on": "2026-01-05"}
    repeated = {**west["headers"], "Idempotency-Key": "9f0f3a52-5d5a-4f3e-9d1e-0d8f5a4f1e11"}
    answer = await client.post(MARKS, json=said, headers=repeated)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["rows"] == len(given)
    assert [(each["given"], each["outcome"], each["error"]) for each in told["items"]] == [
        (given[0], "marked", None),
        (given[1], "marked", None),
        (given[2], "already", None),
        (given[3], "refused", "code-has-letter"),
        (given[4], "refused", "check-digit-wrong"),
        (given[5], "refused", "area-forbidden"),
        (given[6], "refused", "address-not-found"),
    ]
    assert told["outcomes"] == {"marked": 2, "already": 1, "refused": 4}
    assert (await client.post(MARKS, json=said, headers=repeated)).json() == told

    fixed = {"state": "plate-fixed", "codes": [codes["9"]]}
    assert (await client.post(MARKS, json=fixed, **west)).json()["outcomes"] == {"marked": 1}
    counted = (await client.get("/v1/notices/counts", **west)).json()["items"]
    assert counted == [count_of(WEST, 3, 2, 1)]
    everywhere = (await client.get("/v1/notices/counts", headers=keys["reader"])).json()["items"]
    assert everywhere[1:] == [count_of(EAST, 1, 0, 0)]

    batch = await client.post(BATCHES, json={"commune": WEST, "not_yet": "notified"}, **west)
    assert batch.json()["addresses"] == 1
    batch = await client.post(BATCHES, json={"commune": WEST}, **west)
    listed = (await client.get(f"{batch.headers['location']}/addresses", **west)).json()["items"]
    done = {each["code"]: each for each in listed}
    assert done[codes["9"]]["notified"] == {"done_on": "2026-01-05", "how": "visit"}
    assert done[codes["9"]]["plate_fixed"] == {"done_on": "2026-01-15", "how": None}
    assert done[codes["9A"]]["notified"] is None

    back = {"state": "notified", "codes": [codes["9"], codes["9A"], codes["1"]]}
    answer = await client.post(f"{MARKS}:take-back", json=back, **west)
    assert [each["outcome"] for each in answer.json()["items"]] == [
        "taken-back", "not-marked", "refused",
    ]  # fmt: skip
    counted = (await client.get("/v1/notices/counts", **west)).json()["items"]
    assert counted[0]["notified"] == 1
    again = await client.post(MARKS, json={**said, "codes": [codes["9"]]}, **west)
    assert again.json()["outcomes"] == {"marked": 1}

    tomorrow = {**said, "done_on": "2026-01-16"}
    reader = {"headers": keys["reader"]}
    for asking, refused in (
        (client.post(MARKS, json=tomorrow, **west), (422, "notice-day-in-future")),
        (client.post(MARKS, json={**said, "state": "lost"}, **west), (422, "request-invalid")),
        (client.post(MARKS, json={**said, "codes": []}, **west), (422, "request-invalid")),
        (client.post(MARKS, json=said), (401, "not-signed-in")),
        (client.post(f"{MARKS}:take-back", json=back, **reader), (403, "scope-missing")),
        (client.get("/v1/notices/counts"), (401, "not-signed-in")),
    ):  # fmt: skip
        assert await slug_of(asking) == refused

    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        told_of = conn.execute(
            "SELECT action, count(*) FROM audit_entry "
            "WHERE action LIKE 'notice.%' GROUP BY 1 ORDER BY 1"
        ).fetchall()
        kept = conn.execute("SELECT count(*) FROM notice_mark").fetchone()
    assert told_of == [("notice.mark", 4), ("notice.prepare", 2), ("notice.take-back", 1)]
    assert kept == (4,)


async def test_visits_that_met_nobody_are_kept_by_the_day(
    client: httpx.AsyncClient, codes: dict[str, str], keys: dict[str, dict[str, str]]
) -> None:
    west = {"headers": keys["west"]}
    one = {"state": "not-met", "codes": [codes["9"]]}

    async def outcome(path: str, **said: str) -> str:
        answer = await client.post(path, json={**one, **said}, **west)
        return str(answer.json()["items"][0]["outcome"])

    for day, done in (
        ("2026-01-05", "marked"),
        ("2026-01-05", "already"),
        ("2026-01-07", "marked"),
    ):
        assert await outcome(MARKS, reason="nobody-home", done_on=day) == done
    for wrong in (one, {**one, "state": "notified", "reason": "refused"}):
        asking = client.post(MARKS, json=wrong, **west)
        assert await slug_of(asking) == (422, "notice-reason-unclear")
    batch = (await client.post(BATCHES, json={"commune": WEST}, **west)).json()
    path = f"{BATCHES}/{batch['batch_id']}/addresses"

    async def told() -> tuple[dict[str, Any] | None, int]:
        listed = (await client.get(path, **west)).json()["items"]
        counted = (await client.get("/v1/notices/counts", **west)).json()["items"]
        (found,) = (each["not_met"] for each in listed if each["code"] == codes["9"])
        return found, counted[0]["not_met"]

    last = {"done_on": "2026-01-07", "how": None, "reason": "nobody-home"}
    assert await told() == (last, 1)
    assert await outcome(f"{MARKS}:take-back") == "taken-back"
    assert await told() == ({**last, "done_on": "2026-01-05"}, 1)
    await client.post(MARKS, json={"state": "notified", "codes": [codes["9"]]}, **west)
    assert (await told())[1] == 0, "told since"


async def test_what_went_out_of_use_is_not_printed(
    client: httpx.AsyncClient, codes: dict[str, str], keys: dict[str, dict[str, str]]
) -> None:
    west = {"headers": keys["west"]}
    batch = (await client.post(BATCHES, json={"commune": WEST}, **west)).json()
    await client.post(MARKS, json={"state": "notified", "codes": [codes["9"]]}, **west)
    retired = await client.post(
        f"/v1/addresses/{codes['9']}:retire",
        json={"reason": "đã phá dỡ"},
        headers={**keys["all"], "If-Match": "*"},
    )
    assert retired.status_code == 200, retired.text
    plates = await client.get(batch["plates"][0], **west)
    assert DigitalCode.of(codes["9"]).plate not in " ".join(words_of_pdf(plates.content))
    marking = await client.post(MARKS, json={"state": "plate-fixed", "codes": [codes["9"]]}, **west)
    assert marking.json()["items"][0]["error"] == "notice-not-in-use"
    back = {"state": "notified", "codes": [codes["9"]]}
    answer = await client.post(f"{MARKS}:take-back", json=back, **west)
    assert answer.json()["outcomes"] == {"taken-back": 1}
    counted = (await client.get("/v1/notices/counts", **west)).json()["items"]
    assert counted == [count_of(WEST, 2, 0, 0)]
