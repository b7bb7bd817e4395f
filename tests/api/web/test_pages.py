"""The pages as the server writes them: whole without scripts, in both languages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from addrsvc.codes.code import DigitalCode
from addrsvc.registry.model import Address, Components, Holder, Kind, Visibility

pytestmark = pytest.mark.anyio

Act = Callable[..., Awaitable[Address]]
OpenClient = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

UNKNOWN = "75123-99999"
HOSTILE = "</script><img src=x onerror=alert(1)>${alert(1)}`\u202e{{7*7}}"


def plate_of(address: Address) -> str:
    return DigitalCode.of(str(address.code)).plate


def wrong_plate_of(address: Address) -> str:
    plate = plate_of(address)
    return plate[:-1] + str((int(plate[-1]) + 1) % 10)


async def test_home_is_vietnamese_until_switched_and_remembers(client: httpx.AsyncClient) -> None:
    first = await client.get("/", headers={"Accept-Language": "en"})
    assert '<html lang="vi">' in first.text
    assert "Tra cứu địa chỉ số" in first.text
    assert first.headers["content-language"] == "vi"
    switched = await client.get("/?lang=en")
    assert '<html lang="en">' in switched.text
    assert "Look up a digital address" in switched.text
    remembered = await client.get("/")
    assert '<html lang="en">' in remembered.text
    back = await client.get("/?lang=vi")
    assert '<html lang="vi">' in back.text


async def test_switch_keeps_what_was_asked(client: httpx.AsyncClient, register: Act) -> None:
    plate = plate_of(await register())
    page = await client.get("/", params={"q": plate})
    assert f'href="/?q={plate}&amp;lang=en"' in page.text


async def test_odd_language_is_vietnamese(client: httpx.AsyncClient) -> None:
    page = await client.get("/?lang=%22%3E%3Cscript%3E")
    assert '<html lang="vi">' in page.text
    assert "set-cookie" not in page.headers
    assert "<script>" not in page.text


async def test_plate_is_answered_in_place(client: httpx.AsyncClient, register: Act) -> None:
    address = await register()
    page = await client.get("/", params={"q": plate_of(address)})
    assert page.status_code == 200
    for part in (
        f'<span class="plate">{plate_of(address)}</span>',
        "12/3 Đường Lê Lợi, Phường Tây, Thành phố Mẫu",
        "Nhà ở",
        "khoảng 4,5 m",
        "đo bằng GPS tại chỗ",
        "10.950000, 106.650000",
        "Đang dùng",
        "15/01/2026",
        f'href="/a/{address.code}"',
    ):
        assert part in page.text
    assert "Có phải địa chỉ này không?" not in page.text


async def test_bare_code_is_a_question_first(client: httpx.AsyncClient, register: Act) -> None:
    address = await register()
    page = await client.get("/", params={"q": str(address.code)})
    assert "Có phải địa chỉ này không?" in page.text
    assert "12/3 Đường Lê Lợi" in page.text
    assert f'<a class="button" href="/a/{address.code}">' in page.text
    assert plate_of(address) not in page.text  # the check digit would confirm nothing
    no = await client.get("/?again")
    assert "Hãy nhập lại mã" in no.text


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_wrong_check_digit_says_what_the_api_says(
    client: httpx.AsyncClient, register: Act, language: str
) -> None:
    address = await register()
    wrong = wrong_plate_of(address)
    page = await client.get("/", params={"q": wrong, "lang": language})
    api = await client.get(f"/v1/addresses/{wrong}", headers={"Accept-Language": language})
    assert page.status_code == api.status_code == 422
    assert api.json()["detail"] in page.text
    assert plate_of(address) in api.json()["suggestions"]
    assert f'href="/?q={plate_of(address)}"' in page.text
    assert f'value="{wrong}"' in page.text
    assert 'aria-invalid="true"' in page.text


async def test_whatever_is_typed_there_is_a_next_step(ready: httpx.AsyncClient) -> None:
    asked = {
        "": 422,
        "   ": 422,
        "7512": 404,
        "75123o4827": 422,
        "75123-0482": 422,
        "Đường Lê Lợi": 404,
        "012345678901": 404,
        "9" * 150: 422,
        "9" * 500: 404,
        UNKNOWN: 404,
    }
    next_step = {"vi": ("Bạn có thể", "Nhà tôi"), "en": ("What you can do", "My house")}
    for language, said in next_step.items():
        for typed, status in asked.items():
            page = await ready.get("/", params={"q": typed, "lang": language})
            assert page.status_code == status, typed
            assert page.headers["content-type"].startswith("text/html")
            assert any(each in page.text for each in said), typed
            assert '<input id="q"' in page.text
            title = page.text.partition("<title>")[2].partition("</title>")[0]
            assert typed.strip() == "" or typed[:8] not in title


async def test_broken_queries_get_a_page(ready: httpx.AsyncClient) -> None:
    for query in ("q=%00", "q=%ff%fe", "q=%F0%9F%8F%A0", "q=1&q=2", "q", "q=%00%00Le%00Loi"):
        page = await ready.get(f"/?{query}")
        assert page.status_code in {404, 422}, query
        assert page.headers["content-type"].startswith("text/html")


async def test_secret_and_unknown_cannot_be_told_apart(
    client: httpx.AsyncClient, register: Act
) -> None:
    secret = DigitalCode.of(str((await register(visibility=Visibility.SECRET)).code))
    unknown = DigitalCode.of("7512399999")
    for path in ("/a/{0.text}", "/?q={0.printed}"):
        hidden = await client.get(path.format(secret))
        absent = await client.get(path.format(unknown))
        assert hidden.status_code == absent.status_code == 404
        for each, code in ((hidden, secret), (absent, unknown)):
            each.stripped = each.text.replace(code.printed, "").replace(code.text, "")
        assert hidden.stripped == absent.stripped
        assert hidden.headers.keys() == absent.headers.keys()


@pytest.mark.parametrize(
    "form",
    [
        "{0.plate}",
        "{0.printed}",
        "{0.prefix} {0.suffix}",
        "{0.prefix}/{0.suffix}",
        "Mã địa chỉ số: {0.printed}",
        "https://diachiso.example/a/{0.plate}",
    ],
)
async def test_every_written_form_leads_to_the_permanent_page(
    client: httpx.AsyncClient, register: Act, form: str
) -> None:
    code = DigitalCode.of(str((await register()).code))
    answer = await client.get("/a/" + form.format(code).replace("/", "%2F"))
    assert (answer.status_code, answer.headers["location"]) == (308, f"/a/{code.text}")
    english = await client.get(f"/a/{code.plate}?lang=en", follow_redirects=True)
    assert '<html lang="en">' in english.text


async def test_permanent_page_is_kept_by_the_browser_until_it_changes(
    client: httpx.AsyncClient, register: Act, retire: Act
) -> None:
    address = await register()
    page = await client.get(f"/a/{address.code}")
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex"
    assert page.headers["cache-control"] == "private, no-cache"
    again = {"If-None-Match": page.headers["etag"]}
    assert (await client.get(f"/a/{address.code}", headers=again)).status_code == 304
    assert (await client.get(f"/a/{address.code}?lang=en", headers=again)).status_code == 200
    client.cookies.clear()
    await retire(address)
    assert (await client.get(f"/a/{address.code}", headers=again)).status_code == 200
    assert (await client.head(f"/a/{address.code}")).status_code == 200


async def test_people_behind_an_address_are_nowhere(
    client: httpx.AsyncClient, register: Act
) -> None:
    home = await register(
        name="Hộ ông Nguyễn Văn Bịa", holder=Holder("Nguyễn Văn Bịa", "0900000000")
    )
    school = await register(
        kind=Kind.PUBLIC_FACILITY, name="Trường Mẫu", components=Components(house_number="15")
    )
    for path in (f"/a/{home.code}", f"/?q={home.code}", f"/?q={plate_of(home)}"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "Bịa" not in page.text
        assert "0900000000" not in page.text
    assert "Trường Mẫu" in (await client.get(f"/a/{school.code}")).text


async def test_retired_page_links_to_public_successors_only(
    client: httpx.AsyncClient, register: Act, retire: Act
) -> None:
    old, new, secret = (
        await register(),
        await register(components=Components(house_number="12/3A")),
        await register(components=Components(house_number="9"), visibility=Visibility.SECRET),
    )
    await retire(old, new, secret, relation="split")
    page = await client.get(f"/a/{old.code}")
    assert page.status_code == 200
    assert "không còn dùng từ ngày 15/01/2026" in page.text
    assert "Đã tách thành:" in page.text
    assert f'href="/a/{new.code}"' in page.text
    assert "12/3A, Phường Tây" in page.text
    assert str(secret.code) not in page.text
    assert plate_of(secret) not in page.text
    english = await client.get(f"/a/{old.code}?lang=en")
    assert "Out of use since 15 January 2026" in english.text


async def test_retired_without_successor_says_so(
    client: httpx.AsyncClient, register: Act, retire: Act
) -> None:
    old = await register()
    await retire(old)
    assert "Không có địa chỉ nào được ghi là thay thế." in (await client.get(f"/a/{old.code}")).text


async def test_estimated_position_is_said_to_be_one(
    client: httpx.AsyncClient, register: Act
) -> None:
    kept = await register(position=None, commune_code="25747", code="9999900001", issuer="VNPost")
    page = await client.get(f"/a/{kept.code}")
    assert "khoảng 6,2 km" in page.text
    assert "ước lượng theo phường, xã" in page.text
    assert "vị trí chưa được đo tại chỗ" in page.text


async def test_hostile_text_stays_text(client: httpx.AsyncClient, register: Act) -> None:
    address = await register(
        kind=Kind.ENTERPRISE,
        name=HOSTILE,
        components=Components(house_number="1", thoroughfare=HOSTILE),
    )
    for path in (f"/a/{address.code}", f"/?q={address.code}", f"/?q={plate_of(address)}"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;${alert(1)}" in page.text
        assert "{{7*7}}" in page.text
    typed = await client.get("/", params={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in typed.text


async def test_misses_run_into_a_limit_with_a_page(open_client: OpenClient) -> None:
    async with open_client(anonymous_misses_per_minute=2) as client:
        answers = [await client.get(f"/a/{number}") for number in ("7512399999", "7512399998")]
        limited = await client.get("/a/7512399997")
    assert [answer.status_code for answer in answers] == [404, 404]
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 0
    assert limited.headers["content-type"].startswith("text/html")
    assert "Quá nhiều yêu cầu" in limited.text


async def test_guessing_check_digits_counts_as_missing(
    open_client: OpenClient, register: Act
) -> None:
    wrong = wrong_plate_of(await register())
    async with open_client(anonymous_misses_per_minute=1) as client:
        statuses = [(await client.get("/", params={"q": wrong})).status_code for _ in range(2)]
    assert statuses == [422, 429]


async def test_without_a_database_there_is_still_a_page(open_client: OpenClient) -> None:
    away = SecretStr("postgresql://127.0.0.1:1/absent")
    both = {"database_url": away, "read_database_url": None}
    async with open_client(**both, request_deadline_s=10) as client:
        page = await client.get("/a/7512304827")
        home = await client.get("/")
    assert page.status_code == 503
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["retry-after"] == "5"
    assert "Không có gì bị mất" in page.text
    assert home.status_code == 200


async def test_unknown_paths_speak_to_who_asks(client: httpx.AsyncClient) -> None:
    person = await client.get("/khong-co", headers={"Accept": "text/html,*/*"})
    assert person.status_code == 404
    assert "Không có trang này" in person.text
    assert '<input id="q"' in person.text
    for path, accept in (("/khong-co", "*/*"), ("/v1/khong-co", "text/html")):
        software = await client.get(path, headers={"Accept": accept})
        assert software.status_code == 404
        assert software.headers["content-type"] == "application/problem+json"
        assert software.json()["type"] == "/problems/route-unknown"
        assert software.json()["request_id"] == software.headers["x-request-id"]


@pytest.mark.parametrize("demo", [True, False])
async def test_demo_says_so_on_every_page(
    open_client: OpenClient, register: Act, *, demo: bool
) -> None:
    address = await register()
    async with open_client(demo=demo) as client:
        for path in ("/", f"/?q={address.code}", f"/a/{address.code}", "/a/7512399999", "/docs"):
            page = await client.get(path)
            assert ("Dữ liệu minh họa – địa chỉ không có thật" in page.text) is demo


async def test_missing_map_library_is_said_and_the_rest_stands(
    open_client: OpenClient, register: Act, tmp_path: Path
) -> None:
    address = await register()
    async with open_client(npm_dir=tmp_path) as client:
        page = await client.get(f"/a/{address.code}")
    assert "Bản đồ chưa được cài trên máy chủ này" in page.text
    assert "10.950000, 106.650000" in page.text
    assert "maplibre" not in page.text


async def test_functions_page_lists_every_operation(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    operations = [
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    ]
    assert len(operations) > 10
    for method, path in operations:
        assert f">{method}</b> {path}</code>" in page.text
    assert "/openapi.json" in page.text
