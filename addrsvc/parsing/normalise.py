"""One spelling and one search key for every way a Vietnamese word is typed. Pure.

>>> name_key("Phường  Hoà-Phú, Đ. D1")
'phuong hoa phu d d1'
>>> canonical("  Thuỷ   Nguyên ")
'Thủy Nguyên'
>>> repair_telex("Dicjh Vongj Haaju")
'Dịch Vọng Hậu'
"""

from __future__ import annotations

import re
import unicodedata

ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Characters that take no room: they stand inside words and mean nothing."""

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_SPACE = re.compile(r"\s+")
_UNSEEN = re.compile(f"[{ZERO_WIDTH}]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_OPEN_SYLLABLE = re.compile(rf"(?<!q)(o[ae]|uy)([{_TONES}])(?![a-zđ\u0300-\u036f])", re.IGNORECASE)
_LONG_I = re.compile(r"\b(qu|[hklmstv])y\b")
_WORD = re.compile(r"[^\W\d_]+")
_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
_NUCLEUS = (
    "(?:uye|uya|uyu|oai|oay|oao|oeo|uay|uoi|uou|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo"
    "|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
)
_CODA = "(?:ch|ng|nh|[cmnpt])?"
_SYLLABLE = re.compile(_ONSET + _NUCLEUS + _CODA)
_TYPED = re.compile(f"(dd|{_ONSET})([aeiouyw][a-z]*)")
_TYPED_TONE = re.compile("[sfrxj]")
_TONE_OF = dict(zip("fsxrj", _TONES, strict=True))
_TYPED_HAT = re.compile(f"([aeo])([iuy]?{_CODA})\\1(.*)")
_HATS = {"a": "â", "e": "ê", "o": "ô"}
_HORNS = (("uo", "ươ"), ("oa", "oă"), ("ua", "ưa"), ("a", "ă"), ("o", "ơ"), ("u", "ư"))
_RHYME = re.compile(f"(gi(?=[aeouâêôăơư])|qu|[^aeiouyâêôăơư]*)([aeiouyâêôăơư]+)({_CODA})")
_MARKED = re.compile("[âêôăơ]|ư(?!ơ)")


def fold(text: str) -> str:
    """Lower the case and drop every accent, đ too; length of the rest is kept."""
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(char for char in lowered if not unicodedata.combining(char))


def name_key(text: str) -> str:
    """Give the search key: folded, only letters and digits, single spaces between words."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def canonical(text: str) -> str:
    """Give the one spelling kept: NFC, single spaces, tone on the first vowel of oa, oe, uy.

    ``hoà`` and ``hòa`` are the same word; closed syllables (``hoàn``) have one spelling only
    and stay, as does ``quý``, whose u belongs to the consonant.
    """
    spread = unicodedata.normalize("NFD", _SPACE.sub(" ", text).strip())
    return unicodedata.normalize(
        "NFC", _OPEN_SYLLABLE.sub(lambda m: m[1][0] + m[2] + m[1][1], spread)
    )


def normalise(text: str) -> str:
    """Give a whole text in its one spelling: as ``canonical``, unseen characters gone.

    Wide letters and digits become ordinary ones.

    >>> normalise("Ph\u200bường  １, Thuỷ Nguyên")
    'Phường 1, Thủy Nguyên'
    """
    return canonical(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)))


def even_y(key: str) -> str:
    """Write the y that sounds i as i, in a folded key: ``my`` as ``mi``, but not ``tay``.

    >>> even_y("ly thuong kiet, my phuoc, tay")
    'li thuong kiet, mi phuoc, tay'
    """
    return _LONG_I.sub(r"\1i", key)


def is_syllable(key: str) -> bool:
    """Tell whether a folded word is shaped like a Vietnamese syllable.

    >>> [is_syllable(word) for word in ("nghieng", "dduong", "krong")]
    [True, False, False]
    """
    return _SYLLABLE.fullmatch(key) is not None


def repair_telex(text: str) -> str:
    """Compose words left as raw Telex keystrokes; others stay as they are.

    Only words that cannot be Vietnamese as they stand are touched. Names of other tongues
    (``Ia Der``) look alike, so ask the registers for the text as written first.

    >>> repair_telex("ddường Lee Lowij, Thuaanj An")
    'đường Lê Lợi, Thuận An'
    """
    return _WORD.sub(lambda match: _composed(match[0]), text)


def _composed(word: str) -> str:
    lowered = word.lower()
    if is_syllable(fold(lowered)):
        return word
    made = _of_keystrokes(lowered) if lowered.isascii() else lowered.replace("dd", "đ", 1)
    if not is_syllable(fold(made)):
        return word
    return made.upper() if word.isupper() else made.title() if word[0].isupper() else made


def _of_keystrokes(word: str) -> str:
    """Compose one lower-case word; what is no Telex comes back unchanged or not a syllable."""
    typed = _TYPED.fullmatch(word)
    if typed is None:
        return word
    onset, rest = typed[1].replace("dd", "đ"), typed[2]
    tones = _TYPED_TONE.findall(rest)
    rest = _TYPED_TONE.sub("", rest)
    rest = _TYPED_HAT.sub(lambda m: _HATS[m[1]] + m[2] + m[3], rest)
    if "w" in rest:
        rest = _horned(rest)
    return _toned(onset + rest, _TONE_OF[tones[-1]]) if tones else onset + rest


def _horned(rest: str) -> str:
    bare = rest.replace("w", "")
    for plain, horned in _HORNS:
        if plain in bare:
            return bare.replace(plain, horned, 1)
    return rest.replace("w", "ư", 1)


def _toned(word: str, tone: str) -> str:
    """Put the tone where it is written: on the marked vowel, else by the shape of the rhyme."""
    rhyme = _RHYME.fullmatch(word)
    if rhyme is None:
        return word
    start, vowels = rhyme.start(2), rhyme[2]
    marked = list(_MARKED.finditer(vowels))
    if marked:
        at = marked[-1].start()
    elif rhyme[3]:
        at = len(vowels) - 1
    else:
        at = 1 if len(vowels) > 2 else 0
    cut = start + at + 1
    return unicodedata.normalize("NFC", word[:cut] + tone + word[cut:])
