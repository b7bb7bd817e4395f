"""Pure: rules on names and free text: what they say beside the parts, and must not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from addrsvc.admin_units.finding_kinds import COMMUNE_SPLIT
from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.parsing.normalise import fold
from addrsvc.parsing.parts_noise import find_noise
from addrsvc.registry.model import ESTIMATED, KIND_NAMES, PRIVATE_KINDS, Document, Visibility
from addrsvc.registry.quality import kinds_parts as kinds
from addrsvc.registry.quality.subject import Subject

_FIELDS: Final = {
    "name": Text("tên", "name"),
    "text": Text("văn bản gốc", "text"),
    "house_number": Text("số nhà", "house number"),
    "thoroughfare": Text("đường", "street"),
    "building": Text("tòa nhà", "building"),
    "unit": Text("căn hộ, phòng", "unit"),
    "floor": Text("tầng", "floor"),
    "localities": Text("khu phố, ấp", "locality"),
}
_NUMBERS: Final = {
    "phone": Text("số điện thoại", "a telephone number"),
    "email": Text("địa chỉ thư điện tử", "an e-mail address"),
    "code": Text("số giấy tờ tùy thân", "an identity number"),
}
_IDENTITY: Final = re.compile(r"\d{9}(?:\d{3})?")
_SURNAMES: Final = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đinh|đoàn|trương|lâm"
    "|mai|trịnh|đào|cao|lưu|lương|hà|tạ|tô|thái|châu|quách|kiều|vương|phùng|tống|triệu|nghiêm|thạch"
)
_SYLLABLE: Final = r"[^\W\d_]{1,7}"
_PERSON: Final = re.compile(rf"(?:ông |bà |anh |chị )?(?:{_SURNAMES})(?: {_SYLLABLE}){{1,4}}")
_AT_SOMEBODY: Final = re.compile(
    r"(?<!\w)(?:(?:nhà|hộ|gặp|liên hệ|chủ hộ|chủ nhà|cổng)(?: riêng| của)?"
    r" (?:ông|bà|anh|chị|cô|chú|bác)|chủ hộ|chủ nhà)[ :]+(?=[^\W\d_])"
)
_ORGANISATION: Final = re.compile(
    r"(?:cong ty|cty|truong (?:mam|tieu|trung|thcs|thpt|th|mn|dai|cao)|ubnd|uy ban|chi nhanh"
    r"|cua hang|ngan hang|benh vien|tram y te|phong kham|chua|nha tho|cho |doanh nghiep"
    r"|dntn|hop tac xa|htx|nha may|xi nghiep|khach san|nha tro|day tro)"
)
_DEFENCE: Final = re.compile(
    r"(?<![a-z])(?:doanh trai|trung doan|tieu doan|lu doan|su doan|quan doan|kho dan|kho vu khi"
    r"|kho quan|tran dia|chi huy quan su|bch quan su|bo chqs|ban chqs|don bien phong"
    r"|hai doi|phi doi)(?![a-z])"
)
_DAMAGED: Final = re.compile(
    r"\ufffd|Ã[\x80-\xbf¡-ÿ]|áº.|á».|Ä‘|Æ°|Æ¡|&#?\w{2,6};|\w\?\w|[µ¸¶·¹©®][a-z]|[a-z][µ¸¶·¹©®]"
)


def texts_of(document: Document) -> Iterator[tuple[str, str]]:
    """Give every text people typed, with its field."""
    parts = document.components
    for field in ("name", "text"):
        value = getattr(document, field)
        if value is not None:
            yield field, value
    for field in ("house_number", "thoroughfare", "building", "unit", "floor"):
        value = getattr(parts, field)
        if value is not None:
            yield field, value
    for locality in parts.localities:
        yield "localities", locality.name


def no_personal_numbers(subject: Subject) -> Iterator[Finding]:
    """Check that no telephone or identity number and no mail address stands anywhere."""
    for field, text in texts_of(subject.document):
        for what in {_personal(text[slice(*noise.span)], noise.kind) for noise in find_noise(text)}:
            if what is not None:
                yield Finding(kinds.PERSONAL_NUMBER, {"field": _FIELDS[field], "what": what})


def _personal(written: str, kind: str) -> Text | None:
    if kind == "code" and _IDENTITY.fullmatch(written) is None:
        return None  # a digital address or plus code
    if kind == "email" and "." not in written.partition("@")[2]:
        return None  # a name with a sign in it: ``IJC@VSIP``
    return _NUMBERS.get(kind)


def no_personal_names(subject: Subject) -> Iterator[Finding]:
    """Check that no field looks as if it held a person's name."""
    document = subject.document
    if document.kind in PRIVATE_KINDS and document.name is not None:
        name = document.name.lower()
        if _PERSON.fullmatch(name) or _AT_SOMEBODY.search(f"{name} x"):
            yield Finding(kinds.PERSONAL_NAME, {"field": _FIELDS["name"]})
    for field, text in texts_of(document):
        if field != "name" and _AT_SOMEBODY.search(text.lower()):
            yield Finding(kinds.PERSONAL_NAME, {"field": _FIELDS[field]})


