"""Every error the service raises on purpose, as a tree of facts with words in two languages.

::

    AddrsvcError                     kind + slug + title + message + typed facts
    ├── InvalidInput                 422  what was sent cannot be understood or is out of range
    ├── Unauthenticated              401  no or unknown credentials
    ├── Forbidden                    403  credentials lack a scope
    ├── NotFound                     404  nothing of that name
    ├── Conflict                     409  it contradicts what is there
    ├── Gone                         410  it was there and is not any more
    ├── Stale                        412  made on an older version
    │                                     (428 where no version was named at all)
    ├── TooLarge                     413  more bytes or rows than accepted
    ├── TooMany                      429  rate limit
    └── Unavailable                  503  a part we need does not answer; try again

A leaf is a dataclass deriving from one of these: its fields are facts, which become
members of the RFC 9457 body and fill the message templates. Leaves live in the
``errors.py`` of their slice. Kinds become HTTP status in ``problems.py`` and exit codes
in ``cli``; nothing else knows about either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar, Literal, NamedTuple

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


class Kind(StrEnum):
    """What sort of failure it is: decides HTTP status and exit code."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    CONFLICT = "conflict"
    GONE = "gone"
    STALE = "stale"
    PRECONDITION_REQUIRED = "precondition-required"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    UNAVAILABLE = "unavailable"


class Text(NamedTuple):
    """One sentence in both languages, Vietnamese first; may hold ``{fact}`` fields."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        """Give the sentence in one language."""
        return self.vi if language == "vi" else self.en


class Pointer(NamedTuple):
    """Where in the input something is wrong: a JSON pointer and what is wrong there."""

    pointer: str
    detail: Text


_leaves: dict[str, type[AddrsvcError]] = {}


@dataclass(eq=False)
class AddrsvcError(Exception):
    """Base of all expected failures; see the module docstring for the tree."""

    kind: ClassVar[Kind]
    slug: ClassVar[str]
    title: ClassVar[Text]
    message: ClassVar[Text]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        slug = cls.__dict__.get("slug")
        if slug is None:
            return
        known = _leaves.setdefault(slug, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two errors share the slug {slug!r}: {known} and {cls}")
        _leaves[slug] = cls  # dataclass(slots=True) builds the class twice

    def __post_init__(self) -> None:
        super().__init__(self.text("en"))

    def facts(self) -> dict[str, object]:
        """Give the typed facts by name, as they go into the problem body."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "errors"}

    def pointers(self) -> list[Pointer]:
        """Give the places in the input that are wrong; empty for most errors."""
        return list(getattr(self, "errors", ()))

    def text(self, language: Language) -> str:
        """Say what happened and what to do next, in one language."""
        return self.message.in_(language).format(**self.facts())

    def __str__(self) -> str:
        return self.text("en")


def leaves() -> dict[str, type[AddrsvcError]]:
    """Give every error class that has a slug, by slug: the catalogue behind ``/problems``."""
    return dict(_leaves)


def problem_kept(error: AddrsvcError) -> dict[str, Any]:
    """Give why something was refused or failed, as its row keeps it: in both languages."""
    return {
        **{name: _plain(fact) for name, fact in error.facts().items()},
        "slug": error.slug,
        "title": error.title._asdict(),
        "detail": {language: error.text(language) for language in LANGUAGES},
    }


def problem_shown(kept: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Give a problem that was kept, in one language, with the members of any other problem."""
    facts = {name: fact for name, fact in kept.items() if fact is not None}
    slug, title, detail = (facts.pop(name) for name in ("slug", "title", "detail"))
    texts = {"title": title[language], "detail": detail[language]}
    return {"type": f"/problems/{slug}", **texts, **facts}


def _plain(fact: object) -> object:
    """Give a fact as JSON can hold it."""
    if fact is None or isinstance(fact, str | int | float | bool):
        return fact
    if isinstance(fact, list | tuple | set | frozenset):
        return [_plain(each) for each in fact]
    return str(fact)


class InvalidInput(AddrsvcError):
    """Base: what was sent cannot be understood or is out of range."""

    kind = Kind.INVALID


class Unauthenticated(AddrsvcError):
    """Base: no or unknown credentials."""

    kind = Kind.UNAUTHENTICATED


class Forbidden(AddrsvcError):
    """Base: credentials lack a scope."""

    kind = Kind.FORBIDDEN


class NotFound(AddrsvcError):
    """Base: nothing of that name."""

    kind = Kind.NOT_FOUND


class Conflict(AddrsvcError):
    """Base: it contradicts what is there."""

    kind = Kind.CONFLICT


class Gone(AddrsvcError):
    """Base: it was there and is not any more."""

    kind = Kind.GONE


class Stale(AddrsvcError):
    """Base: made on an older version."""

    kind = Kind.STALE


class TooLarge(AddrsvcError):
    """Base: more bytes or rows than accepted."""

    kind = Kind.TOO_LARGE


class TooMany(AddrsvcError):
    """Base: rate limit."""

    kind = Kind.TOO_MANY


class Unavailable(AddrsvcError):
    """Base: a part we need does not answer."""

    kind = Kind.UNAVAILABLE
