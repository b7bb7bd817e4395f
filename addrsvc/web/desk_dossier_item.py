"""Pure: an address of a dossier in words, as an item of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from addrsvc.codes.code import DigitalCode
from addrsvc.dossiers.kept import Decision, Dossier
from addrsvc.dossiers.model import LINK_STATE_NAMES, ROLE_NAMES, LinkCandidate, LinkState
from addrsvc.dossiers.waiting import Decided, Look
from addrsvc.errors import Language
from addrsvc.geo.measure import distance_m
from addrsvc.parsing.model import Component, Status
from addrsvc.types import LonLat
from addrsvc.web.desk_items import Choice, Item, Mark, Note, marked
from addrsvc.web.desk_words import COMPONENT_NAMES, ITEM_WORDS, LEVEL_NAMES, STATUS_NAMES
from addrsvc.web.showing import distance_words
from addrsvc.wording import day_words, moment_words

_DOUBTFUL = frozenset({Status.UNCONFIRMED, Status.UNEXPECTED})


def item_of(look: Look, language: Language) -> Item:
    """Give an address of a dossier as the desk shows it."""
    dossier, address = look.dossier, look.address
    text = address.given.text or ""
    return Item(
        id=f"{dossier.code}#{address.n}",
        subject=dossier.code,
        version=dossier.version,
        title=dossier.code,
        state=LINK_STATE_NAMES[address.state].in_(language),
        is_open=address.decision is None,
        confirms=None if look.linked is None else look.linked.code,
        facts=tuple(_facts(dossier, look, language)),
        text=text or _given(look, language),
        is_text=bool(text),
        marks=marked([_mark(each, language) for each in _read(look)], len(text)),
        notes=tuple(_notes(look, language)),
        choices=_choices(look, language),
        place=address.given.point,
    )


def _read(look: Look) -> Iterator[Component]:
    return (each for each in look.components if each.span is not None)


def _mark(component: Component, language: Language) -> Mark:
    start, end = component.span or (0, 0)
    return Mark(
        start,
        end,
        component.type.value,
        COMPONENT_NAMES[component.type].in_(language),
        STATUS_NAMES[component.status].in_(language),
        component.value,
        component.status in _DOUBTFUL,
    )


def _given(look: Look, language: Language) -> str:
    given = look.address.given
    if given.point is not None:
        value = f"{given.point.lat:.6f}, {given.point.lon:.6f}"
        return ITEM_WORDS["given_point"].in_(language).format(value=value)
    key = "given_code" if given.code is not None else "given_parcel"
    return ITEM_WORDS[key].in_(language).format(value=given.code or given.parcel)


def _facts(dossier: Dossier, look: Look, language: Language) -> Iterator[tuple[str, str]]:
    def said(name: str) -> str:
        return ITEM_WORDS[name].in_(language)

    facts, given = dossier.facts, look.address.given
    yield said("role"), ROLE_NAMES[given.role].in_(language)
    if facts["procedure_code"]:
        yield said("procedure"), facts["procedure_code"]
    if facts["office"]:
        yield said("office"), facts["office"]
    if dossier.received_on is not None:
        yield said("received"), day_words(dossier.received_on, language)
    if given.note:
        yield said("note"), given.note
    if look.address.decision is not None:
        yield said("decision"), _decision(look.address.decision, language)


def _decision(decision: Decision, language: Language) -> str:
    what = ITEM_WORDS[decision.what].in_(language)
    at = moment_words(decision.at, language)
    return ITEM_WORDS["decided_by"].in_(language).format(by=decision.by, what=what, at=at)


def _notes(look: Look, language: Language) -> Iterator[Note]:
    """Say what was decided about the same text, what is missing, and what was found."""
    for each in look.same_text:
        yield _same(each, language)
    judged = look.address.judged
    said: dict[str, None] = {}
    for reason in (*judged.settlement.corrections, *judged.reasons):
        said[reason.text.in_(language)] = None
    missing = [each for each in look.components if each.status is Status.MISSING]
    if missing:
        names = ", ".join(COMPONENT_NAMES[each.type].in_(language) for each in missing)
        said[ITEM_WORDS["missing"].in_(language).format(names=names)] = None
    yield from (Note(text) for text in said)


def _same(decided: Decided, language: Language) -> Note:
    if decided.address is not None:
        words = ITEM_WORDS["same_linked"].in_(language)
        text = words.format(count=decided.count, label=decided.address.label)
        return Note(text, "strong", decided.address.code)
    key = "same_no_match" if decided.state is LinkState.NO_MATCH else "same_rejected"
    return Note(ITEM_WORDS[key].in_(language).format(count=decided.count), "strong")


def _choices(look: Look, language: Language) -> tuple[Choice, ...]:
    """Give the link there is, candidates, and what the same text led to; each address once."""
    linked = [] if look.linked is None else [look.linked]
    others = [each.address for each in look.same_text if each.address is not None]
    found = _once([*linked, *look.address.judged.settlement.candidates, *others])
    # what cannot be chosen only shows where, after those that have a number to press
    every = sorted(found, key=lambda each: each.code is None)
    first = every[0].point if every else None
    code = None if look.linked is None else look.linked.code
    return tuple(
        Choice(
            each.code,
            each.label,
            _detail(each, code, first if number else None, language),
            each.point,
            each.code is not None and each.code == code,
        )
        for number, each in enumerate(every)
    )


def _once(candidates: Iterable[LinkCandidate]) -> Iterator[LinkCandidate]:
    seen: set[str] = set()
    for each in candidates:
        key = each.code or each.label
        if key not in seen:
            seen.add(key)
            yield each


def _detail(
    candidate: LinkCandidate, linked: str | None, first: LonLat | None, language: Language
) -> str:
    def said(name: str, **facts: object) -> str:
        return ITEM_WORDS[name].in_(language).format(**facts)

    parts = [said("fallback")]
    if candidate.code is not None:
        parts = [DigitalCode.of(candidate.code).printed]
    parts.append(LEVEL_NAMES[candidate.level].in_(language))
    if candidate.code is not None and candidate.code == linked:
        parts.append(said("linked_now"))
    else:
        parts.append(said("confidence", percent=round(candidate.confidence * 100)))
    if first is not None and candidate.point is not None:
        distance = distance_words(distance_m(first, candidate.point), language)
        parts.append(said("apart", distance=distance))
    return " · ".join(parts)
