"""Boxes of electronic forms: which hold an address, and of which role."""

from __future__ import annotations

import pytest

from addrsvc.dossiers.boxes import CONTEXT, ROLES, box_of
from addrsvc.dossiers.model import AddressRole


@pytest.mark.parametrize(
    "name",
    ["", "diaChi", "XChuHoSo_diaChi", "ChuHoSo_", "ChuHoSo_diaChi2", "ChuHoSo_emailChuHoSo",
     "CongDan_queQuan", "CongDan_noiSinh", "CongDan_noiCapCmnd", "CongDan_diaChiEmail",
     "ChuHoSo_" + "a" * 61, "NguoiNop_diaChi"],
)  # fmt: skip
def test_other_boxes_hold_no_address(name: str) -> None:
    assert box_of(name) is None


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("CongDan_diaChi", "CongDan"),
        ("congdan_diachi", "CongDan"),
        ("CHUHOSO_DIA_CHI", "ChuHoSo"),
        ("ChuHoSo_diaChiCHS", "ChuHoSo"),
        ("CongDan_diaChiNguoiNop", "CongDan"),
    ],
)
def test_spelling_does_not_matter(name: str, owner: str) -> None:
    box = box_of(name)

    assert box is not None
    assert (box.owner, box.role) == (owner, AddressRole.RESIDENCE_CURRENT)


def test_every_role_has_a_box() -> None:
    assert set(ROLES.values()) == set(AddressRole)
    for key in ROLES:
        box = box_of(f"ChuHoSo_{key}")
        assert box is not None
        assert box.role is ROLES[key]
        assert box.takes_context == (key == "diachi")
    for key, level in CONTEXT.items():
        box = box_of(f"CongDan_{key}")
        assert box is not None
        assert (box.owner, box.context) == ("CongDan", level)
