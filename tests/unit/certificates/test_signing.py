"""Certificates are read strictly: whatever was changed, said twice or signed otherwise is refused.

All that is certified here is invented.
"""

from __future__ import annotations

import base64
import doctest
import json
import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.certificates import signing
from addrsvc.certificates.errors import (
    CertificateForged,
    CertificateKeyInvalid,
    CertificateKeyUnknown,
    CertificateUnreadable,
    PublicKeyUnreadable,
)
from addrsvc.certificates.signing import (
    Signed,
    canonical,
    jwk_of,
    key_id_of,
    new_seed,
    pem_of,
    read,
    read_public_keys,
    sign,
    signing_key,
    verify,
)

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
KEYS = {key_id_of(each.public_key()): each.public_key() for each in (KEY, OTHER)}
PAYLOAD: dict[str, Any] = {
    "serial": "ABCDEFGHIJKLMNOP",
    "code": "7512304827",
    "label": "12/3 Đường Ở (bịa), Phường Tây",
    "components": {"house_number": "12/3", "localities": [["khu_pho", "Khu phố 3"]]},
    "position": {"lon": "106.65000", "lat": "10.95000", "accuracy_m": 5},
    "name": None,
    "is_demo": True,
}
SIGNED = sign(PAYLOAD, KEY)
FILE = orjson.dumps(SIGNED.document(), option=orjson.OPT_SORT_KEYS).decode()
REFUSED = (CertificateUnreadable, CertificateForged, CertificateKeyUnknown)


def check(text: str) -> Signed:
    signed = read(text)
    verify(signed, KEYS)
    return signed


def test_all_written_forms_are_the_same_certificate() -> None:
    link = f"https://example.test/certificate/ABCDEFGHIJKLMNOP#{SIGNED.compact()}"
    unsorted = dict(reversed(SIGNED.document()["payload"].items()))
    indented = json.dumps(
        {"signature": SIGNED.document()["signature"], "payload": unsorted}, indent=2
    )
    for text in (FILE, FILE + "\n", indented, SIGNED.compact(), f" {SIGNED.compact()}\r\n", link):
        assert check(text) == SIGNED
    assert SIGNED.serial == "ABCDEFGHIJKLMNOP"
    assert SIGNED.key_id == key_id_of(KEY.public_key())
    assert " " not in SIGNED.compact()
    assert re.fullmatch(r"[\w.-]+", SIGNED.compact(), re.ASCII)


@given(st.data())
def test_any_byte_changed_is_refused(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([FILE, SIGNED.compact()])).encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[at]))
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    # white space at an end is no change: what is pasted has some
    if text.strip() in {FILE, SIGNED.compact()}:
        return
    with pytest.raises(REFUSED):
        check(text)


def test_each_character_of_the_short_text_is_needed() -> None:
    text = SIGNED.compact()
    for at, letter in enumerate(text):
        other = "A" if letter != "A" else "B"
        with pytest.raises(REFUSED):
            check(text[:at] + other + text[at + 1 :])
        with pytest.raises(REFUSED):
            check(text[:at] + text[at + 1 :])


def _twice(document: dict[str, Any]) -> str:
    return FILE.replace('"code":', '"code":"9999999999","code":', 1)


def _resigned(**more: Any) -> Callable[[dict[str, Any]], str]:
    def change(document: dict[str, Any]) -> str:
        payload = {**document["payload"], **more}
        signature = base64.urlsafe_b64encode(KEY.sign(canonical(payload))).decode().rstrip("=")
        return json.dumps({"payload": payload, "signature": signature})

    return change


def _signature(change: Callable[[str], object]) -> Callable[[dict[str, Any]], str]:
    return lambda document: json.dumps({**document, "signature": change(document["signature"])})


