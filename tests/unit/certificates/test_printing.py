"""A printed certificate read back: its words and both codes to scan. All of it is invented."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paper_reading import scans_of_pdf, words_of_pdf

from addrsvc.certificates.printing import MAX_SCANNED, Paper, make_certificate
from addrsvc.certificates.signing import key_id_of, read, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "https://diachiso.example.test"
LINK = f"{ORIGIN}/certificate/ABCDEFGHIJKLMNOP"
PAYLOAD: dict[str, Any] = {
    "serial": "ABCDEFGHIJKLMNOP",
    "code": "7512304827",
    "label": "1806/127/2/6/15 Đường Nguyễn Hữu Ở (bịa), Khu phố 3, Phường Tây, Thành phố Mẫu",
    "components": {
        "house_number": "1806/127/2/6/15",
        "thoroughfare": "Đường Nguyễn Hữu Ở (bịa)",
        "localities": [["khu_pho", "Khu phố 3"]],
    },
    "commune": {"code": "25747", "name": "Phường Tây"},
    "province": {"code": "79", "name": "Thành phố Mẫu"},
    "kind": "dwelling",
    "name": None,
    "status": "current",
    "valid_from": "2025-07-01",
    "position": {"lon": "106.65000", "lat": "10.95000", "accuracy_m": 5},
    "issuer": "Ủy ban nhân dân Tỉnh Bịa",
    "issued_at": "2026-01-05T02:00:00Z",
    "as_of_event": 1234,
    "address_version": 2,
    "is_demo": False,
}


def test_a_page_says_what_was_signed_and_its_codes_verify() -> None:
    signed = sign(PAYLOAD, KEY)
    pdf = make_certificate(Paper(signed, ORIGIN, "vi"), None)
    (said,) = words_of_pdf(pdf)
    for each in (
        "GIẤY XÁC NHẬN ĐỊA CHỈ SỐ", "ABCD-EFGH-IJKL-MNOP", "75123-04827-7", PAYLOAD["label"],
        "Nhà ở", "Phường Tây (25747)", "Đang dùng, từ 01/07/2025", "vĩ độ 10.95000",
        "Ủy ban nhân dân Tỉnh Bịa", "09:00, 05/01/2026", "sự kiện số 1234", signed.key_id,
        "không xác nhận quyền sử dụng đất",
    ):  # fmt: skip
        assert each in said, each
    assert "THỬ NGHIỆM" not in said
    small, large = sorted(scans_of_pdf(pdf)[0], key=len)
    assert small == LINK
    assert large.startswith(f"{LINK}#")
    assert len(large) <= MAX_SCANNED
    scanned = read(large)
    verify(scanned, {key_id_of(KEY.public_key()): KEY.public_key()})
    assert scanned == signed


def test_what_is_too_long_to_scan_is_behind_the_link() -> None:
    long = {**PAYLOAD, "label": "Ở " * 300, "position": None, "name": "Chợ <b>Bịa</b>"}
    paper = Paper(sign({**long, "is_demo": True}, KEY), ORIGIN, "en")
    pdf = make_certificate(paper, None)
    said = " ".join(words_of_pdf(pdf))
    assert paper.scanned == LINK
    assert [each for page in scans_of_pdf(pdf) for each in page] == [LINK]
    assert f"{ORIGIN}/v1/certificates/ABCDEFGHIJKLMNOP/file" in said
    assert "CERTIFICATE OF A DIGITAL ADDRESS" in said
    assert "INVENTED FOR TESTING" in said
    assert "Chợ <b>Bịa</b>" in said
    assert "not recorded" in said
