"""Read the authority's list of prefixes: a CSV file, and what may be wrong with it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from addrsvc.codes.allocation import ISSUER_LIMIT
from addrsvc.errors import InvalidInput, Pointer, Text
from addrsvc.parsing.normalise import name_key

_PREFIX = re.compile(r"[0-9]{5}")
_HEADERS = {
    "prefix": ("prefix", "ma khu vuc", "tien to"),
    "commune_code": ("commune code", "ma phuong xa", "ma xa"),
    "issuer": ("issuer", "don vi cap", "don vi cap ma"),
    "source": ("source", "nguon", "can cu"),
}


@dataclass(eq=False)
class PrefixFileRefused(InvalidInput):
    """A list of prefixes has lines that cannot be; nothing of it was taken over."""

    slug = "prefix-file-refused"
    title = Text("Danh sách mã khu vực không hợp lệ", "List of prefixes not usable")
    message = Text(
        "{count} dòng không dùng được, nên chưa nhập gì. {first_vi}",
        "{count} lines cannot be used, so nothing was imported. {first_en}",
    )
    count: int
    first_vi: str
    first_en: str
    errors: tuple[Pointer, ...] = ()


@dataclass(frozen=True, slots=True)
class PrefixLine:
    """One line of a list of prefixes."""

    prefix: str
    commune_code: str
    issuer: str
    source: str


def read_lines(path: Path) -> list[PrefixLine]:
    """Read a CSV list: prefix, commune_code, issuer, and source if there is one.

    Raises:
        PrefixFileRefused: not UTF-8, or a column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            at = _columns(reader.fieldnames or ())
            return [_line(each, at, path.name) for each in reader]
    except (UnicodeDecodeError, csv.Error):
        raise refused(
            [(1, Text("Tệp phải là CSV dạng UTF-8.", "The file must be CSV in UTF-8."))]
        ) from None


def _columns(names: Iterable[str]) -> dict[str, str]:
    at: dict[str, str] = {}
    for name in names:
        for field, headers in _HEADERS.items():
            if name_key(name) in headers:
                at.setdefault(field, name)
    missing = [field for field in ("prefix", "commune_code", "issuer") if field not in at]
    if missing:
        text = Text(f"Thiếu cột: {', '.join(missing)}.", f"Columns missing: {', '.join(missing)}.")
        raise refused([(1, text)])
    return at


def _line(each: dict[str, str | None], at: dict[str, str], file: str) -> PrefixLine:
    def value(field: str) -> str:
        return " ".join((each.get(at.get(field, "")) or "").split())

    return PrefixLine(
        value("prefix"), value("commune_code"), value("issuer"), value("source") or file
    )


def refused(problems: Sequence[tuple[int, Text]]) -> PrefixFileRefused:
    """Make the error of a list from its lines and what is wrong with each."""
    line, text = problems[0]
    return PrefixFileRefused(
        count=len(problems),
        first_vi=f"Dòng {line}: {text.vi}",
        first_en=f"Line {line}: {text.en}",
        errors=tuple(Pointer(f"/{line}", detail) for line, detail in problems),
    )


def misspelt(line: PrefixLine) -> Text | None:
    """Say what is wrong with the spelling of a line; None: nothing."""
    if not _PREFIX.fullmatch(line.prefix):
        return Text(
            "Mã khu vực phải có đúng 5 chữ số (định dạng cột là văn bản để không mất số 0).",
            "A prefix has exactly 5 digits (format the column as text to keep leading zeros).",
        )
    if not line.issuer or len(line.issuer) > ISSUER_LIMIT or not line.issuer.isprintable():
        return Text("Thiếu hoặc sai tên đơn vị cấp mã.", "The issuer is missing or malformed.")
    return None
