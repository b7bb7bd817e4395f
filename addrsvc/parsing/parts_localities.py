"""The words that stand before the name of a locality: khu phố, ấp, tổ, estates. Pure.

>>> LOCALITY_WORDS["kp"].title, LOCALITY_WORDS["tdp"].kind
('Khu phố', 'to')
"""

from __future__ import annotations

from typing import Final, NamedTuple


class LocalityWord(NamedTuple):
    """A kind of locality as people write it."""

    kind: str
    """As ``registry.model.Locality`` has it."""
    title: str
    """In full, as printed."""


_WORDS: Final = (
    ("khu_pho", "Khu phố", "khu pho", "kp", "k p", "khu p"),
    ("khu_pho", "Khu", "khu"),
    ("khu_pho", "Khóm", "khom"),
    ("ap", "Ấp", "ap"),
    ("to", "Tổ dân phố", "to dan pho", "tdp", "to dp"),
    ("to", "Tổ", "to"),
    ("to", "Cụm", "cum", "cum dan cu"),
    ("thon", "Thôn", "thon"),
    ("thon", "Xóm", "xom"),
    ("thon", "Bản", "ban"),
    ("thon", "Buôn", "buon"),
    ("thon", "Làng", "lang"),
    ("thon", "Đội", "doi"),
    ("industrial_area", "Khu công nghiệp", "khu cong nghiep", "kcn", "khu cn"),
    ("industrial_area", "Cụm công nghiệp", "cum cong nghiep", "ccn"),
    ("industrial_area", "Khu chế xuất", "khu che xuat", "kcx"),
    ("industrial_area", "Khu sản xuất", "khu san xuat", "ksx"),
    ("residential_area", "Khu dân cư", "khu dan cu", "kdc"),
    ("residential_area", "Khu đô thị", "khu do thi", "kdt", "kdtm", "khu do thi moi"),
    ("residential_area", "Khu tái định cư", "khu tai dinh cu", "khu tdc", "tdc", "tai dinh cu"),
    ("residential_area", "Khu nhà ở", "khu nha o", "kno"),
    ("residential_area", "Khu biệt thự", "khu biet thu", "kbt"),
    ("residential_area", "Cư xá", "cu xa", "cx"),
    ("residential_area", "Dự án", "du an"),
)
LOCALITY_WORDS: Final[dict[str, LocalityWord]] = {
    word: LocalityWord(kind, title) for kind, title, *words in _WORDS for word in words
}
"""By the folded word, single spaces."""
