"""Words that Vietnamese streets, hamlets and firms are named with, and how often each is used.

Everything composed of them is invented; a name that exists somewhere is chance.
"""

from __future__ import annotations

import numpy as np


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(separator))


FAMILY = _words("""
    Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Lâm Trương Mai
    Đoàn Trịnh Hà Cao Lưu Tô Thái Châu Tạ Phùng Tống Nghiêm Quách La Kiều Thạch
""")
MIDDLE = _words("""
    Văn Thị Hữu Đức Minh Ngọc Quang Công Đình Xuân Thanh Hồng Kim Bá Duy Quốc Thành Trọng Viết
    Tấn Phước Phú Chí Thế Khắc Đăng Vĩnh Gia Bảo Nhật Hoài Thiện Tuấn Sĩ Danh Như Bích Mạnh
""")
GIVEN = _words("""
    An Anh Ân Ba Bạch Bảo Bảy Bền Biên Bình Bông Bửu Cẩm Cảnh Cao Chánh Chất Châu Chi Chiến Chín
    Chương Cư Cung Cừ Cương Cường Danh Dân Diệu Dũng Duy Duyên Dưỡng Đại Đạo Đạt Đăng Đệ Điền
    Định Đoan Đồng Đông Đúng Đức Giai Giáo Giàu Hải Hành Hạnh Hào Hân Hậu Hiên Hiền Hiển Hiệp
    Hiếu Hinh Hoa Hòa Hoan Hoàn Hoạt Học Hội Hợi Hợp Huân Huấn Huệ Hùng Huy Hưng Hưởng Hữu Kế
    Khai Khải Khang Khánh Khiêm Khiết Khoa Khôi Khương Kiên Kiết Kiệt Kỳ Lạc Lai Lan Lãng Lâm
    Lân Lễ Lịch Liêm Liên Liễu Linh Lĩnh Lộc Lợi Long Luân Luận Luật Lục Lương Lượng Lựu Mãi
    Mạnh Mẫn Mận Minh Mưu Nam Năm Năng Nghi Nghị Nghĩa Nghiệp Ngoan Ngọ Ngôn Nguyên Nhàn Nhân
    Nhẫn Nhẹ Nhơn Nhung Nhường Ninh Oanh Phải Phát Phấn Phiên Phong Phố Phú Phúc Phụng Phước
    Phương Quân Quế Quý Quyên Quyền Quyết Quỳnh Rạng Sang Sáng Sanh Sáu Sâm Sen Siêu Sinh Sơn
    Sung Sửu Tài Tám Tâm Tân Tấn Tạo Tập Tây Thạch Thái Thám Thanh Thành Thạnh Thao Thảo Thắm
    Thắng Thân Thập Thâu Thăng Thế Thi Thích Thiên Thiện Thiết Thiệu Thìn Thịnh Thoại Thông Thơ
    Thới Thơm Thu Thuần Thuận Thục Thuyết Thư Thương Thường Tích Tiên Tiến Tiết Tình Tỉnh Toàn
    Toản Tôn Trạch Trâm Trân Tranh Tri Trí Triết Trinh Trịnh Trọng Trung Trừ Trực Trưng Trường
    Tú Tuấn Tuệ Tùng Tươi Tường Tưởng Tuyên Tuyến Tuyết Ty Út Uyển Ứng Vạn Vân Vị Việt Vinh Vĩnh
    Vui Vượng Xa Xuân Xuyến Ý Yên Yến
""")
PLACE_FIRST = _words("""
    An Bàu Bến Bình Bưng Cầu Chợ Đông Đồng Gò Giồng Hòa Hóc Long Lộc Mỹ Ngãi Ninh Phú Phước
    Quảng Rạch Sông Suối Tân Tây Thạnh Thanh Thới Thuận Trà Trường Tường Vạn Vĩnh Xóm Xuân Yên
""")
PLACE_LAST = _words("""
    An Bàng Bình Chánh Chiểu Cường Dầu Điền Đông Giao Hạnh Hậu Hiệp Hòa Hội Hưng Khánh Lạc Lâm
    Lập Lễ Lộc Lợi Long Lương Mỹ Nghi Nghĩa Nhơn Nhựt Ninh Phát Phú Phước Quới Sơn Tân Thành
    Thạnh Thắng Thọ Thới Thuận Thủy Tiến Trạch Tranh Trị Trung Trường Tượng Tường Vinh Vĩnh Xuân
    Yên
""")
FIRM = _words("Cơ khí,May mặc,Gỗ,Bao bì,Nhựa,Thực phẩm,Vận tải,Xây dựng,Gốm sứ,Điện tử", ",")

