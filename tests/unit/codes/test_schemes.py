"""Aliases: one spelling for each identifier, a named refusal for anything else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.codes import errors
from addrsvc.codes.schemes import ALIAS_LIMIT, SCHEMES, Scheme, normalise
from addrsvc.errors import AddrsvcError, InvalidInput

SPELLINGS = [
    (Scheme.VPOSTCODE, "75110-XM2F6QR", "75110XM2F6QR"),
    (Scheme.VPOSTCODE, " 75110 xm2f 6qr ", "75110XM2F6QR"),
    (Scheme.VPOSTCODE, "７５１１０XM2F6QR", "75110XM2F6QR"),
    (Scheme.PLUS_CODE, "7p28xm2f+6q", "7P28XM2F+6Q"),
    (Scheme.PLUS_CODE, "7P280000+", "7P280000+"),
    (Scheme.PLUS_CODE, "849VGJQF+VX7QR3JW", "849VGJQF+VX7QR3J"),
    (Scheme.LOCATION_ID, "0001 2345 6789", "000123456789"),
    (Scheme.LOCATION_ID, "000-123-456-789", "000123456789"),
    (Scheme.PARCEL, "25747-12-345", "25747-12-345"),
    (Scheme.PARCEL, "25747/012/0345", "25747-12-345"),
    (Scheme.PARCEL, "xã 25747, tờ 12, thửa 345", "25747-12-345"),
    (Scheme.PARCEL, "Phường 25747 tờ bản đồ số 12 thửa đất số 345", "25747-12-345"),
    (Scheme.PARCEL, "Thửa đất số 345, tờ bản đồ số 12, xã 25747", "25747-12-345"),
    (Scheme.PARCEL, "thua 345 to 12 xa 25747", "25747-12-345"),
    (Scheme.REAL_ESTATE_ID, "25747012-000345 da01", "25747012000345DA01"),
    (Scheme.REAL_ESTATE_ID, "A" * 40, "A" * 40),
    (Scheme.OLD_NUMBER, "123 / 45 / 6a", "123/45/6A"),
    (Scheme.OLD_NUMBER, "lô  a68", "LÔ A68"),
    (Scheme.OLD_NUMBER, "12 - 14b", "12-14B"),
    (Scheme.OLD_NUMBER, "1806/127/2/6/15/48/2A", "1806/127/2/6/15/48/2A"),
]

REFUSED: list[tuple[Scheme, str, type[AddrsvcError]]] = [
    (Scheme.VPOSTCODE, "75110XM2F6Q", errors.VpostcodeInvalid),
    (Scheme.VPOSTCODE, "XM2F675110QR", errors.VpostcodeInvalid),
    (Scheme.VPOSTCODE, "75110ſM2F6QR", errors.VpostcodeInvalid),
    (Scheme.PLUS_CODE, "XM2F+6Q", errors.PlusCodeShort),
    (Scheme.PLUS_CODE, "7P28XM2F6Q", errors.PlusCodeInvalid),
    (Scheme.PLUS_CODE, "XM2F+6Q Thủ Dầu Một", errors.PlusCodeInvalid),
    (Scheme.LOCATION_ID, "12345678901", errors.LocationIdInvalid),
    (Scheme.LOCATION_ID, "12345678901A", errors.LocationIdInvalid),
    (Scheme.PARCEL, "25747-12", errors.ParcelInvalid),
    (Scheme.PARCEL, "2574-12-345", errors.ParcelInvalid),
    (Scheme.PARCEL, "25747-0-345", errors.ParcelInvalid),
    (Scheme.PARCEL, "25747-12-100000", errors.ParcelInvalid),
    (Scheme.PARCEL, "25747-12-345 nhà ông A", errors.ParcelInvalid),
    (Scheme.PARCEL, "25747 12 345 tờ thửa", errors.ParcelInvalid),
    (Scheme.PARCEL, "25747 12 tờ thửa 345", errors.ParcelInvalid),
    (Scheme.PARCEL, "1" * 150 + "!", errors.ParcelInvalid),
    (Scheme.REAL_ESTATE_ID, "A" * 41, errors.RealEstateIdInvalid),
    (Scheme.REAL_ESTATE_ID, "", errors.RealEstateIdInvalid),
    (Scheme.REAL_ESTATE_ID, "25747Đ", errors.RealEstateIdInvalid),
    (Scheme.OLD_NUMBER, "  ", errors.OldNumberInvalid),
    (Scheme.OLD_NUMBER, "/-/", errors.OldNumberInvalid),
    (Scheme.OLD_NUMBER, "1" * 61, errors.OldNumberInvalid),
    (Scheme.OLD_NUMBER, "12\x00", errors.OldNumberInvalid),
]


@pytest.mark.parametrize(("scheme", "written", "expected"), SPELLINGS)
def test_spellings(scheme: Scheme, written: str, expected: str) -> None:
    assert normalise(scheme, written) == expected
    assert normalise(scheme, expected) == expected


@pytest.mark.parametrize(("scheme", "written", "refusal"), REFUSED)
def test_refusals(scheme: Scheme, written: str, refusal: type[AddrsvcError]) -> None:
    with pytest.raises(refusal) as caught:
        normalise(scheme, written)
    assert caught.value.text("vi") != caught.value.text("en")


@pytest.mark.parametrize("scheme", Scheme)
def test_every_scheme_has_a_label_and_an_example_in_its_own_spelling(scheme: Scheme) -> None:
    rule = SCHEMES[scheme]
    assert rule.label.vi
    assert rule.label.en
    assert normalise(scheme, rule.example) == rule.example
    assert rule.draft is (scheme is Scheme.LOCATION_ID)
    with pytest.raises(errors.AliasTooLong):
        normalise(scheme, "1" * (ALIAS_LIMIT + 1))


@given(st.sampled_from(Scheme), st.text(max_size=40))
def test_normalising_is_idempotent_or_refuses(scheme: Scheme, written: str) -> None:
    try:
        once = normalise(scheme, written)
    except InvalidInput:
        return
    assert normalise(scheme, once) == once


@pytest.mark.realdata
def test_plus_codes_against_the_vectors_of_the_specification(realdata: Path) -> None:
    path = realdata / "peers" / "open-location-code" / "validityTests.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    found = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    assert len(found) > 20
    for code, is_valid, is_short, is_full in found:
        try:
            normalise(Scheme.PLUS_CODE, code)
            verdict = ("true", "false", "true")
        except errors.PlusCodeShort:
            verdict = ("true", "true", "false")
        except errors.PlusCodeInvalid:
            verdict = ("false", "false", "false")
        assert verdict == (is_valid, is_short, is_full), code
