"""Pure: what may be done, and which role may do it. The one table of both.

A key or token carries scopes; a person has roles, each a set of scopes. Secret addresses come
with no role: people are named for them one by one (DESIGN section 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Scope(StrEnum):
    """One thing a principal may do; it holds any number."""

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

    HOLDERS_WRITE = "holders:write"
    """Answer people's requests: correct, hand out and erase what is kept of one person."""

    UNITS_WRITE = "units:write"
    """Change administrative units, thoroughfares and localities."""

    DOSSIERS_READ = "dossiers:read"
    """See dossiers with the addresses given in them, which are personal data."""

    DOSSIERS_WRITE = "dossiers:write"
    """Bring dossiers in, and decide what their addresses are linked to."""

    TICKETS_WRITE = "tickets:write"
    """Read what citizens report, and answer them; who sent it takes ``holders:read`` beside."""

    COLLECTION_REVIEW = "collection:review"
    """Make tasks for collectors, and decide what they sent."""

    PLANS_WRITE = "plans:write"
    """Import planning maps, publish and withdraw them; see drafts."""

    EVENTS_READ = "events:read"
    """Follow the feed of changes and take snapshots."""

    WEBHOOKS_WRITE = "webhooks:write"
    """Register receivers of changes, see their state, replay."""

    ACCESS_WRITE = "access:write"
    """Issue, rotate and revoke keys and devices; open and close accounts."""

    AUDIT_READ = "audit:read"
    """Read the audit log and verify it."""

    OPERATIONS_WRITE = "operations:write"
    """See and steer the running service: jobs, read-only mode."""


class Role(StrEnum):
    """What a person is to the registry (vai trò)."""

    FIELD = "field"
    SUPERVISOR = "supervisor"
    REGISTRAR = "registrar"
    INTEGRATOR = "integrator"
    PLANNER = "planner"
    AUDITOR = "auditor"
    ADMIN = "admin"


_FIELD = frozenset({Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE})
_DOSSIERS = frozenset({Scope.DOSSIERS_READ, Scope.DOSSIERS_WRITE})
_SUPERVISOR = (
    _FIELD
    | _DOSSIERS
    | {
        Scope.ADDRESSES_OVERRIDE,
        Scope.COLLECTION_REVIEW,
        Scope.HOLDERS_READ,
        Scope.TICKETS_WRITE,
    }
)

SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    Role.FIELD: _FIELD,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.REGISTRAR: _SUPERVISOR | {Scope.ACTS_WRITE, Scope.HOLDERS_WRITE, Scope.UNITS_WRITE},
    Role.INTEGRATOR: _DOSSIERS | {Scope.ADDRESSES_READ, Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE},
    Role.PLANNER: frozenset({Scope.ADDRESSES_READ, Scope.PLANS_WRITE}),
    Role.AUDITOR: frozenset({Scope.ADDRESSES_READ, Scope.EVENTS_READ, Scope.AUDIT_READ}),
    Role.ADMIN: frozenset(
        {Scope.ACCESS_WRITE, Scope.WEBHOOKS_WRITE, Scope.AUDIT_READ, Scope.OPERATIONS_WRITE}
    ),
}
"""What each role may do, within the areas its holder is limited to."""

SANDBOX_SCOPES = frozenset(
    {
        Scope.ADDRESSES_READ,
        Scope.ADDRESSES_WRITE,
        Scope.ADDRESSES_OVERRIDE,
        Scope.ACTS_WRITE,
        Scope.COLLECTION_REVIEW,
        Scope.DOSSIERS_READ,
        Scope.DOSSIERS_WRITE,
        Scope.PLANS_WRITE,
        Scope.EVENTS_READ,
        Scope.WEBHOOKS_WRITE,
    }
)
"""What integrators try in a demo; nothing of people, secret addresses, running the service."""

DEVICE_SCOPES = frozenset({Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE})
"""The most a device in somebody's pocket may do, whoever carries it."""


def scopes_of(roles: Iterable[Role], extra: Iterable[Scope] = ()) -> frozenset[Scope]:
    """Give all scopes of some roles, and those given beside them."""
    return frozenset(extra).union(*(SCOPES_OF[role] for role in roles))