def name_fits_kind(subject: Subject) -> Iterator[Finding]:
    """Check that no dwelling has the name of an organisation."""
    document = subject.document
    if (
        document.kind in PRIVATE_KINDS
        and document.name
        and _ORGANISATION.match(fold(document.name))
    ):
        yield Finding(kinds.NAME_OF_OTHER_KIND, {"kind": KIND_NAMES[document.kind]})


def defence_is_not_public(subject: Subject) -> Iterator[Finding]:
    """Check that nothing public has the name of a defence site."""
    document = subject.document
    if document.visibility is not Visibility.PUBLIC or document.name is None:
        return
    if _DEFENCE.search(fold(document.name)):
        yield Finding(kinds.DEFENCE_PUBLIC)


def letters_are_whole(subject: Subject) -> Iterator[Finding]:
    """Check that no text went through a wrong conversion between encodings."""
    for field, text in texts_of(subject.document):
        if _DAMAGED.search(text):
            yield Finding(kinds.TEXT_DAMAGED, {"field": _FIELDS[field]})


def text_agrees(subject: Subject) -> Iterator[Finding]:
    """Check that the text an address came from says what is registered."""
    read = subject.text
    if read is None:
        return
    parts = subject.document.components
    empty = parts.house_number is None and parts.thoroughfare is None
    more = [
        *([read.number] if read.number and parts.house_number is None else []),
        *([read.street] if read.street and parts.thoroughfare is None else []),
        *(read.localities if empty and not parts.localities else ()),
    ]
    if more:
        yield Finding(kinds.TEXT_SAYS_MORE, {"parts": ", ".join(more)})
    base_key, number_key = subject.keys
    other_street = parts.thoroughfare and read.street and read.street_key != base_key
    other_number = parts.house_number and read.number and read.number_key != number_key
    if other_street or other_number:
        registered = (parts.house_number, parts.thoroughfare)
        facts = {"read": _said(read.number, read.street), "registered": _said(*registered)}
        yield Finding(kinds.TEXT_SAYS_OTHERWISE, facts)


def _said(number: str | None, street: str | None) -> str:
    return "“" + " ".join(each for each in (number, street) if each) + "”"


def text_names_this_commune(subject: Subject) -> Iterator[Finding]:
    """Check that the commune the text names is the one registered, old names included."""
    read = subject.text
    if read is None or not read.communes or subject.commune.ended_on is not None:
        return
    names = dict(read.communes)
    commune = subject.document.commune.code
    written = ", ".join(read.written)
    if commune not in names:
        if read.is_sure or len(names) > 1:
            facts = {"written": written, "read": ", ".join(names.values())}
            yield Finding(kinds.TEXT_OTHER_COMMUNE, facts | {"commune": subject.commune.name})
        return
    if not read.was_split:
        return
    position = subject.document.position
    measured = position is not None and position.method not in ESTIMATED
    if measured or read.is_sure:
        how = (
            Text("theo vị trí", "by its position")
            if measured
            else Text("theo khu phố, ấp", "by its khu phố or ấp")
        )
        settled: dict[str, str | Text] = {"old": written, "new": names[commune], "how": how}
        yield Finding(COMMUNE_SPLIT, settled, is_settled=True)
    elif len(names) > 1:
        facts = {"old": written, "candidates": ", ".join(names.values())}
        yield Finding(COMMUNE_SPLIT, facts)


RULES: Final = (
    no_personal_numbers,
    no_personal_names,
    name_fits_kind,
    defence_is_not_public,
    letters_are_whole,
    text_agrees,
    text_names_this_commune,
)
