"""Certificates over HTTP and on pages: issued, verified, compared with what is so now.

All names are invented.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from paper_reading import scans_of_pdf, words_of_pdf
from pydantic import SecretStr
from registry_fixtures import IN_WEST
from service_settings import service_settings

from addrsvc.auth.model import command_line
from addrsvc.certificates.errors import (
    CertificateKeyNotOurs,
    CertificateKeyRevoked,
    CertificateKeyRevokedAlready,
    CertificateRevocationUnclear,
)
from addrsvc.certificates.revoking import revoke_key
from addrsvc.certificates.signing import (
    key_id_of,
    new_seed,
    read,
    read_public_keys,
    sign,
    signing_key,
    verify,
)
from addrsvc.certificates.trusting import read_revocations, require_trusted
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

PUBLIC_AT = "https://example.test/"

pytestmark = pytest.mark.anyio

OLD, SEED = new_seed(), new_seed()
PHONE, HOLDER = "0900 000 111", "Trần Văn Canari"
HOSTILE = "Đường <script>${7*7}</script>"
URL = "/v1/certificates"


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(
        registry_url,
        anonymous_per_minute=10_000,
        anonymous_misses_per_minute=10_000,
        public_url=PUBLIC_AT,
        certificate_key=f"{SEED},{OLD}",
        certificate_issuer="Ủy ban nhân dân Tỉnh Bịa",
    )


async def slug_of(asking: Any) -> tuple[int, str]:
    answer = await asking
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


@pytest.fixture
async def codes(client: httpx.AsyncClient, writer: dict[str, str]) -> dict[str, str]:
    made = {}
    for number, more in (
        ("12", {"holder": {"name": HOLDER, "phone": PHONE}, "name": "Nhà ông Canari"}),
        ("14", {"visibility": "restricted"}),
        ("16", {}),
    ):
        components = {"house_number": number, "thoroughfare": HOSTILE}
        body = {"kind": "dwelling", "source": "test", "position": IN_WEST}
        answer = await client.post(
            "/v1/addresses", json={**body, "components": components, **more}, headers=writer
        )
        assert answer.status_code == 201, answer.text
        made[number] = answer.json()["code"]
    return made


async def test_a_certificate_is_issued_verified_and_compared(
    client: httpx.AsyncClient,
    codes: dict[str, str],
    writer: dict[str, str],
    settings: Settings,
) -> None:
    answer = await client.post(URL, json={"code": DigitalCode.of(codes["12"]).plate})
    assert answer.status_code == 201, answer.text
    issued = answer.json()
    serial = issued["serial"]
    assert answer.headers["location"] == f"{URL}/{serial}"
    assert (issued["state"], issued["changed"]) == ("unchanged", [])
    payload = issued["certificate"]["payload"]
    assert payload["label"].startswith(f"12 {HOSTILE}")
    assert payload["position"] == {"lon": "106.65000", "lat": "10.95000", "accuracy_m": 5}
    assert (payload["name"], payload["issuer"]) == (None, "Ủy ban nhân dân Tỉnh Bịa")

    keys = (await client.get(f"{URL}/keys")).json()
    assert [each["current"] for each in keys["keys"]] == [True, False]
    trusted = read_public_keys(json.dumps(keys), "keys")
    file = await client.get(f"{URL}/{serial}/file")
    assert file.headers["content-disposition"].startswith("attachment")
    for text in (file.text, issued["text"], f"{issued['link']}#{issued['text']}"):
        verify(read(text), trusted)

    again = (await client.post(URL, json={"code": codes["12"]})).json()
    assert again["serial"] == serial
    found = await client.get(f"{URL}/{issued['printed_serial'].lower()}")
    assert found.json() == issued
    await _is_printed(client, issued)

    await _are_refused(client, codes, writer)
    newer = await _is_compared(client, codes, writer, issued)
    kept, told = _kept(settings)
    assert "anari" not in kept + file.text + json.dumps(issued)
    assert sorted(each[3] for each in told) == sorted([serial, newer])
    assert {each[:3] for each in told} == {("certificate.issue", codes["12"], "anonymous")}


async def _are_refused(
    client: httpx.AsyncClient, codes: dict[str, str], writer: dict[str, str]
) -> None:
    for asking, refused in (
        (client.post(URL, json={"code": codes["14"]}), (404, "address-not-found")),
        (client.post(URL, json={"code": codes["14"]}, headers=writer), (404, "address-not-found")),
        (client.post(URL, json={"code": "123"}), (422, "code-too-short")),
        (client.post(URL, json={"code": codes["12"], "x": 1}), (422, "request-invalid")),
        (client.get(f"{URL}/AAAABBBBCCCCDDDD"), (404, "certificate-not-found")),
        (client.get(f"{URL}/%3Cb%3E"), (404, "certificate-not-found")),
    ):
        assert await slug_of(asking) == refused


async def _is_compared(
    client: httpx.AsyncClient, codes: dict[str, str], writer: dict[str, str], issued: dict[str, Any]
) -> str:
    """Change the address, then retire it; give the serial of the certificate between."""
    serial = issued["serial"]
    page = await client.get(f"/certificate/{serial}")
    assert "Địa chỉ vẫn đúng như trên giấy" in page.text
    assert "<script>$" not in page.text
    moved = {"house_number": "12A", "thoroughfare": HOSTILE}
    changed = await client.patch(
        f"/v1/addresses/{codes['12']}",
        json={"components": moved, "reason": "đánh lại số"},
        headers={**writer, "If-Match": "*"},
    )
    assert changed.status_code == 200, changed.text
    now = (await client.get(f"{URL}/{serial}")).json()
    assert now["state"] == "changed"
    assert [each["fact"] for each in now["changed"]] == ["label", "components"]
    assert now["certificate"] == issued["certificate"]
    page = await client.get(f"/certificate/{serial}?lang=en")
    assert "Changed: the address as written, components." in page.text
    fresh = (await client.post(URL, json={"code": codes["12"]})).json()
    assert fresh["serial"] != serial

    replaced = await client.post(
        f"/v1/addresses/{codes['12']}:retire",
        json={"reason": "gộp", "successors": [codes["16"]], "relation": "merged"},
        headers={**writer, "If-Match": "*"},
    )
    assert replaced.status_code == 200, replaced.text
    gone = (await client.get(f"{URL}/{fresh['serial']}")).json()
    assert gone["state"] == "retired"
    assert gone["present"]["successors"] == [DigitalCode.of(codes["16"]).plate]
    refused = await client.post(URL, json={"code": codes["12"]})
    assert (refused.status_code, refused.json()["successors"]) == (
        409, [DigitalCode.of(codes["16"]).plate],
    )  # fmt: skip
    page = await client.get(f"/certificate/{serial}?lang=vi")
    assert "Địa chỉ này không còn dùng" in page.text
    assert DigitalCode.of(codes["16"]).plate in page.text
    assert "anari" not in page.text
    return str(fresh["serial"])


def _kept(settings: Settings) -> tuple[str, list[tuple[str, ...]]]:
    """Give all that is kept of certificates, and what the audit log says of them."""
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        kept = conn.execute("SELECT string_agg(c::text, ' ') FROM certificate c").fetchone()
        told = conn.execute(
            "SELECT action, subject, principal, detail->>'serial' FROM audit_entry "
            "WHERE action = 'certificate.issue'"
        ).fetchall()
    assert kept is not None
    return kept[0], told


async def _is_printed(client: httpx.AsyncClient, issued: dict[str, Any]) -> None:
    pdf = await client.get(f"{URL}/{issued['serial']}/print")
    assert pdf.headers["content-type"] == "application/pdf"
    assert HOSTILE in " ".join(words_of_pdf(pdf.content))
    small, large = sorted(scans_of_pdf(pdf.content)[0], key=len)
    assert (small, large) == (issued["link"], f"{issued['link']}#{issued['text']}")


async def test_pages_issue_and_verify_without_scripts(
    client: httpx.AsyncClient, codes: dict[str, str], writer: dict[str, str], settings: Settings
) -> None:
    forms = await client.get("/certificate")
    assert forms.status_code == 200
    assert "x-robots-tag" not in forms.headers
    policy = forms.headers["content-security-policy"]
    assert "unsafe" not in policy
    issued = await client.post("/certificate/issue", data={"code": codes["12"]})
    assert issued.status_code == 303
    serial = issued.headers["location"].rsplit("/", 1)[-1]
    text = (await client.get(f"{URL}/{serial}")).json()["text"]

    async def pasted(what: str) -> httpx.Response:
        return await client.post("/certificate", data={"text": what})

    good = await pasted(f"  https://anywhere.test/x#{text}\r\n")
    assert good.status_code == 200
    assert "Chữ ký đúng" in good.text
    assert "Địa chỉ vẫn đúng như trên giấy" in good.text
    assert good.headers["x-robots-tag"] == "noindex"
    same = await client.get("/certificate", params={"number": serial})
    assert (same.status_code, same.headers["location"]) == (303, f"/certificate/{serial}")

    forged = read(text)
    stolen = {**forged.payload, "label": "Nhà khác"}
    for what, status, said in (
        ("<script>alert(1)</script>", 422, "Không đọc được giấy xác nhận"),
        (text[:30] + ("A" if text[30] != "A" else "B") + text[31:], {409, 422}, "field-problem"),
        (sign(forged.payload, signing_key(new_seed())).compact(), 404, "Không biết khóa đã ký"),
        # by our own key, but not what is kept under that number
        (sign(stolen, signing_key(SEED)).compact(), 409, "Chữ ký không đúng"),
        (sign({**stolen, "serial": "A" * 16}, signing_key(OLD)).compact(), 404, "Không có giấy"),
        ("", 422, "Không đọc được giấy xác nhận"),
    ):
        answer = await pasted(what)
        assert answer.status_code in ({status} if isinstance(status, int) else status)
        assert said in answer.text
        assert "<script>alert" not in answer.text
        assert 'aria-invalid="true"' in answer.text

    for code, status in ((codes["14"], 404), ("7512304827", 404), ("12", 422)):
        answer = await client.post("/certificate/issue", data={"code": code})
        assert answer.status_code == status
        assert re.search(r'id="code-problem" role="alert"', answer.text)
    missing = await client.get("/certificate/AAAABBBBCCCCDDDD?lang=en")
    assert missing.status_code == 404
    assert "No public certificate has the number" in missing.text

    hidden = await client.patch(
        f"/v1/addresses/{codes['12']}",
        json={"visibility": "restricted", "reason": "cơ sở quốc phòng (bịa)"},
        headers={**writer, "If-Match": "*"},
    )
    assert hidden.status_code == 200, hidden.text
    for path in (f"{URL}/{serial}", f"{URL}/{serial}/file", f"{URL}/{serial}/print"):
        assert (await client.get(path)).status_code == 404
    assert "12 " not in (await client.get(f"/certificate/{serial}")).text
    assert (await pasted(text)).status_code == 404


async def test_without_a_key_it_says_what_to_do(
    app: FastAPI, client: httpx.AsyncClient, settings: Settings
) -> None:
    for more in (
        {"certificate_key": None},
        {"certificate_key": SecretStr("short")},
        {"certificate_key": None, "certificate_key_file": Path("/nowhere/key")},
    ):
        app.state.settings = settings.model_copy(update=more)
        status, slug = await slug_of(client.post(URL, json={"code": "7512304827"}))
        assert (status, slug.rpartition("-")[0]) == (503, "certificate-key")
        page = await client.post("/certificate/issue", data={"code": "7512304827"})
        assert page.status_code == 503
        assert "addrsvc certificate new-key" in page.text


async def test_a_revoked_key_signs_no_more_and_its_papers_say_so(
    app: FastAPI, client: httpx.AsyncClient, codes: dict[str, str], settings: Settings
) -> None:
    before = (await client.post(URL, json={"code": codes["12"]})).json()
    admin, clock = command_line("test"), SystemClock()
    key_id = before["certificate"]["payload"]["key_id"]
    old_id = key_id_of(signing_key(OLD).public_key())
    refused: list[tuple[type[Exception], str, str, timedelta]] = [
        (CertificateRevocationUnclear, key_id, " \n", timedelta()),
        (CertificateRevocationUnclear, key_id, "x" * 501, timedelta()),
        (CertificateRevocationUnclear, key_id, "mất", timedelta(hours=1)),
        (CertificateKeyNotOurs, "0" * 16, "mất", timedelta()),
    ]
    engine = make_engine(settings)
    for error, key, reason, later in refused:
        since = clock.now() + later if later else None
        with pytest.raises(error):
            async with transaction(engine) as conn:
                await revoke_key(conn, admin, key, reason, since, settings, clock)
    since = clock.now() + timedelta(seconds=-1)
    async with transaction(engine) as conn:
        await revoke_key(conn, admin, key_id, "mất máy <b>", since, settings, clock)
        await revoke_key(conn, admin, old_id, "thử", None, settings, clock)
        with pytest.raises(CertificateKeyRevokedAlready):
            await revoke_key(conn, admin, key_id, "lần nữa", None, settings, clock)
    await engine.dispose()

    published = (await client.get(f"{URL}/keys")).text
    assert {each["status"] for each in json.loads(published)["keys"]} == {"revoked"}
    revoked = read_revocations(published, "keys")
    trusted = read_public_keys(published, "keys")
    verify(read(before["text"]), trusted)
    payload = read(before["text"]).payload
    older = sign({**payload, "issued_at": "2020-01-01T00:00:00Z"}, signing_key(SEED))
    assert require_trusted(older, revoked) == revoked[key_id]
    for doubtful in (
        sign({**payload, "issued_at": "2099-01-01T00:00:00Z"}, signing_key(SEED)),
        sign({**payload, "issued_at": "no day"}, signing_key(SEED)),
        sign(payload, signing_key(OLD)),
    ):
        with pytest.raises(CertificateKeyRevoked):
            require_trusted(doubtful, revoked)

    standing = (await client.get(f"{URL}/{before['serial']}")).json()
    assert standing["state"] == "unchanged"
    assert standing["key"]["revoked"]["reason"] == "mất máy <b>"
    page = await client.post("/certificate", data={"text": before["text"]})
    assert page.status_code == 200
    assert "Khóa ký giấy này đã bị thu hồi" in page.text
    assert "mất máy &lt;b&gt;" in page.text
    forged = sign({**payload, "serial": "A" * 16}, signing_key(OLD)).compact()
    unknown = await client.post("/certificate", data={"text": forged})
    assert (unknown.status_code, "Khóa ký đã bị thu hồi" in unknown.text) == (409, True)
    assert await slug_of(client.post(URL, json={"code": codes["16"]})) == (
        503,
        "certificate-signer-revoked",
    )
    app.state.settings = settings.model_copy(
        update={"certificate_key": SecretStr(f"{new_seed()},{SEED}")}
    )
    assert (await client.post(URL, json={"code": codes["16"]})).status_code == 201
    with psycopg.connect(settings.database_url.get_secret_value()) as conn:
        told = conn.execute(
            "SELECT subject, principal, detail->>'reason' FROM audit_entry "
            "WHERE action = 'certificate.revoke-key'"
        ).fetchall()
    assert set(told) == {(key_id, "cli:test", "mất máy <b>"), (old_id, "cli:test", "thử")}
