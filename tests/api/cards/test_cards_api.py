"""Cards and plates over HTTP: for who may see the address. Names are invented."""

from __future__ import annotations

import httpx
import pytest
from paper_reading import scans_of_pdf, scans_of_svg, words_of_pdf, words_of_svg
from registry_fixtures import IN_WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.settings import Settings

PUBLIC_AT = "https://example.test/"

pytestmark = pytest.mark.anyio

PHONE, HOLDER = "0900 000 111", "Trần Văn Canari"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, anonymous_per_minute=10_000, public_url=PUBLIC_AT)


async def test_who_sees_an_address_may_print_it(
    client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE)
    editor = {"Authorization": f"Bearer {key}"}
    made = {}
    for number, more in (
        ("12", {"holder": {"name": HOLDER, "phone": PHONE}, "name": "Nhà ông Canari"}),
        ("14", {"visibility": "restricted"}),
    ):
        components = {"house_number": number, "thoroughfare": "Đường <i>Mẫu</i>"}
        body = {"kind": "dwelling", "source": "test", "position": IN_WEST}
        answer = await client.post(
            "/v1/addresses", json={**body, "components": components, **more}, headers=editor
        )
        assert answer.status_code == 201, answer.text
        made[number] = answer.json()["code"]
    code = made["12"]
    plate_text = DigitalCode.of(code).plate
    url = f"/v1/addresses/{plate_text}"

    for kind, size in (("card", "wallet"), ("card", "a6"), ("plate", "small")):
        svg = await client.get(f"{url}/{kind}", params={"format": "svg", "size": size})
        assert svg.status_code == 200, svg.text
        assert svg.headers["content-type"] == "image/svg+xml"
        assert svg.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert svg.headers["cache-control"] == "no-store"
        said = words_of_svg(svg.content)
        assert plate_text in said
        assert "12 Đường <i>Mẫu</i>" in said
        assert "anari" not in said
        assert PHONE not in said
        assert scans_of_svg(svg.content) == [f"https://example.test/a/{plate_text}"]
        pdf = await client.get(f"{url}/{kind}", params={"size": size, "lang": "en"})
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.headers["content-disposition"].endswith(f'-{plate_text}.pdf"')
        assert "DIGITAL ADDRESS" in words_of_pdf(pdf.content)[0]
        assert "anari" not in words_of_pdf(pdf.content)[0]
        assert scans_of_pdf(pdf.content) == [[f"https://example.test/a/{plate_text}"]]

        hidden = await client.get(f"/v1/addresses/{made['14']}/{kind}")
        assert hidden.status_code == 404
        shown = await client.get(f"/v1/addresses/{made['14']}/{kind}", headers=editor)
        assert shown.status_code == 200

    for params in ({"format": "png"}, {"size": "huge"}, {"lang": "fr"}):
        assert (await client.get(f"{url}/card", params=params)).status_code == 422
    assert (await client.get("/v1/addresses/p1/plate")).status_code == 401
    assert (await client.get("/v1/addresses/75123-00000-9/card")).status_code in {404, 422}

    retired = await client.post(
        f"/v1/addresses/{code}:retire",
        json={"reason": "đã phá dỡ"},
        headers={**editor, "If-Match": "*"},
    )
    assert retired.status_code == 200, retired.text
    refused = await client.get(f"{url}/plate")
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("plate-not-in-use")
    card = await client.get(f"{url}/card", params={"format": "svg"})
    assert "KHÔNG CÒN DÙNG TỪ" in words_of_svg(card.content)
