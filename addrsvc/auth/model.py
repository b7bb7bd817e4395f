"""Principals and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from addrsvc.auth.errors import NotSignedIn, ScopeMissing


class Scope(StrEnum):
    """One thing a key may do; a key holds any number."""

    ADDRESSES_READ = "addresses:read"
    """Lists, bounding boxes, export, history with sources, proposed and restricted ones."""

    ADDRESSES_WRITE = "addresses:write"
    """Assign, correct and retire addresses."""

    ADDRESSES_OVERRIDE = "addresses:override"
    """Say against a rule's warning that it is right so, with a reason; undo what others did."""

    ACTS_WRITE = "acts:write"
    """Acts over thousands of addresses: reorganisation of communes, street names, renumbering."""

    ADDRESSES_SECRET = "addresses:secret"  # noqa: S105 - a scope
    """See addresses of defence sites and the like; for named people only."""

    HOLDERS_READ = "holders:read"
    """Read the person behind an address, each time with a purpose that is audited."""

    UNITS_WRITE = "units:write"
    """Change administrative units, thoroughfares and localities."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: an API key, the command line, or nobody in particular."""

    id: str
    """``key:<key id>``, ``cli:<login>`` or ``anonymous``; safe to log and audit."""

    scopes: frozenset[Scope] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        """Tell whether no credentials were given."""
        return self.id == "anonymous"

    def may(self, scope: Scope) -> bool:
        """Tell whether this principal holds the scope."""
        return scope in self.scopes

    def require(self, scope: Scope) -> None:
        """Pass only a principal that holds the scope.

        Raises:
            NotSignedIn: nobody in particular asks.
            ScopeMissing: the key does not reach this far.
        """
        if self.may(scope):
            return
        if self.is_anonymous:
            raise NotSignedIn
        raise ScopeMissing(scope=scope.value)


ANONYMOUS = Principal("anonymous")


def command_line(login: str) -> Principal:
    """Give the principal of someone at the machine itself, who may do everything."""
    return Principal(f"cli:{login}", frozenset(Scope))
