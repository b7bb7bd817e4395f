"""The one box as the server answers it: identifiers, points, hostile requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from urllib.parse import quote

import httpx
import pytest

from addrsvc.codes.code import DigitalCode
from addrsvc.codes.plus_code import encode
from addrsvc.geo.crs import to_vn2000
from addrsvc.registry.model import Address, Alias, Components, Visibility
from addrsvc.types import LonLat

pytestmark = pytest.mark.anyio

Act = Callable[..., Awaitable[Address]]
OpenClient = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]

HERE = LonLat(106.65, 10.95)


def title_of(page: httpx.Response) -> str:
    return page.text.partition("<title>")[2].partition("</title>")[0]


async def test_other_identifiers_lead_to_their_address(
    ready: httpx.AsyncClient, register: Act
) -> None:
    aliases = (
        Alias("vpostcode", "75110XM2F6QR"),
        Alias("location-id", "000123456789"),
        Alias("old-number", "7/8"),
        Alias("parcel", "25747-12-345"),
    )
    home = await register(aliases=aliases)
    hidden = await register(
        components=Components(house_number="9"),
        visibility=Visibility.SECRET,
        aliases=(Alias("old-number", "7/8"),),
    )
    plate = DigitalCode.of(str(home.code)).plate
    for typed in ("75110 XM2F6QR", "000123456789", "số cũ 7/8"):
        page = await ready.get("/", params={"q": typed})
        assert page.status_code == 200, typed
        assert f'<span class="plate">{plate}</span>' in page.text
        assert str(hidden.code) not in page.text
        assert typed not in title_of(page)
    parcel = await ready.get("/", params={"q": "thửa 345 tờ 12 xã 25747"})
    assert parcel.status_code == 403
    assert "chỉ dành cho cán bộ có quyền" in parcel.text
    assert str(home.code) not in parcel.text
    unknown = await ready.get("/", params={"q": "000123456780"})
    assert unknown.status_code == 404
    other = await register(components=Components(house_number="7"), aliases=(aliases[2],))
    several = await ready.get("/", params={"q": "số cũ 7/8"})
    for each in (home, other):
        assert f'href="/a/{each.code}"' in several.text
    permanent = await ready.get(f"/a/{home.code}")
    for shown in ("75110XM2F6QR", "000123456789", "7/8", encode(HERE)):
        assert shown in permanent.text
    assert "25747-12-345" not in permanent.text  # parcels lead to who owns what
    assert "card?format=pdf" in permanent.text


async def test_points_in_every_form(ready: httpx.AsyncClient, register: Act) -> None:
    home = await register()
    east, north = to_vn2000(HERE, 9210)
    code = encode(HERE)
    asked = [
        "10.95, 106.65",
        "10°57'0\"B 106°39'0\"Đ",
        f"X={north:.2f} Y={east:.2f}",
        f"{east:.2f} {north:.2f}",
        code,
        f"{code[4:]} Phường Tây",
    ]
    for typed in asked:
        page = await ready.get("/", params={"q": typed})
        assert page.status_code == 200, typed
        assert "Phường Tây, Thành phố Mẫu" in page.text
        assert f'href="/a/{home.code}"' in page.text
        assert page.headers["cache-control"] == "private, no-store"
    for typed, status in {
        f"{code[4:]}": 422,
        f"{code[4:]} Nơi Nào Đó": 404,
        "51.5, -0.12": 422,
        "X=1500000 Y=598371": 422,
    }.items():
        assert (await ready.get("/", params={"q": typed})).status_code == status, typed
    zone = {"q": "X=1500000 Y=598371", "zone": "9210"}
    assert (await ready.get("/", params=zone)).status_code == 200


async def test_a_tapped_point_is_sent_in_a_body(ready: httpx.AsyncClient, register: Act) -> None:
    home = await register()
    sent = {"lon": "106.65", "lat": "10.95", "accuracy_m": "30"}
    page = await ready.post("/here", data=sent)
    assert page.status_code == 200
    assert f'href="/a/{home.code}"' in page.text
    assert "khoảng 30 m" in page.text
    assert "không được lưu" in page.text
    assert 'href="/?lang=en"' in page.text  # the link to the other language holds no place
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["permissions-policy"] == "camera=(), geolocation=(self), microphone=()"
    for change in ({"lon": ""}, {"lat": "x"}, {"lon": "nan"}, {"lat": "91"}, {"lon": "1e999"}):
        bad = await ready.post("/here", data={**sent, **change})
        assert bad.status_code == 422, change
        assert "Vị trí gửi lên không đọc được" in bad.text
    odd = await ready.post("/here", data={**sent, "accuracy_m": "inf"})
    assert odd.status_code == 200
    assert (await ready.post("/here", content=b"{", headers={})).status_code >= 400
    assert (await ready.get("/here")).status_code in {404, 405}


async def test_only_pages_with_the_box_may_ask_where_somebody_is(
    ready: httpx.AsyncClient, register: Act
) -> None:
    home = await register()
    for path, allowed in {
        "/": "(self)",
        "/?q=10.95,106.65": "(self)",
        "/?q=75123-99999": "(self)",
    }.items():
        assert f"geolocation={allowed}" in (await ready.get(path)).headers["permissions-policy"]
    for path in (f"/a/{home.code}", "/planning", "/docs"):
        assert "geolocation=()" in (await ready.get(path)).headers["permissions-policy"]


HOSTILE = (
    "\r\nX-Injected: 1",
    "\r\n\r\n<script>alert(1)</script>",
    "//evil.example/%2e%2e",
    "https://evil.example/a/75123-04827-7",
    "../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "${7*7}`${alert(1)}`{{7*7}}",
    "'\"><script>alert(1)</script>",
    "\u202e\u2066<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "a" * 5_000,
    "7P28XM2F+6Q" * 20,
    "°" * 300,
)


async def test_hostile_requests_get_pages_and_lead_nowhere(ready: httpx.AsyncClient) -> None:
    for text in HOSTILE:
        for path in (f"/?q={quote(text, safe='')}", f"/?lang={quote(text, safe='')}"):
            page = await ready.get(path)
            assert page.status_code in {200, 404, 422}, (text, page.status_code)
            assert "x-injected" not in page.headers
            assert "location" not in page.headers
            assert "<script>alert" not in page.text
            assert "<svg/onload" not in page.text
            assert "49" not in title_of(page)
            assert 'href="//' not in page.text
            assert 'href="https:' not in page.text
            assert "unsafe" not in page.headers["content-security-policy"]
        moved = await ready.get(f"/a/{quote(text, safe='')}")
        assert moved.status_code in {308, 404, 422}
        assert moved.headers.get("location", "/a/").startswith("/a/")
        body = {"lon": text, "lat": text, "accuracy_m": text}
        assert (await ready.post("/here", data=body)).status_code == 422


async def test_asking_is_counted_however_it_is_asked(open_client: OpenClient) -> None:
    async with open_client(anonymous_per_minute=3) as client:
        asked = [await client.get("/", params={"q": "10.95, 106.65"}) for _ in range(4)]
        typed = await client.get("/", params={"q": "Phường Tây"})
    assert [each.status_code for each in asked] == [200, 200, 200, 429]
    assert typed.status_code == 429
    assert "Quá nhiều yêu cầu" in typed.text
