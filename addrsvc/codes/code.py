"""The digital address code: ten digits, printed ``75123-04827``, on plates ``75123-04827-7``.

>>> code = DigitalCode.of("7512304827")
>>> code.printed, code.plate
('75123-04827', '75123-04827-7')
>>> parse_code("Mã địa chỉ số: 75123 04827")
ParsedCode(code=DigitalCode(prefix='75123', suffix='04827'), verified=False)
>>> parse_code("https://diachiso.example/a/75123-04827-7").verified
True
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from addrsvc.codes import check_digit as check
from addrsvc.codes.errors import (
    CheckDigitWrong,
    CodeEmpty,
    CodeHasLetter,
    CodeHasSymbol,
    CodeLetterLikeDigit,
    CodeLooksLikeLocationId,
    CodeTextTooLong,
    CodeTooLong,
    CodeTooShort,
)

PREFIX_LENGTH: Final = 5
CODE_LENGTH: Final = 10
PLATE_LENGTH: Final = 11
LOCATION_ID_LENGTH: Final = 12

TEXT_LIMIT: Final = 200
"""Most characters read; longer text is refused before any work."""

_PREFIX = re.compile(r"[0-9]{5}")
_CODE = re.compile(r"[0-9]{10}")

_LINK = re.compile(r"[^?#]*/a/([^/?#]*)/?(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]+")
_LABEL_WORDS = frozenset(
    {"ma", "so", "dia", "chi", "dcs", "mdcs", "dc", "code", "digital", "address", "qr", "no"}
)
_WRAPPING = "()[]{}<>\"'`“”‘’„«»#№"
_AFTER_LABEL = _WRAPPING + ":：=.,;|"
_TRAILING = _WRAPPING + ".,;:!?…。"

_SEPARATORS = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})
_SEPARATOR_SIGNS = frozenset("\t\n\r\v\f−﹘⁃")
"""Control white space, the minus sign and the hyphen bullet: dashes outside category Pd."""

_JOINTS = frozenset("./_·•∙・|")
"""Signs read only where the printed form has its dash. Elsewhere they belong to telephone
numbers (0912.345.678), coordinates (10.98 106.652) and alley numbers (1806/127/2)."""

_JOINT_PLACES = frozenset({PREFIX_LENGTH, CODE_LENGTH})

_LOOK_ALIKES = {
    letter: digit
    for digit, letters in {
        "0": "OoQDОоΟο",
        "1": "IiLlІΙ",
        "2": "Zz",
        "5": "Ss",
        "6": "Gb",
        "8": "B",
        "9": "gq",
    }.items()
    for letter in letters
}


@dataclass(frozen=True, slots=True, order=True)
class DigitalCode:
    """A code: prefix of the area at assignment and a random suffix, five ASCII digits each.

    Raises:
        ValueError: a part is not five ASCII digits; use `parse_code` on what people typed.
    """

    prefix: str
    suffix: str

    def __post_init__(self) -> None:
        if not (is_prefix(self.prefix) and _PREFIX.fullmatch(self.suffix)):
            raise ValueError(f"not two times five digits: {self.prefix!r}, {self.suffix!r}")

    @classmethod
    def of(cls, text: str) -> DigitalCode:
        """Make a code of exactly ten ASCII digits, as stored.

        Raises:
            ValueError: anything else.
        """
        if not _CODE.fullmatch(text):
            raise ValueError(f"not ten digits: {text!r}")
        return cls(text[:PREFIX_LENGTH], text[PREFIX_LENGTH:])

    @property
    def text(self) -> str:
        """Give the ten digits, as stored."""
        return self.prefix + self.suffix

    @property
    def check_digit(self) -> str:
        """Compute the check digit; it is never stored."""
        return check.check_digit(self.text)

    @property
    def printed(self) -> str:
        """Give the form for screens and documents."""
        return f"{self.prefix}-{self.suffix}"

    @property
    def plate(self) -> str:
        """Give the form for plates, cards and dictation, with the check digit."""
        return f"{self.prefix}-{self.suffix}-{self.check_digit}"

    def __str__(self) -> str:
        return self.printed


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """A code as read; ``verified`` tells whether a right check digit came with it.

    Without one, a single slip may name another house: show the place and ask.
    """

    code: DigitalCode
    verified: bool


def is_prefix(text: str) -> bool:
    """Tell whether the text is a prefix: exactly five ASCII digits.

    >>> is_prefix("75123"), is_prefix("7512"), is_prefix("٧٥١٢٣")
    (True, False, False)
    """
    return _PREFIX.fullmatch(text) is not None


def read_digits(text: str) -> str:
    """Read the digits of a code or plate as typed, however many there are.

    Raises:
        CodeTextTooLong: more than `TEXT_LIMIT` characters.
        CodeLetterLikeDigit: a letter where the digit it resembles is meant.
        CodeHasLetter: another letter.
        CodeHasSymbol: a sign no written form has there.

    >>> read_digits("７５１２３—04827")
    '7512304827'
    """
    if len(text) > TEXT_LIMIT:
        raise CodeTextTooLong(length=len(text), limit=TEXT_LIMIT)
    link = _LINK.fullmatch(text)
    written = unicodedata.normalize("NFC", unquote(link[1]) if link else text)
    body = _without_trail(_without_label(written))
    digits: list[str] = []
    for at, sign in enumerate(body):
        value = unicodedata.decimal(sign, None)
        if value is not None:
            digits.append(str(value))
        elif not _separates(sign, len(digits)):
            raise _unreadable(body, at, len(digits) + 1)
    return "".join(digits)


def parse_code(text: str) -> ParsedCode:
    """Read a code in any printed or typed form; spec.md §2 lists them.

    Raises:
        CodeEmpty: no digit.
        CodeTooShort: fewer than ten digits.
        CodeLooksLikeLocationId: twelve digits.
        CodeTooLong: another number above eleven.
        CheckDigitWrong: eleven digits that do not belong together.
        CodeTextTooLong, CodeLetterLikeDigit, CodeHasLetter, CodeHasSymbol: see `read_digits`.
    """
    digits = read_digits(text)
    if len(digits) == CODE_LENGTH:
        return ParsedCode(DigitalCode.of(digits), verified=False)
    if len(digits) == PLATE_LENGTH:
        if not check.matches(digits):
            raise CheckDigitWrong(given=digits[-1])
        return ParsedCode(DigitalCode.of(digits[:CODE_LENGTH]), verified=True)
    if not digits:
        raise CodeEmpty
    if len(digits) < CODE_LENGTH:
        raise CodeTooShort(digits=len(digits))
    if len(digits) == LOCATION_ID_LENGTH:
        raise CodeLooksLikeLocationId
    raise CodeTooLong(digits=len(digits))


def _without_label(text: str) -> str:
    """Cut leading words that announce a code: mã địa chỉ số, DCS, code."""
    rest = _strip_lead(text, _WRAPPING)
    while (word := _LETTERS.match(rest)) and _bare(word[0]) in _LABEL_WORDS:
        rest = _strip_lead(rest[word.end() :], _AFTER_LABEL)
    return rest


def _strip_lead(text: str, signs: str) -> str:
    start = 0
    while start < len(text) and (text[start] in signs or _separates(text[start], 0)):
        start += 1
    return text[start:]


def _without_trail(text: str) -> str:
    """Cut closing brackets, quotes and the full stop of a sentence."""
    end = len(text)
    while end and (text[end - 1] in _TRAILING or _separates(text[end - 1], 0)):
        end -= 1
    return text[:end]


def _bare(word: str) -> str:
    """Fold case, accents and đ, so that labels match however they are typed."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")


def _separates(sign: str, digits_before: int) -> bool:
    if unicodedata.category(sign) in _SEPARATORS or sign in _SEPARATOR_SIGNS:
        return True
    return sign in _JOINTS and digits_before in _JOINT_PLACES


def _unreadable(
    body: str, at: int, position: int
) -> CodeLetterLikeDigit | CodeHasLetter | CodeHasSymbol:
    """Name what stands at an index; a whole word is not taken for mistyped digits."""
    sign = body[at]
    word = _LETTERS.match(body, at)
    if word is None:
        visible = sign.isprintable() and not unicodedata.category(sign).startswith("M")
        return CodeHasSymbol(position=position, symbol=sign if visible else f"U+{ord(sign):04X}")
    if all(letter in _LOOK_ALIKES for letter in word[0]):
        return CodeLetterLikeDigit(position=position, letter=sign, digit=_LOOK_ALIKES[sign])
    return CodeHasLetter(position=position, letter=sign)
