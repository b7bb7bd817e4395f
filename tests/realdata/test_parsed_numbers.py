"""House numbers and what they count along, in real addresses read by hand: ids and keys only."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from bundled_units import bundled_lexicon

from addrsvc.parsing.keys import base_key
from addrsvc.parsing.model import ComponentType, Parsed
from addrsvc.parsing.reader import AddressReader
from addrsvc.parsing.units import UnitReader

pytestmark = pytest.mark.realdata

EXPECTED = """
    A0003 00011 ngo_van_tri
    A0011 00404/00001 le_thi_trung
    A0014 00266/00003f an_thanh_51
    A0020 00002 cach_mang_thang_8
    A0021 00003/00666 thu_khoa_huan
    A0026 00345 nguyen_an_ninh
    A0030 00046/00028 khu_pho:dinh_hoa_3
    A0037 00068/00002 an_phu_13
    A0047 00121a an_son_2
    A0049 00009a khu_pho:binh_hoa
    A0053 00019 an_thanh_16
    A0054 00183 pham_ngoc_thach
    A0055 00011 lai_thieu_9
    A0056 00079/00021 binh_chuan_63
    A0064 00377 phan_dang_luu
    A0065 00294b 3_thang_2
    A0077 00079/00015 vinh_phu_37
    A0082 00001 d27
    A0083 00018 dai_lo_binh_duong
    A0084 00001 dai_lo_binh_duong
    A0085 01765a dai_lo_binh_duong
    A0088 00093t/00002 phan_dinh_giot
    A0089 thua_00602_to_00039 khu_pho:khanh_loc
    A0090 lo_b00002-00036 so_2
    A0092 thua_00157_to_00015 khu_pho:khanh_long
    A0095 thua_02079_to_00044 khanh_binh_9
    A0096 thua_00695_to_00002 to_vinh_dien
    A0098 thua_00185_to_00039 vinh_loi
    A0099 00012 so_14
    A0102 thua_00430_to_00038 khu_pho:khanh_loc
    A0103 thua_00041-00064_to_00034 tan_phuoc_khanh_2
    A0106 thua_00331_to_00015 khu_pho:khanh_long
    A0110 00276/00019/00013 tran_hung_dao
    A0111 00713 khanh_binh_3
    A0114 thua_00037.00038_to_b00001 cao_toc_my_phuoc_tan_van
    A0119 00035 residential_area:dai_quang
    A0123 lo_q00001-q00002 d4
    A0127 00094/00010/00008 nguyen_an_ninh
    A0128 00017c/00025 binh_chuan_15
    A0130 o_00008 22_thang_12
    A0132 00260 13_thang_3
    A0134 00024b ly_thuong_kiet
    A0135 00039 dt_746
    A0137 00130 dai_lo_binh_duong
    A0138 00418 dai_lo_binh_duong
    A0143 00235 thich_quang_duc
    A0148 00141 tran_van_on
    A0151 lo_pc-a00004_o_00005h-00040 so_4
    A0154 00467 cach_mang_thang_8
    A0155 lo_b00001.00004 d2
    A0157 thua_00388_to_00058 nguyen_thi_minh_khai
    A0160 lo_cn00002-00002 industrial_area:my_phuoc_3
    A0161 00016/00001a dan_cau_phu_long
    A0162 b00216a khu_pho:binh_phuoc
    A0163 00468 dai_lo_binh_duong
    A0165 00006 doc_lap
    A0169 00068b phan_boi_chau
    A0170 00011 q
    A0171 lo_f00121_o_00028-p00004 n16_5f
    A0174 00001 phu_loi
    A0182 thua_01046_to_00171 khu_pho:hoa_lan_2
    A0185 lo_00005 so_25
    A0187 thua_01125_to_00034 khu_pho:binh_khanh
    A0188 thua_00615_to_00039 khu_pho:khanh_loc
    A0190 lo_b-00013 ql_13
    A0192 d-00008d-cn xe1
    A0194 lo_a-00001-cn industrial_area:my_phuoc
    A0197 00052 ap:dong_chinh
    A0201 00024 nguyen_an_ninh
    A0202 00067-00069 nguyen_an_ninh
    A0203 00027c nguyen_hien
    A0205 00779 huynh_van_luy
    A0206 00038 tran_phu
    A0209 01119b dai_lo_binh_duong
    A0211 00015 n3
    A0212 lo_h00005-00001 d9
    A0221 00001 quang_trung
    A0238 00002 hung_vuong
    A0250 00880 nguyen_thi_minh_khai
    A0251 00153 ql_1k
    A0253 00743 thu_khoa_huan
    A0255 00289 hung_dinh_31
    A0438 00112/ nguyen_thi_minh_khai
    A0444 00293/ nguyen_thi_minh_khai
    A0447 00385/ -
    A0450 00521/ nguyen_tri_phuong
    A0847 00013/00003a binh_chuan_9
    A0881 00385 so_17
    A0884 00456 nguyen_van_thanh
    A0918 00003 le_duan
    A0922 00211 yersin
"""
"""Id, key of the number, key of the street or locality; spaces as ``_``, ``-``: none."""

STREETS_NAMED_FOR_DAYS = frozenset(("A0144", "A0181", "A0328", "A0528", "A0532", "A0534"))
"""Labelled as having a house number: what looks like one is the street's name."""
NUMBERS_UNLABELLED = frozenset((
    "A0162", "A0174", "A0192", "A0438", "A0444", "A0447", "A0450", "A0847", "A0881",
))  # fmt: skip
"""Labelled as having none: a code, a number after a floor or street, an alley."""


@pytest.fixture(scope="module")
def reader() -> AddressReader:
    return AddressReader(UnitReader(bundled_lexicon()))


def _keys(parsed: Parsed) -> tuple[str | None, str | None]:
    number = parsed.first(ComponentType.HOUSE_NUMBER)
    street = parsed.first(ComponentType.THOROUGHFARE)
    places = [(each.kind or "place", each.value) for each in parsed.all(ComponentType.LOCALITY)]
    along = base_key(None, places) if street is None else street.key
    return (None if number is None else number.key), along


def test_numbers_and_what_they_count_along(realdata: Path, reader: AddressReader) -> None:
    with (realdata / "addresses_binhduong.csv").open(encoding="utf-8", newline="") as file:
        texts = {row["id"]: row for row in csv.DictReader(file)}
    expected = {}
    for line in EXPECTED.split("\n")[1:-1]:
        id_, number, along = line.split()
        expected[id_] = (
            number.replace("_", " "),
            None if along == "-" else along.replace("_", " "),
        )
    read = {id_: _keys(reader.read(texts[id_]["address"])) for id_ in expected}
    wrong = [id_ for id_, keys in expected.items() if _spaced(read[id_]) != keys]
    assert wrong == []
    days = [_keys(reader.read(texts[id_]["address"]))[0] for id_ in STREETS_NAMED_FOR_DAYS]
    assert days == [None] * len(days)
    assert expected.keys() >= NUMBERS_UNLABELLED


def _spaced(keys: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    number, along = keys
    return number, None if along is None else along.replace("_", " ")
