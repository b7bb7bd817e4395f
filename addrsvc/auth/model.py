"""Principals and what they may do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from addrsvc.auth.errors import AreaForbidden, EverywhereForbidden, NotSignedIn, ScopeMissing
from addrsvc.auth.permissions import Role, Scope

__all__ = ["ANONYMOUS", "Principal", "Role", "Scope", "command_line"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: a key, a device, a person, the command line, or nobody in particular."""

    id: str
    """``key:<key id>``, ``device:<key id>``, ``account:<login>``, ``oidc:<issuer key>:<subject>``,
    ``cli:<login>`` or ``anonymous``; safe to log and audit."""

    scopes: frozenset[Scope] = frozenset()

    areas: frozenset[str] | None = None
    """Present communes (codes) its scopes hold in; None: everywhere."""

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

    def reaches(self, commune_code: str) -> bool:
        """Tell whether its scopes hold in a present commune."""
        return self.areas is None or commune_code in self.areas

    def covers(self, areas: Collection[str] | None) -> bool:
        """Tell whether somebody limited to areas (None: not limited) lies within its own."""
        return self.areas is None or (areas is not None and self.areas.issuperset(areas))

    def may_in(self, scope: Scope, commune_code: str) -> bool:
        """Tell whether it holds the scope in a present commune."""
        return scope in self.scopes and self.reaches(commune_code)

    def require_in(self, scope: Scope, commune_codes: Iterable[str]) -> None:
        """Pass only a principal that holds the scope in every one of some present communes.

        Raises:
            NotSignedIn, ScopeMissing: as for ``require``.
            AreaForbidden: a commune lies outside its areas.
        """
        self.require(scope)
        for code in commune_codes:
            if not self.reaches(code):
                raise AreaForbidden(commune=code)

    def require_everywhere(self, scope: Scope) -> None:
        """Pass only a principal that holds the scope in all communes.

        Raises:
            NotSignedIn, ScopeMissing: as for ``require``.
            EverywhereForbidden: it is limited to some communes.
        """
        self.require(scope)
        if self.areas is not None:
            raise EverywhereForbidden


ANONYMOUS = Principal("anonymous")


def command_line(login: str) -> Principal:
    """Give the principal of someone at the machine itself, who may do everything."""
    return Principal(f"cli:{login}", frozenset(Scope))
