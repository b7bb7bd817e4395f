"""Pure: what a device sends of people beside a record; bounded, and in no error as it was said."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from addrsvc.collection.errors import SubmissionUnreadable
from addrsvc.collection.json_reading import Reader, read_object
from addrsvc.errors import Text

_NAME: Final = 200
_PHONE: Final = 40
_WORDS: Final = 2_000
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of Unicode nobody types."""

_NO_CONSENT: Final = Text(
    "Người được ghi tên phải đồng ý trước khi lưu liên hệ; nếu không, hãy xóa họ tên và số điện "
    "thoại.",
    "Whoever is named agrees before a contact is kept; otherwise take name and telephone out.",
)


@dataclass(frozen=True, slots=True, repr=False)
class Private:
    """What was noted with one revision; never logged (so: no repr)."""

    revision: int
    name: str | None
    phone: str | None
    consent: str | None
    """Names the wording agreed to."""
    words: str | None

    @property
    def has_contact(self) -> bool:
        """Tell whether somebody is named, or may be called."""
        return self.name is not None or self.phone is not None


def read_private(payload: bytes) -> Private:
    """Read the private part of a record.

    Raises:
        SubmissionUnreadable: it is none, or a contact comes without consent.
    """
    faults, document = read_object(payload)
    if document is None:
        raise SubmissionUnreadable(errors=faults)
    said = Reader(document, "", faults)
    revision = said.integer("revision", 1, 1_000_000, is_needed=True)
    private = Private(
        revision or 1,
        _line(said, "name", _NAME),
        _line(said, "phone", _PHONE),
        said.matching("consent", r"[0-9a-z-]{1,20}"),
        _words(said),
    )
    if private.has_contact and private.consent is None:
        said.fault("consent", _NO_CONSENT)
    if faults:
        raise SubmissionUnreadable(errors=faults)
    return private


def _line(said: Reader, name: str, most: int) -> str | None:
    text = _seen(said.text(name) or "")
    line = " ".join(text.split())
    if len(line) > most:
        said.fault(name, Text(f"Tối đa {most} ký tự.", f"{most} characters at most."))
    return line or None


def _words(said: Reader) -> str | None:
    lines = _seen((said.text("words") or "").replace("\r\n", "\n")).split("\n")
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(each.split()) for each in lines)).strip()
    if len(words) > _WORDS:
        said.fault("words", Text(f"Tối đa {_WORDS} ký tự.", f"{_WORDS} characters at most."))
    return words or None


def _seen(text: str) -> str:
    """Give what is seen of a text: NFC, nothing nobody types."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        sign if sign in "\t\n" or unicodedata.category(sign) not in _DROPPED else " "
        for sign in composed
    )
