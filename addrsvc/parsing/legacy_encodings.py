r"""Vietnamese texts written before Unicode: TCVN3 (ABC, .VnTime) and VNI-Windows. Pure.

Planning files of MicroStation, MapInfo and AutoCAD often hold such texts: they look right in the
old font only, and read as ``§Êt ë`` or ``Ñaát ôû`` anywhere else. A byte table decodes them; which
one it was is found by how many words come out as Vietnamese syllables.

>>> decode_text("§Êt ë t¹i ®« thÞ", "tcvn3"), decode_text("Ñaát ôû taïi ñoâ thò", "vni")
('Đất ở tại đô thị', 'Đất ở tại đô thị')
>>> guess_encoding(["Đất trồng lúa".encode()]), guess_encoding([b"Dat trong lua"])
('utf-8', 'utf-8')
>>> guess_encoding([b"\xa7\xcat tr\xe5ng l\xf3a"])
'tcvn3'

TCVN3 has no capitals with tones: fonts of capitals (.VnTimeH) draw small letters as capitals, so
that ``THÀNH PHỐ`` was typed ``THàNH PHố``; such words come out in capitals throughout.

Source: TCVN 5712:1993 (VN3); table of VNI for Windows as its fonts draw it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, get_args

from addrsvc.parsing.normalise import fold, is_syllable

Encoding = Literal["utf-8", "cp1258", "tcvn3", "vni"]
ENCODINGS: Final[tuple[Encoding, ...]] = get_args(Encoding)
"""Likeliest first, where texts do not tell them apart."""

_TCVN3: Final[Mapping[str, str]] = {
    chr(byte): letter
    for first, letters in (
        (
            0xA1,
            "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾ",
        ),
        (0xDB, "ỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"),
    )
    for byte, letter in enumerate(letters, first)
}
"""By the character Windows-1252 has at that byte."""

_VNI_BASES: Final[Mapping[str, str]] = {
    "Ñ": "Đ", "Ô": "Ơ", "Ö": "Ư", "Ì": "Ì", "Í": "Í", "Æ": "Ỉ", "Ó": "Ĩ", "Ò": "Ị", "Î": "Ỵ",
}  # fmt: skip
"""Letters of one byte; a mark may follow the second and third."""
_HAT, _BREVE = "\u0302", "\u0306"
_VNI_MARKS: Final[Mapping[str, str]] = {
    "Ø": "\u0300", "Ù": "\u0301", "Õ": "\u0303", "Û": "\u0309", "Ï": "\u0323",
    "Â": _HAT, "À": f"{_HAT}\u0300", "Á": f"{_HAT}\u0301", "Ã": f"{_HAT}\u0303",
    "Å": f"{_HAT}\u0309", "Ä": f"{_HAT}\u0323",
    "Ê": _BREVE, "È": f"{_BREVE}\u0300", "É": f"{_BREVE}\u0301", "Ü": f"{_BREVE}\u0303",
    "Ú": f"{_BREVE}\u0309", "Ë": f"{_BREVE}\u0323",
}  # fmt: skip
"""What the byte after a vowel puts on it."""
_VNI_TAKES: Final[Mapping[str, str]] = {
    "A": "ØÙÕÛÏÂÀÁÃÅÄÊÈÉÜÚË", "E": "ØÙÕÛÏÂÀÁÃÅÄ", "O": "ØÙÕÛÏÂÀÁÃÅÄ", "U": "ØÙÕÛÏ", "Y": "ØÙÕÛ",
    "Ô": "ØÙÕÛÏ", "Ö": "ØÙÕÛÏ",
}  # fmt: skip


def _vni() -> dict[str, str]:
    """Give letters by what Windows-1252 shows for them; a mark may be of the other case."""
    table: dict[str, str] = {}
    for shown, letter in _VNI_BASES.items():
        table[shown], table[shown.lower()] = letter, letter.lower()
    for base, marks in _VNI_TAKES.items():
        for mark in marks:
            letter = unicodedata.normalize("NFC", _VNI_BASES.get(base, base) + _VNI_MARKS[mark])
            for ending in (mark, mark.lower()):
                table[base + ending] = letter
                table[base.lower() + ending] = letter.lower()
    return table


_VNI: Final = _vni()
_VNI_PIECES: Final = re.compile("|".join(sorted(_VNI, key=len, reverse=True)))
_TCVN3_PIECES: Final = str.maketrans(dict(_TCVN3))

_UNDEFINED: Final = dict.fromkeys([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_BYTES: Final = [
    chr(byte) if byte in _UNDEFINED else bytes([byte]).decode("cp1252") for byte in range(256)
]
"""What Windows-1252 shows for each byte; the five it leaves out stand for themselves."""
_C1: Final = {byte: _BYTES[byte] for byte in range(0x80, 0xA0)}
_PIECE: Final = re.compile(r"[^\W\d_]+")


def decode_text(raw: bytes | str, encoding: str) -> str:
    """Give a text of one of ``ENCODINGS`` as Unicode NFC; what does not decode becomes U+FFFD.

    For ``tcvn3`` and ``vni``, text already read as Windows-1252 or Latin-1 may come as it is; what
    those cannot hold stays. For the others, text is Unicode already. Any other encoding Python
    knows is decoded by Python.

    Raises:
        LookupError: nobody knows an encoding of this name.
    """
    if encoding == "tcvn3":
        return _tcvn3(_shown(raw))
    if encoding == "vni":
        return unicodedata.normalize("NFC", _VNI_PIECES.sub(lambda m: _VNI[m[0]], _shown(raw)))
    text = raw.decode(encoding, "replace") if isinstance(raw, bytes) else raw
    return unicodedata.normalize("NFC", text)


def guess_encoding(samples: Sequence[bytes]) -> str:
    """Tell which of ``ENCODINGS`` byte texts are in; all ASCII: ``utf-8``."""
    scores = likelihoods(samples)
    return max(ENCODINGS, key=lambda each: scores[each])


def likelihoods(samples: Sequence[bytes]) -> dict[str, float]:
    r"""Give for each encoding how Vietnamese the samples come out: 1 every word, below 0 none.

    >>> found = likelihoods([b"\xd1a\xe1t \xf4\xfb"])
    >>> max(found, key=found.get), round(found["vni"], 1), found["utf-8"]
    ('vni', 1.0, -2.0)
    """
    telling = [each for each in dict.fromkeys(samples) if not each.isascii()]
    if not telling:
        return {"utf-8": 1.0, "cp1258": 0.0, "tcvn3": 0.0, "vni": 0.0}
    scores: dict[str, float] = {each: _score(telling, each) for each in ENCODINGS}
    if scores["utf-8"] > -2:  # bytes of the others hardly ever make UTF-8
        scores["utf-8"] += 2
    return scores


def _score(samples: Iterable[bytes], encoding: Encoding) -> float:
    """Give the mean worth of words that hold more than ASCII, before or after decoding."""
    worth = 0.0
    words = 0
    for sample in samples:
        if encoding in {"utf-8", "cp1258"}:
            try:
                text = sample.decode(encoding)
            except UnicodeDecodeError:
                if encoding == "utf-8":
                    return -2.0
                worth, words = worth - 2, words + 1
                continue
            text = unicodedata.normalize("NFC", text)
        else:
            text = decode_text(sample, encoding)
        for piece in text.split():
            if not piece.isascii():
                worth += _worth(piece)
                words += 1
    return worth / words if words else 0.0


def _worth(piece: str) -> float:
    """Say how well a piece between spaces passes for Vietnamese: 1 well, down to -2."""
    words = _PIECE.findall(piece)
    odd = sum(not char.isascii() for word in _PIECE.split(piece) for char in word)
    good = all(word.isascii() or _is_word(word) for word in words)
    return (1.0 if good and words else -1.0) - min(odd, 2) / 2


def _is_word(word: str) -> bool:
    """Tell whether a word could be a Vietnamese syllable, tones and capitals included."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    spread = unicodedata.normalize("NFD", word.lower())
    tones = [char for char in spread if char in "\u0300\u0301\u0303\u0309\u0323"]
    others = {char for char in spread if unicodedata.combining(char)} - {*tones}
    key = fold(word)
    if len(tones) > 1 or not others <= {_HAT, _BREVE, "\u031b"} or not is_syllable(key):
        return False
    stopped = key.endswith(("c", "p", "t", "ch"))  # such syllables rise or fall heavily
    return not stopped or tones in (["\u0301"], ["\u0323"])