COMMON = (
    *_words(
        """
        Lê Lợi, Quang Trung, Nguyễn Huệ, Trần Hưng Đạo, Hai Bà Trưng, Lý Thường Kiệt, Nguyễn Trãi,
        Cách Mạng Tháng Tám, Hùng Vương, Phan Bội Châu, Phan Chu Trinh, Nguyễn Thị Minh Khai,
        Ngô Quyền, Bà Triệu, Trần Phú, Nguyễn Văn Trỗi, Võ Thị Sáu, Nguyễn Đình Chiểu,
        Lê Hồng Phong, 30 Tháng 4, 30/4, 3/2, 2/9, 19/5, 1/5, Điện Biên Phủ, Xô Viết Nghệ Tĩnh,
        Hoàng Văn Thụ, Lý Tự Trọng, Nguyễn Du, Phạm Ngũ Lão, Hoàng Hoa Thám, Yersin, Pasteur,
        Đinh Tiên Hoàng
        """,
        ",",
    ),
    *(f"Đường số {number}" for number in range(1, 31)),
    *(f"D{number}" for number in range(1, 16)),
    *(f"N{number}" for number in range(1, 12)),
    *(f"Quốc lộ {number}" for number in (1, 13, 14, 20, 51, 56)),
)
"""Names that nearly every town has, commonest first."""


class NameMaker:
    """Composes names; the same seed gives the same names."""

    def __init__(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)

    def streets(self, count: int) -> list[str]:
        """Give that many different names, as many persons as places and numbers together."""
        found: dict[str, None] = {}
        while len(found) < count:
            found.setdefault(self._street())
        return list(found)

    def person(self) -> str:
        """Give a name as a street is named after: mostly three syllables, some two or four."""
        length = self._draw.random()
        middle = "" if length < 0.12 else f" {self._one(MIDDLE)}"
        if length > 0.92:
            middle += f" {self._one(MIDDLE)}"
        return f"{self._one(FAMILY)}{middle} {self._one(GIVEN)}"

    def place(self) -> str:
        """Give a place name of two syllables, seldom three."""
        tail = f" {self._one(PLACE_LAST)}" if self._draw.random() < 0.15 else ""
        return f"{self._one(PLACE_FIRST)} {self._one(PLACE_LAST)}{tail}"

    def locality(self) -> tuple[str, str]:
        """Give kind and name of a neighbourhood or hamlet."""
        kind, word = (("khu_pho", "Khu phố"), ("ap", "Ấp"))[int(self._draw.integers(2))]
        if self._draw.random() < 0.5:
            return kind, f"{word} {int(self._draw.integers(1, 13))}"
        number = f" {int(self._draw.integers(1, 5))}" if self._draw.random() < 0.3 else ""
        return kind, f"{word} {self.place()}{number}"

    def _street(self) -> str:
        number = int(self._draw.integers(1, 200))
        fate = self._draw.random()
        if fate < 0.55:
            return self.person()
        if fate < 0.82:  # Bình Nhâm 26
            return f"{self.place()} {number % 100}" if fate < 0.72 else self.place()
        series = (
            f"ĐX {number:03d}",
            f"{('ĐT', 'ĐH')[number % 2]} {int(self._draw.integers(400, 999))}",
            f"{'DN'[number % 2]}{'ABCE'[number % 4]}{number % 40 + 1}",
            f"Đường số {number}",
        )
        return series[int(self._draw.choice(4, p=(0.22, 0.18, 0.22, 0.38)))]

    def _one(self, words: tuple[str, ...]) -> str:
        return words[int(self._draw.integers(len(words)))]