CHANGES: dict[str, Callable[[dict[str, Any]], str]] = {
    "said twice": _twice,
    "payload twice": lambda _: FILE[:-1] + ',"payload":{}}',
    "signature twice": lambda d: FILE[:-1] + f',"signature":"{d["signature"]}"}}',
    "more beside": lambda d: json.dumps({**d, "key": pem_of(OTHER.public_key())}),
    "less": lambda d: json.dumps({"payload": d["payload"]}),
    "a list": lambda _: f"[{FILE}]",
    "no object": lambda d: json.dumps({**d, "payload": [1]}),
    "none": lambda d: json.dumps({**d, "signature": None}),
    "another algorithm": _resigned(algorithm="none"),
    "hmac": _resigned(algorithm="HS256"),
    "another type": _resigned(type="checkpoint"),
    "a later version": _resigned(version=2),
    "true for one": _resigned(version=True),
    "no serial": _resigned(serial=7),
    "a path for a key": _resigned(key_id="../../etc/passwd"),
    "a key unknown": _resigned(key_id="0" * 16),
    "another's key": _resigned(key_id=key_id_of(OTHER.public_key())),
    "a fraction": lambda _: FILE.replace('"accuracy_m":5', '"accuracy_m":5.0'),
    "an exponent": lambda _: FILE.replace('"accuracy_m":5', '"accuracy_m":5e0'),
    "a huge number": lambda _: FILE.replace('"accuracy_m":5', '"accuracy_m":' + "5" * 400),
    "beyond whole numbers": lambda _: FILE.replace('"accuracy_m":5', f'"accuracy_m":{2**53 + 1}'),
    "minus nothing": lambda _: FILE.replace('"accuracy_m":5', '"accuracy_m":-0'),
    "not a number": lambda _: FILE.replace('"accuracy_m":5', '"accuracy_m":NaN'),
    "half a pair": lambda _: FILE.replace('"name":null', '"name":"\\ud800"'),
    "a comment": lambda _: FILE + "//",
    "two": lambda _: FILE + FILE,
    "padded": _signature(lambda text: text + "=="),
    "the other alphabet": _signature(lambda text: text.replace("-", "+").replace("_", "/") + "+"),
    "white space within": _signature(lambda text: text[:20] + "\n" + text[20:]),
    "bits to spare": _signature(lambda text: text[:-1] + chr(ord(text[-1]) + 1)),
    "short": _signature(lambda text: text[:-4]),
    "long": _signature(lambda text: text + "AAAA"),
    "empty": _signature(lambda _: ""),
    "zeros": _signature(lambda _: "A" * 86),
    "nested": lambda _: '{"payload":' + "[" * 7_000,
    "too long": lambda _: " " * 3 + "{" + " " * 20_000,
    "the link alone": lambda _: "https://example.test/certificate/ABCDEFGHIJKLMNOP",
    "nothing": lambda _: "",
    "words": lambda _: "giấy xác nhận",
    "three parts": lambda _: f"e30.{SIGNED.compact()}",
    "no utf-8": lambda _: "_w." + "A" * 86,
    "no json": lambda _: "AAAA." + "A" * 86,
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_not_written_or_signed_the_one_way_is_refused(name: str) -> None:
    text = CHANGES[name](SIGNED.document())
    assert text != FILE
    with pytest.raises(REFUSED):
        check(text)


def test_the_short_text_is_canonical_or_refused() -> None:
    def part(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    signature = SIGNED.compact().partition(".")[2]
    loose = json.dumps(SIGNED.payload, ensure_ascii=False).encode()
    twice = canonical(SIGNED.payload).replace(b'{"', b'{"a":1,"a":1,"', 1)
    for raw in (loose, twice, canonical(SIGNED.payload) + b" "):
        with pytest.raises(CertificateUnreadable):
            read(f"{part(raw)}.{signature}")


def test_only_keys_that_are_trusted_verify() -> None:
    theirs = sign(PAYLOAD, OTHER)
    verify(theirs, KEYS)
    ours = {key_id_of(KEY.public_key()): KEY.public_key()}
    with pytest.raises(CertificateKeyUnknown) as refused:
        verify(theirs, ours)
    assert refused.value.key_id == theirs.key_id
    confused = {key_id_of(KEY.public_key()): OTHER.public_key()}
    with pytest.raises(CertificateForged):
        verify(SIGNED, confused)


def test_keys_go_out_and_come_back() -> None:
    seed = new_seed()
    key = signing_key(f" {seed}\n").public_key()
    assert seed != new_seed()
    pem, jwk = pem_of(key), jwk_of(key)
    assert jwk | {"x": "", "kid": ""} == {
        "kty": "OKP", "crv": "Ed25519", "x": "", "kid": "", "use": "sig", "alg": "EdDSA",
    }  # fmt: skip
    for text in (pem, pem + pem_of(KEY.public_key()), json.dumps({"keys": [jwk]})):
        assert read_public_keys(text, "k")[jwk["kid"]] == key
    for wrong in ("", "A" * 44, base64.b64encode(bytes(31)).decode(), "ô"):
        with pytest.raises(CertificateKeyInvalid):
            signing_key(wrong)
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    other = curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    short = {"keys": [{**jwk, "x": "AAAA"}]}
    for wrong in (
        "", "{}", other, pem.replace("M", "!"), json.dumps(short), '{"keys":[{}]}', '{"keys":[]}',
        json.dumps({"keys": [{**jwk, "kty": "EC"}]}), '{"keys":1}', '{"keys":"x"}',
    ):  # fmt: skip
        with pytest.raises(PublicKeyUnreadable):
            read_public_keys(wrong, "k")


def test_a_signature_is_the_standard_one() -> None:
    """Any library that knows Ed25519 verifies it: payload in canonical form, nothing around."""
    document = json.loads(FILE)
    raw = base64.urlsafe_b64decode(document["signature"] + "==")
    said = json.dumps(
        document["payload"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    public = Ed25519PublicKey.from_public_bytes(KEY.public_key().public_bytes_raw())
    public.verify(raw, said.encode())


def test_doctests() -> None:
    assert doctest.testmod(signing).failed == 0