def _tcvn3(shown: str) -> str:
    """Decode the characters of Windows-1252, and put words of capital fonts into capitals."""
    text = unicodedata.normalize("NFC", shown.translate(_TCVN3_PIECES))
    if text.isascii():
        return text
    lowers = any("a" <= char <= "z" for char in text)
    mixed = any(_is_capitals(word) for word in _PIECE.findall(text))
    if not mixed:
        return text
    pick: Callable[[str], bool] = _is_capitals if lowers else lambda _: True
    return _PIECE.sub(lambda m: m[0].upper() if pick(m[0]) else m[0], text)


def _is_capitals(word: str) -> bool:
    """Tell whether a word was typed in capitals and shows small letters only where it had to.

    >>> [_is_capitals(word) for word in ("PHố", "Hà", "TRƯờNG", "UBND", "HóA", "PhốX")]
    [True, False, True, False, True, False]
    """
    small = [char for char in word if char.islower()]
    return (
        bool(small)
        and not any(char.isascii() for char in small)
        and all(_has_tone(char) for char in small)
        and sum(char.isupper() for char in word) > word[0].isupper()
    )


def _has_tone(char: str) -> bool:
    """Tell whether a letter bears a tone: ``ấ`` does, ``â`` does not."""
    return any(
        mark in "\u0300\u0301\u0303\u0309\u0323" for mark in unicodedata.normalize("NFD", char)
    )


def _shown(raw: bytes | str) -> str:
    """Give what Windows-1252 shows for bytes, also where they were read as Latin-1."""
    if isinstance(raw, bytes):
        return "".join(map(_BYTES.__getitem__, raw))
    return raw.translate(_C1)
