from __future__ import annotations

from addrsvc.admin_units import names


def test_full_short_and_english_names() -> None:
    assert names.full_name("thi_tran", "Dầu Tiếng") == "Thị trấn Dầu Tiếng"
    assert names.short_name("phuong", "Phường 1") == "1"
    assert names.english_name("phuong", "Dĩ An") == "Di An Ward"
    assert names.english_name("quan", "1") == "District 1"
    assert names.english_name("thanh_pho_truc_thuoc_trung_uong", "Đà Nẵng") == "Da Nang City"
