"""Pure: a certificate on paper: one A4 page, from what was signed and nothing else.

Its large QR code holds the link to its page and, behind the ``#``, the signed text: one scan
opens the page, and without a network what is behind the ``#`` can be verified. Where that is too
long to be scanned well from paper, the code holds the link alone and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from addrsvc.certificates import printing_words as say
from addrsvc.certificates.signing import Signed, grouped
from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language
from addrsvc.paper.fonts import BOLD
from addrsvc.paper.pages import BODY_MM, Foot, set_pages
from addrsvc.paper.qr import QrDrawing
from addrsvc.paper.styles import HEAD, STRONG, TEXT, TITLE, WARNING, ruled, words
from addrsvc.registry.model import KIND_NAMES, STATUS_NAMES, Kind, Status
from addrsvc.wording import day_words, moment_words

MAX_SCANNED: Final = 1_732
"""Characters of the large code: version 30 at the lowest correction, half a millimetre a module."""
_LARGE_MM: Final = 74.0
_SMALL_MM: Final = 34.0

_FACT: Final = ParagraphStyle("fact", parent=TEXT, fontSize=10, leading=14)
_FACT_NAME: Final = ParagraphStyle("fact-name", parent=_FACT, fontName=BOLD)
_PLATE: Final = ParagraphStyle("plate", parent=TITLE, fontName=BOLD, fontSize=24, leading=32)


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate and where it is verified."""

    signed: Signed
    origin: str
    """Scheme and host of the links, without an ending slash."""
    language: Language

    @property
    def link(self) -> str:
        """Give the link to its page."""
        return f"{self.origin}/certificate/{self.signed.serial}"

    @property
    def scanned(self) -> str:
        """Give what the large code says."""
        whole = f"{self.link}#{self.signed.compact()}"
        return whole if len(whole) <= MAX_SCANNED else self.link


def make_certificate(paper: Paper, npm_dir: Path | None) -> bytes:
    """Set the page. Takes some tenths of a second of one core: not for the event loop.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    language = paper.language
    is_demo = paper.signed.payload.get("is_demo") is True
    return set_pages(
        _story(paper),
        title=f"{say.TITLE.in_(language)} {grouped(paper.signed.serial)}",
        foot=Foot(say.NOTICE.in_(language), say.DEMO.in_(language) if is_demo else None),
        language=language,
        npm_dir=npm_dir,
    )


def _story(paper: Paper) -> Iterator[Flowable]:
    language, payload = paper.language, paper.signed.payload
    yield _beside(
        [
            words(say.TITLE.in_(language), TITLE),
            words(f"{say.SERIAL.in_(language)}: {grouped(paper.signed.serial)}", STRONG),
            Spacer(1, 2 * mm),
            words(DigitalCode.of(str(payload["code"])).plate, _PLATE),
        ],
        QrDrawing(paper.link, _SMALL_MM * mm),
        _SMALL_MM,
    )
    if payload.get("is_demo") is True:
        yield words(say.DEMO.in_(language), WARNING)
    yield words(say.INTRO.in_(language), _FACT)
    yield Spacer(1, 2 * mm)
    rows = [
        [words(name, _FACT_NAME), words(value, _FACT)] for name, value in facts(payload, language)
    ]
    yield ruled([list(row) for row in rows], [46, 128], [])
    yield words(say.CHECK_HEAD.in_(language), HEAD)
    yield words(say.CHECK_ONLINE.in_(language).format(link=paper.link), _FACT)
    yield Spacer(1, 2 * mm)
    if paper.scanned == paper.link:
        file = f"{paper.origin}/v1/certificates/{paper.signed.serial}/file"
        yield words(say.CHECK_FILE.in_(language).format(link=file), _FACT)
        return
    offline = say.CHECK_OFFLINE.in_(language).format(page=f"{paper.origin}/certificate")
    yield _beside(
        [words(offline, _FACT)],
        QrDrawing(paper.scanned, _LARGE_MM * mm, error="l"),
        _LARGE_MM,
    )


def facts(payload: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    """Say what is certified: names and values, in order."""
    status = STATUS_NAMES[Status(payload["status"])].in_(language)
    since = day_words(date.fromisoformat(payload["valid_from"]), language)
    position = payload["position"]
    place = say.NO_PLACE.in_(language)
    if position is not None:
        place = say.PLACE.in_(language).format(
            lat=position["lat"], lon=position["lon"], metres=position["accuracy_m"]
        )
    issued = moment_words(datetime.fromisoformat(payload["issued_at"]), language)
    as_of = say.AS_OF_EVENT.in_(language).format(
        event=payload["as_of_event"], version=payload["address_version"]
    )
    told = [
        (say.CODE, DigitalCode.of(str(payload["code"])).plate),
        (say.LABEL, payload["label"]),
        (say.NAME, payload["name"]),
        (say.KIND, KIND_NAMES[Kind(payload["kind"])].in_(language)),
        (say.COMMUNE, f"{payload['commune']['name']} ({payload['commune']['code']})"),
        (say.PROVINCE, f"{payload['province']['name']} ({payload['province']['code']})"),
        (say.STATUS, say.SINCE.in_(language).format(status=status, day=since)),
        (say.POSITION, place),
        (say.ISSUER, payload["issuer"]),
        (say.ISSUED, issued),
        (say.AS_OF, as_of),
        (say.KEY, payload["key_id"]),
    ]
    for name, value in told:
        if value:
            yield name.in_(language), str(value)


def _beside(left: list[Flowable], right: Flowable, right_mm: float) -> Flowable:
    widths = [(BODY_MM - right_mm - 2) * mm, (right_mm + 2) * mm]
    table = Table([[left, right]], colWidths=widths)
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return table
