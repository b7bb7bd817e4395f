"""The access table, written by hand: who gets what of every route, and of whose address.

Nothing here is computed from the code under test: which scopes a route needs, which roles hold
them and what an answer is about are said once more, in the words of DESIGN section 11. Every route
of the application stands here exactly once; a test fails for one that does not.

An answer is judged by its class only: ``ok`` (the asker was let through, whatever came of it),
``401``, ``403``, ``404`` (as if there were no such address), and in answers about many ``shown``
or ``hidden``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

READ, WRITE, OVERRIDE = "addresses:read", "addresses:write", "addresses:override"
ACTS, SECRET = "acts:write", "addresses:secret"
HOLDERS, PEOPLE = "holders:read", "holders:write"
EVENTS, HOOKS = "events:read", "webhooks:write"
DOSSIERS, DECIDE = "dossiers:read", "dossiers:write"
PLANS = "plans:write"
TICKETS = "tickets:write"
REVIEW = "collection:review"
ACCESS, AUDIT, OPERATIONS = "access:write", "audit:read", "operations:write"

ROLES: Final[Mapping[str, frozenset[str]]] = {
    "field": frozenset({READ, WRITE}),
    "supervisor": frozenset({READ, WRITE, OVERRIDE, HOLDERS, DOSSIERS, DECIDE, TICKETS, REVIEW}),
    "registrar": frozenset(
        {READ, WRITE, OVERRIDE, HOLDERS, PEOPLE, ACTS, "units:write"}
        | {DOSSIERS, DECIDE, TICKETS, REVIEW}
    ),
    "integrator": frozenset({READ, EVENTS, HOOKS, DOSSIERS, DECIDE}),
    "planner": frozenset({READ, PLANS}),
    "auditor": frozenset({READ, EVENTS, AUDIT}),
    "admin": frozenset({ACCESS, HOOKS, AUDIT, OPERATIONS}),
}

_EVERYTHING: Final = frozenset().union(*ROLES.values(), {SECRET})

TARGETS: Final = ("public", "restricted", "secret", "proposed")
"""Addresses asked about; all lie in the commune WEST."""


@dataclass(frozen=True)
class Asker:
    """Somebody who asks."""

    name: str
    scopes: frozenset[str] = frozenset()
    area: str | None = None
    """``west``, ``east`` or None: everywhere."""
    kind: str = "key"
    """``anonymous``, ``key`` or ``device``."""

    @property
    def is_inside(self) -> bool:
        """Tell whether the targets lie within the asker's areas."""
        return self.area != "east"

    @property
    def sees_restricted(self) -> bool:
        return self.is_inside and bool(self.scopes & {READ, WRITE})

    @property
    def sees_secret(self) -> bool:
        return self.is_inside and SECRET in self.scopes


ANONYMOUS: Final = Asker("anonymous", kind="anonymous")


def askers(row: Row) -> list[Asker]:
    """Give everybody who asks of a route."""
    if row.rule in {open_, form, known, others, certified}:
        return [ANONYMOUS, Asker("no scopes"), Asker("everything", _EVERYTHING)]
    if row.rule in {never, found, lookup}:
        row = replace(row, along=frozenset({READ}))
    needs, held = row.needs, row.needs | row.along
    everybody = [
        ANONYMOUS,
        Asker("no scopes"),
        *(Asker(f"role {name}", scopes) for name, scopes in ROLES.items()),
        *(Asker(f"lacking {each}", held - {each}) for each in sorted(needs) if len(held) > 1),
        Asker("needed", held),
        Asker("needed, and secret", held | {SECRET}),
        Asker("needed, here", held, "west"),
        Asker("needed, elsewhere", held, "east"),
        Asker("needed and secret, elsewhere", held | {SECRET}, "east"),
    ]
    if needs <= ROLES["field"]:
        everybody.append(Asker("device here", ROLES["field"], "west", "device"))
        everybody.append(Asker("device elsewhere", ROLES["field"], "east", "device"))
    return everybody


# --- rules: what a route answers to an asker, of a target -------------------------------------


def _scoped(row: Row, asker: Asker) -> str | None:
    """The gate before all else: credentials, then scopes."""
    if row.needs and asker.kind == "anonymous":
        return "401"
    return None if row.needs <= asker.scopes else "403"


def open_(row: Row, asker: Asker, target: str) -> str:
    """Everybody."""
    return "ok"


def scoped(row: Row, asker: Asker, target: str) -> str:
    """Who holds the scopes, wherever."""
    return _scoped(row, asker) or "ok"


def of_area(row: Row, asker: Asker, target: str) -> str:
    """Who holds the scopes in the commune asked about."""
    return _scoped(row, asker) or ("ok" if asker.is_inside else "403")


def everywhere(row: Row, asker: Asker, target: str) -> str:
    """Who holds the scopes and is not limited to communes."""
    return _scoped(row, asker) or ("ok" if asker.area is None else "403")


def key_of_all(row: Row, asker: Asker, target: str) -> str:
    """A key that holds everywhere: for who is limited to communes there is none."""
    return _scoped(row, asker) or ("ok" if asker.area is None else "404")


def only_here(row: Row, asker: Asker, target: str) -> str:
    """An act or device of WEST only: elsewhere there is none."""
    return _scoped(row, asker) or ("ok" if asker.is_inside else "404")


def lookup(row: Row, asker: Asker, target: str) -> str:
    """One address, for everybody where it is public; a proposal is for lists' readers."""
    if target == "public":
        return "ok"
    if target == "restricted":
        return "ok" if asker.sees_restricted else "404"
    if target == "secret":
        return "ok" if asker.sees_secret else "404"
    if READ not in asker.scopes:
        return "401" if asker.kind == "anonymous" else "403"
    return "ok" if asker.is_inside else "404"


def of_one(row: Row, asker: Asker, target: str) -> str:
    """One address, with scopes: outside one's areas a public one is refused, others are unknown."""
    gate = _scoped(row, asker)
    if gate is not None:
        return gate
    if target == "secret":
        return "ok" if asker.sees_secret else "404"
    if asker.is_inside:
        return "ok"
    return "403" if target == "public" else "404"


def undone(row: Row, asker: Asker, target: str) -> str:
    """One address somebody else wrote of: it takes a scope more, asked for once it is seen."""
    seen = of_one(replace(row, needs=row.needs - {OVERRIDE}), asker, target)
    return seen if seen != "ok" or OVERRIDE in asker.scopes else "403"


def listed(row: Row, asker: Asker, target: str) -> str:
    """Among many: within one's areas, secret ones for the named."""
    gate = _scoped(row, asker)
    if gate is not None:
        return gate
    if target == "secret":
        return "shown" if asker.sees_secret else "hidden"
    return "shown" if asker.is_inside else "hidden"


def one_listed(row: Row, asker: Asker, target: str) -> str:
    """One of many: what the list does not show is not there."""
    return {"shown": "ok", "hidden": "404"}.get(answer := listed(row, asker, target), answer)


def listed_of_area(row: Row, asker: Asker, target: str) -> str:
    """The same where the commune is named: elsewhere refused."""
    answer = listed(row, asker, target)
    return "403" if answer == "hidden" and not asker.is_inside else answer


def resolved(row: Row, asker: Asker, target: str) -> str:
    """Among many looked up by code; a proposal has none."""
    answer = listed(row, asker, target)
    return "hidden" if target == "proposed" and answer == "shown" else answer


def told(row: Row, asker: Asker, target: str) -> str:
    """Events: of what one may see; of proposals and restricted ones to who sees those."""
    gate = _scoped(row, asker)
    if gate is not None:
        return gate
    if target == "secret":
        return "shown" if asker.sees_secret else "hidden"
    if target == "public":
        return "shown" if asker.is_inside else "hidden"
    return "shown" if asker.sees_restricted else "hidden"


def found(row: Row, asker: Asker, target: str) -> str:
    """Found by an identifier: as looked up, but an empty answer where there is nothing to see."""
    if target == "proposed":
        return "hidden"  # it has no code to be found by
    return "shown" if lookup(row, asker, target) == "ok" else "hidden"


def for_persons(row: Row, asker: Asker, target: str) -> str:
    """For people signed in who hold the scopes: no key or device does it."""
    return _scoped(row, asker) or "403"


def taken_along(row: Row, asker: Asker, target: str) -> str:
    """Of the area of a task in WEST: nobody takes secret ones along; elsewhere there is no task."""
    gate = _scoped(row, asker)
    if gate is not None or not asker.is_inside:
        return gate or "404"
    return "hidden" if target == "secret" else "shown"


def never(row: Row, asker: Asker, target: str) -> str:
    """Public surfaces: nobody finds what is not public, whoever asks."""
    return "either" if target == "public" else "hidden"


def sought(row: Row, asker: Asker, target: str) -> str:
    """Public surfaces for who holds the scopes: nobody finds what is not public."""
    return _scoped(row, asker) or never(row, asker, target)


def checked(row: Row, asker: Asker, target: str) -> str:
    """Codes looked up one by one, for who holds the scopes."""
    return _scoped(row, asker) or found(row, asker, target)


def certified(row: Row, asker: Asker, target: str) -> str:
    """Of public addresses only, whoever asks; a proposal has no code to ask by."""
    return "404" if target in {"restricted", "secret"} else "ok"


def form(row: Row, asker: Asker, target: str) -> str:
    """Forms and pages for people signed in: a key does not open them."""
    return "closed"


def page(row: Row, asker: Asker, target: str) -> str:
    """A page for some: who is nobody is led to the sign-in page."""
    return "closed" if asker.kind == "anonymous" else _scoped(row, asker) or "ok"


def known(row: Row, asker: Asker, target: str) -> str:
    """One's own: for everybody who is somebody."""
    return "401" if asker.kind == "anonymous" else "ok"


def others(row: Row, asker: Asker, target: str) -> str:
    """One of what belongs to somebody else: to everybody else there is none."""
    return "401" if asker.kind == "anonymous" else "404"


def by_device(row: Row, asker: Asker, target: str) -> str:
    """Of devices only, whatever else one holds."""
    return _scoped(row, asker) or ("ok" if asker.kind == "device" else "403")


def by_device_here(row: Row, asker: Asker, target: str) -> str:
    """Of devices only, and of those that work in WEST."""
    answer = by_device(row, asker, target)
    return "403" if answer == "ok" and not asker.is_inside else answer


def nowhere(row: Row, asker: Asker, target: str) -> str:
    """Something that is not there, for who holds the scopes."""
    return _scoped(row, asker) or "404"


def draft(row: Row, asker: Asker, target: str) -> str:
    """A draft of WEST: for planners there; to everybody else there is none."""
    return "ok" if PLANS in asker.scopes and asker.is_inside else "404"


def page_of_draft(row: Row, asker: Asker, target: str) -> str:
    """A page about a draft of WEST: who is nobody is led to the sign-in page."""
    answer = page(row, asker, target)
    return answer if answer != "ok" or asker.is_inside else "404"


def page_of_nothing(row: Row, asker: Asker, target: str) -> str:
    """A page about what is not there."""
    answer = page(row, asker, target)
    return "404" if answer == "ok" else answer


Rule = Callable[["Row", Asker, str], str]

_PER_TARGET: Final = {
    certified,
    lookup,
    of_one,
    undone,
    listed,
    one_listed,
    listed_of_area,
    resolved,
    told,
    found,
    taken_along,
    never,
    sought,
    checked,
}


@dataclass(frozen=True)
class Row:
    """What is asked of one route, and by which rule it answers.

    In ``path`` and ``body`` the text ``{ref}`` stands for the target, ``{west}`` for the commune,
    ``{name}`` for what a test's world knows by that name.
    """

    route: str
    rule: Rule
    needs: frozenset[str] = frozenset()
    path: str | None = None
    """What is asked for; None: the path of the route as it stands."""
    body: Any = None
    form: Mapping[str, str] | None = None
    also: str = ""
    """Says which of several rows of one route it is."""
    targets: tuple[str, ...] = field(default=("public",))
    along: frozenset[str] = frozenset()
    """Scopes those hold beside who hold the needed ones, to see the targets at all."""
    shown_by: str = "ref"
    """What betrays a target in an answer about many: its ``ref`` or its ``street``."""

    @property
    def name(self) -> str:
        return f"{self.route} {self.also}".strip()


def row(
    route: str,
    rule: Rule,
    *needs: str,
    path: str | None = None,
    body: Any = None,
    form: Mapping[str, str] | None = None,
    also: str = "",
    along: str | None = None,
    shown_by: str = "ref",
) -> Row:
    return Row(
        route,
        rule,
        frozenset(needs),
        path,
        body,
        form,
        also,
        TARGETS if rule in _PER_TARGET else ("public",),
        frozenset() if along is None else frozenset({along}),
        shown_by,
    )


_HERE = {"lon": 106.68, "lat": 10.98, "accuracy_m": 5, "method": "gnss"}
_NEW = {"kind": "dwelling", "source": "thử", "position": _HERE}
_NEXT = {**_NEW, "position": {**_HERE, "lat": 10.985}}
_INSTRUMENT = {"number": "1/QĐ", "issued_on": "2026-01-02", "issuer": "Thử"}
_WHY = {"reason": "thử nghiệm"}
_NAMING = {
    "kind": "name-street",
    "on": "2030-01-01",
    "instrument": _INSTRUMENT,
    "communes": ["{west}"],
    "old": "Đường Công Khai",
    "new": "Đường Mới",
}
_KEY = {"name": "khóa thử", "scopes": ["access:write"]}
_NOT_ONE = "/v1/webhooks/999999"
_NOBODY = {"name": "Không Có Ai", "phone": "0900 000 000"}
_ACCOUNT = {"login": "thu", "display_name": "Thử"}
_LOGIN = "/v1/access/accounts/khong-co"
_PROPOSALS = "/v1/dossiers/proposals"
_DOSSIER = "/v1/dossiers/H09.12-260110-0001"
_PLOT = [[1214436, 598371], [1214456, 598371], [1214456, 598381]]
_PARCEL = {"commune": "25747", "sheet": 1, "parcel": 1}
_TASKS = "/v1/collection/tasks"
_TASK = f"{_TASKS}/{{task}}"
_NO_TASK = f"{_TASKS}/00000000-0000-4000-8000-000000000000"
_TASK_MADE = {"kind": "commune", "commune_code": "{west}"}
_BLOCK = {"commune_code": "{west}", "count": 1}
_SPLIT = {"commune_code": "{west}", "by": "street"}
_JOB = "/v1/jobs/00000000-0000-4000-8000-000000000000"
_NO_FILE = "00000000-0000-4000-8000-000000000000"
_JOB_PAGE = "/jobs/00000000-0000-0000-0000-000000000000"

_PLAN = {"name": "Thử", "kind": "detail", "level": "commune", "code_list": "zoning-legend"}

_RECORD = "/v1/collection/submissions/00000000-0000-4000-8000-000000000000"
_RECORDS = "/v1/collection/submissions"
_OBSERVED, _OF_WEST = "/v1/collection/observations", "?commune={west}"
_PAPER, _OF_TASK = "/v1/collection/paper", "task={task}"
_PHOTO = f"{_RECORD}/photos/{'0' * 64}"

_OGC = "/ogc/collections/addresses"
_OGC_TILES = "/ogc/tiles/WebMercatorQuad"
_OGC_ITEMS = f"{_OGC}/items?limit=1000"
_PLAN_FILE = "/v1/plans/999999/files/00000000-0000-4000-8000-000000000000"

_TICKET = "/v1/tickets/t999999"
_WRONG = {"kind": "wrong", "code": "{ref}", "text": "Sai số nhà"}
_SAID = {"words": "Đang xem"}

_EXPECTED, _GROWN = "/v1/coverage/expected", "/v1/coverage/growth"
_HOUSEHOLDS = {
    "as_of": "2025-12-31",
    "source": "thử",
    "items": [{"commune": "{west}", "households": 10}],
}
_BATCH = "/v1/notices/batches/999999"
_MARK = {"state": "notified", "codes": ["{ref}"]}

TABLE: Final = (
    # one address
    row("GET /v1/addresses/{ref}", lookup),
    row("GET /v1/addresses/{ref}", lookup, path="/v1/addresses/{ref}?known_at={now}", also="then"),
    row("GET /v1/addresses/{ref}/identifiers", lookup),
    row("GET /v1/addresses/{ref}/planning", lookup),
    row("GET /v1/addresses/{ref}/card", lookup),
    row("GET /v1/addresses/{ref}/plate", lookup),
    row("GET /v1/notices/counts", scoped, READ),
    row("GET /v1/coverage", scoped, READ),
    row("GET /v1/coverage/growth", scoped, READ),
    row("GET /v1/coverage/growth", of_area, READ, path=f"{_GROWN}?commune={{west}}", also="of"),
    row("GET /v1/coverage/findings", scoped, READ),
    row("GET /v1/coverage/map", scoped, READ),
    row("GET /v1/coverage/expected", of_area, READ, path=f"{_EXPECTED}?commune={{west}}"),
    row("PUT /v1/coverage/expected", scoped, "units:write", path=_EXPECTED, body=_HOUSEHOLDS),
    row("POST /v1/collection/tasks", of_area, REVIEW, body=_TASK_MADE),
    row("POST /v1/collection/tasks:split", of_area, REVIEW, body=_SPLIT),
    row("GET /v1/collection/parts", of_area, REVIEW, path="/v1/collection/parts?commune={west}"),
    row("GET /v1/collection/tasks", scoped, WRITE),
    row("GET /v1/collection/tasks/{task_id}", only_here, WRITE, path=_TASK),
    row("PATCH /v1/collection/tasks/{task_id}", only_here, REVIEW, path=_TASK, body={}),
    row("POST /v1/collection/tasks/{task_id}:close", nowhere, REVIEW, path=f"{_NO_TASK}:close"),
    row("POST /v1/collection/tasks/{task_id}:reopen", only_here, REVIEW, path=f"{_TASK}:reopen"),
    row("GET /v1/collection/tasks/{task_id}/package", taken_along, WRITE, path=f"{_TASK}/package"),
    row("GET /v1/collection/tasks/{task_id}/progress", only_here, WRITE, path=f"{_TASK}/progress"),
    row("GET /v1/collection/quality", scoped, REVIEW),
    row("GET /v1/collection/observations", of_area, REVIEW, path=f"{_OBSERVED}{_OF_WEST}"),
    row("GET /v1/collection/observations.csv", of_area, REVIEW, path=f"{_OBSERVED}.csv{_OF_WEST}"),
    row("PUT /v1/collection/submissions/{record}", by_device, WRITE, path=_RECORD),
    row("POST /v1/collection/blocks", by_device_here, WRITE, body=_BLOCK),
    row("GET /v1/collection/blocks", by_device, WRITE),
    row(
        "PUT /v1/collection/submissions/{record}/private",
        by_device,
        WRITE,
        path=f"{_RECORD}/private",
    ),
    row(
        "GET /v1/collection/submissions/{record}/private",
        nowhere,
        REVIEW,
        path=f"{_RECORD}/private",
    ),
    row(
        "POST /v1/collection/submissions/{record}/private:choose",
        nowhere,
        REVIEW,
        HOLDERS,
        path=f"{_RECORD}/private:choose",
        body={"holder": "registered"},
    ),
    row("GET /v1/collection/contacts", scoped, REVIEW),
    row("POST /v1/collection/submissions:import", scoped, REVIEW),
    row("GET /v1/collection/submissions", of_area, REVIEW, path=f"{_RECORDS}?commune={{west}}"),
    row("GET /v1/collection/submissions/{record}", nowhere, REVIEW, path=_RECORD),
    *(
        row(
            f"POST /v1/collection/submissions/{{record}}:{act}",
            nowhere,
            REVIEW,
            path=f"{_RECORD}:{act}",
            body=body,
        )
        for act, body in (
            ("accept", {}),
            ("send-back", {"note": "Chụp lại"}),
            ("refuse", {}),
            ("reopen", None),
        )
    ),
    row("GET /v1/collection/receipts", by_device, WRITE),
    row("GET /v1/collection/device", by_device, WRITE),
    row("PATCH /v1/collection/submissions/{record}/photos/{sha256}", by_device, WRITE, path=_PHOTO),
    row("GET /v1/collection/submissions/{record}/photos/{sha256}", others, path=_PHOTO),
    row("GET /v1/collection/paper.pdf", only_here, REVIEW, path=f"{_PAPER}.pdf?{_OF_TASK}"),
    row("GET /v1/collection/paper.xlsx", only_here, REVIEW, path=f"{_PAPER}.xlsx?{_OF_TASK}"),
    row("POST /v1/collection/sheets:import", scoped, REVIEW, READ, WRITE, body=["no sheet"]),
    row("GET /v1/notices/batches", scoped, WRITE),
    row("POST /v1/notices/batches", of_area, READ, WRITE, body={"commune": "{west}"}),
    row("GET /v1/notices/batches/{batch_id}", nowhere, WRITE, path=_BATCH),
    row("GET /v1/notices/batches/{batch_id}/addresses", nowhere, WRITE, path=f"{_BATCH}/addresses"),
    row("GET /v1/notices/batches/{batch_id}/plates", nowhere, WRITE, path=f"{_BATCH}/plates"),
    row("GET /v1/notices/batches/{batch_id}/letters", nowhere, WRITE, path=f"{_BATCH}/letters"),
    row("GET /collection", page, REVIEW),
    row("POST /collection", form, form={}),
    row("GET /collection/quality", page, REVIEW),
    row("GET /collection/devices", page, REVIEW),
    row("GET /collection/contacts", page, REVIEW),
    row("POST /collection/contacts", form, form={}),
    row("POST /collection/devices/{key_id}/lost", form, path="/collection/devices/x/lost", form={}),
    row("GET /collection/tasks/{task_id}", page_of_draft, REVIEW, path="/collection/tasks/{task}"),
    row("POST /collection/tasks/{task_id}", form, path="/collection/tasks/{task}", form={}),
    row("GET /notices", page, WRITE),
    row("POST /notices", form, form={}),
    row("GET /notices/counts.csv", page, WRITE),
    row("GET /notices/{batch_id}", page_of_nothing, WRITE, path="/notices/999999"),
    row("POST /notices/{batch_id}/marks", form, path="/notices/1/marks", form={}),
    row("POST /v1/notices/marks", scoped, WRITE, body=_MARK),
    row("POST /v1/notices/marks:take-back", scoped, WRITE, body=_MARK),
    row("POST /v1/tickets", open_, body={"kind": "missing", "commune": "{west}"}),
    row("POST /v1/tickets", certified, body=_WRONG, also="of an address"),
    row("GET /v1/tickets", scoped, TICKETS),
    row("GET /v1/tickets/{ref}", open_, path="/v1/tickets/AAAA"),
    row("GET /v1/tickets/{ref}", nowhere, TICKETS, path=_TICKET, also="by staff"),
    row("GET /v1/tickets/{ref}/contact", nowhere, TICKETS, HOLDERS, path=f"{_TICKET}/contact"),
    row("POST /v1/tickets/{ref}:take", nowhere, TICKETS, path=f"{_TICKET}:take"),
    row("POST /v1/tickets/{ref}:answer", nowhere, TICKETS, path=f"{_TICKET}:answer", body=_SAID),
    row("POST /v1/tickets/{ref}:done", nowhere, TICKETS, path=f"{_TICKET}:done", body={}),
    row("POST /v1/tickets/{ref}:refuse", nowhere, TICKETS, path=f"{_TICKET}:refuse", body=_SAID),
    row("POST /v1/tickets/{ref}:reopen", nowhere, TICKETS, path=f"{_TICKET}:reopen"),
    row("POST /v1/certificates", certified, body={"code": "{ref}"}),
    row("GET /v1/certificates/keys", open_),
    row("GET /v1/certificates/{serial}", open_, path="/v1/certificates/AAAABBBBCCCCDDDD"),
    row("GET /v1/certificates/{serial}/file", open_, path="/v1/certificates/A/file"),
    row("GET /v1/certificates/{serial}/print", open_, path="/v1/certificates/A/print"),
    row("GET /report", open_),
    row("POST /report", open_, form={"kind": "missing", "place": "x"}),
    row("GET /report/{number}", open_, path="/report/AAAA"),
    row("GET /certificate", open_),
    row("POST /certificate", open_, form={"text": "x"}),
    row("POST /certificate/issue", open_, form={"code": "7512300000"}),
    row("GET /certificate/{serial}", open_, path="/certificate/AAAABBBBCCCCDDDD"),
    row("GET /v1/addresses/{ref}/history", of_one, READ),
    row("GET /v1/addresses/{ref}/diff", of_one, READ),
    row("GET /v1/addresses/{ref}/findings", of_one, READ),
    row(
        "GET /v1/addresses/{ref}/holder",
        of_one,
        HOLDERS,
        along=READ,
        path="/v1/addresses/{ref}/holder?purpose={purpose}",
    ),
    row(
        "POST /v1/addresses/{ref}/holder/readings",
        of_one,
        HOLDERS,
        along=READ,
        body={"purpose": "{purpose}", "note": "thử nghiệm"},
    ),
    row("GET /v1/codes/{text}", open_, path="/v1/codes/{ref}"),
    row("GET /a/{text:path}", open_, path="/a/7512300000"),
    row("GET /", open_),
    # many addresses
    row("GET /v1/addresses", listed, READ),
    row("GET /v1/addresses", listed_of_area, READ, path="/v1/addresses?commune={west}", also="of"),
    row("GET /v1/addresses", listed, READ, path="/v1/addresses?valid_at={today}", also="then"),
    row("GET /v1/addresses", listed, READ, path="/v1/addresses?bbox=106,10,107,12", also="box"),
    row("GET /v1/snapshot", listed, READ, EVENTS),
    row("GET /v1/events", told, EVENTS, along=READ, path="/v1/events?limit=1000"),
    row("GET /v1/events/stream", scoped, EVENTS, path="/v1/events/stream?types=no.such&after={x}"),
    row(
        "POST /v1/identifiers:resolve",
        resolved,
        READ,
        body={"items": [{"scheme": "code", "value": "{ref}"}]},
        shown_by="street",
    ),
    row(
        "GET /v1/identifiers/{scheme}/{value:path}",
        found,
        path="/v1/identifiers/code/{code}",
        shown_by="street",
    ),
    row("GET /v1/duplicates", of_area, READ, path="/v1/duplicates?commune={west}"),
    row("GET /v1/quality", open_),
    row("GET /v1/quality/{commune}", of_area, READ, path="/v1/quality/{west}"),
    row("GET /quality", open_),
    # finding by words and places: public addresses only
    row("GET /v1/geocode", never, path="/v1/geocode?q={line}", shown_by="code"),
    row("GET /v1/reverse", never, path="/v1/reverse?lon={lon}&lat={lat}", shown_by="street"),
    row("GET /v1/autocomplete", never, path="/v1/autocomplete?q={line}", shown_by="code"),
    row("POST /v1/validate", never, body={"text": "{line}"}, shown_by="code"),
    row(
        "POST /v1/geocode/batch",
        sought,
        READ,
        body={"kind": "geocode", "items": [{"text": "{line}"}]},
        shown_by="code",
    ),
    row(
        "POST /v1/geocode/batch",
        sought,
        READ,
        body={"kind": "validate", "items": [{"text": "{line}"}]},
        shown_by="code",
        also="judged",
    ),
    row(
        "POST /v1/geocode/batch",
        sought,
        READ,
        body={"kind": "reverse", "limit": 5, "items": [{"lon": "{lon}", "lat": "{lat}"}]},
        shown_by="street",
        also="around",
    ),
    row(
        "POST /v1/geocode/batch",
        checked,
        READ,
        body={"kind": "check", "items": [{"code": "{ref}"}]},
        shown_by="street",
        also="checked",
    ),
    row("GET /v1/convert", open_, path="/v1/convert?q=x"),
    row("GET /v1/findings", open_),
    row("GET /v1/admin-units", open_),
    row("GET /v1/admin-units.geojson", open_, path="/v1/admin-units.geojson?bbox=106,10,107,12"),
    row("GET /v1/admin-units/at", open_, path="/v1/admin-units/at?lon=106.65&lat=10.95"),
    row("GET /v1/admin-units/{code}", open_, path="/v1/admin-units/{west}"),
    row("GET /v1/localities", open_),
    row("GET /v1/localities/{locality_id}", open_, path="/v1/localities/1"),
    row("GET /v1/thoroughfares", open_),
    row("GET /v1/thoroughfares/{thoroughfare_id}", open_, path="/v1/thoroughfares/1"),
    # writes
    row("POST /v1/addresses", of_area, WRITE, path="/v1/addresses?dry_run=true", body=_NEW),
    row("PATCH /v1/addresses/{ref}", of_one, WRITE, along=READ, body={"text": "thử"}),
    row("POST /v1/addresses/{ref}:change", of_one, WRITE, along=READ, body={"text": "thử"}),
    row("POST /v1/addresses/{ref}:reserve", of_one, WRITE, along=READ, body={}),
    row("POST /v1/addresses/{ref}:retire", of_one, WRITE, along=READ, body=_WHY),
    row("POST /v1/addresses/{ref}:undo", undone, WRITE, OVERRIDE, along=READ, body=_WHY),
    row("POST /v1/addresses/{ref}:replace", of_one, WRITE, along=READ, body={**_WHY, "by": _NEW}),
    row(
        "POST /v1/addresses/{ref}:split",
        of_one,
        WRITE,
        along=READ,
        body={**_WHY, "into": [_NEW, _NEXT]},
    ),
    row(
        "POST /v1/addresses/{ref}:duplicate-of",
        of_one,
        WRITE,
        along=READ,
        body={**_WHY, "keep": "{other}"},
    ),
    row(
        "POST /v1/addresses/{ref}:distinct-from",
        of_one,
        OVERRIDE,
        along=READ,
        body={**_WHY, "other": "{other}"},
    ),
    row(
        "POST /v1/addresses:merge",
        of_area,
        WRITE,
        path="/v1/addresses:merge?dry_run=true",
        body={**_WHY, "addresses": [{"code": "{ref}", "version": 1}], "into": _NEW},
    ),
    row(
        "POST /v1/addresses/{ref}/identifiers",
        of_one,
        WRITE,
        along=READ,
        body={"scheme": "location-id", "value": "{location_id}", "source": "thử"},
    ),
    row(
        "POST /v1/addresses/{ref}/identifiers:withdraw",
        of_one,
        WRITE,
        along=READ,
        body={"scheme": "location-id", "value": "999999999999", **_WHY},
    ),
    # acts
    row("GET /v1/acts/{act_id}", only_here, READ, path="/v1/acts/{split}"),
    row(
        "POST /v1/acts/{act_id}:undo",
        of_area,
        WRITE,
        OVERRIDE,
        path="/v1/acts/{split}:undo?dry_run=true",
        body=_WHY,
    ),
    row("GET /v1/acts", scoped, READ),
    row("POST /v1/acts", of_area, ACTS, body=_NAMING),
    row("GET /v1/acts/{act_id}/preview", of_area, ACTS, path="/v1/acts/{naming}/preview"),
    row("GET /v1/acts/{act_id}/undecided", of_area, ACTS, path="/v1/acts/{naming}/undecided"),
    row("POST /v1/acts/{act_id}:cancel", of_area, ACTS, path="/v1/acts/{cancelled}:cancel"),
    row("POST /v1/acts/{act_id}:run", of_area, ACTS, path="/v1/acts/{naming}:run"),
    row("POST /v1/acts/{act_id}:revert", of_area, ACTS, path="/v1/acts/{naming}:revert", body=_WHY),
    # keys, devices, accounts, people signed in elsewhere
    row("GET /v1/access/keys", scoped, ACCESS),
    row("POST /v1/access/keys", everywhere, ACCESS, body=_KEY),
    row("POST /v1/access/keys", of_area, ACCESS, body={**_KEY, "areas": ["{west}"]}, also="here"),
    row(
        "POST /v1/access/keys/{key_id}:rotate",
        key_of_all,
        ACCESS,
        path="/v1/access/keys/{key}:rotate",
        body={},
    ),
    row(
        "POST /v1/access/keys/{key_id}:revoke",
        key_of_all,
        ACCESS,
        path="/v1/access/keys/{key}:revoke",
        body=_WHY,
    ),
    row("GET /v1/access/devices", scoped, ACCESS),
    row("POST /v1/access/devices:enrol", for_persons, WRITE, body={"name": "Máy thử"}),
    row(
        "POST /v1/access/devices/{key_id}:renew",
        for_persons,
        WRITE,
        path="/v1/access/devices/{device}:renew",
    ),
    row(
        "POST /v1/access/devices",
        of_area,
        ACCESS,
        READ,
        WRITE,
        body={"name": "máy thử", "held_by": "nv", "areas": ["{west}"]},
    ),
    row(
        "POST /v1/access/devices/{key_id}:revoke",
        only_here,
        ACCESS,
        path="/v1/access/devices/{device}:revoke",
        body=_WHY,
    ),
    row("POST /oauth/token", form, form={"grant_type": "client_credentials"}),
    row("GET /v1/access/accounts", scoped, ACCESS),
    row("POST /v1/access/accounts", everywhere, ACCESS, body=_ACCOUNT),
    row("GET /v1/access/accounts/{login}", scoped, ACCESS, path=_LOGIN),
    row("PUT /v1/access/accounts/{login}", scoped, ACCESS, path=_LOGIN, body={"display_name": "x"}),
    row("POST /v1/access/accounts/{login}:disable", scoped, ACCESS, path=f"{_LOGIN}:disable"),
    row("POST /v1/access/accounts/{login}:enable", scoped, ACCESS, path=f"{_LOGIN}:enable"),
    row(
        "POST /v1/access/accounts/{login}:set-password",
        scoped,
        ACCESS,
        path=f"{_LOGIN}:set-password",
    ),
    row("GET /v1/access/people", scoped, ACCESS),
    row("PUT /v1/access/people", scoped, ACCESS, body={"issuer": "khong-co", "subject": "x"}),
    row(
        "POST /v1/access/people:revoke",
        scoped,
        ACCESS,
        body={"issuer": "khong-co", "subject": "x"},
    ),
    # receivers of events, operations
    row("GET /v1/webhooks", scoped, HOOKS),
    row("POST /v1/webhooks", scoped, HOOKS, EVENTS, body={"url": "https://127.0.0.1/x"}),
    row("GET /v1/webhooks/{receiver_id}", scoped, HOOKS, path=_NOT_ONE),
    row("PATCH /v1/webhooks/{receiver_id}", scoped, HOOKS, path=_NOT_ONE, body={}),
    row("DELETE /v1/webhooks/{receiver_id}", scoped, HOOKS, path=_NOT_ONE),
    row("GET /v1/webhooks/{receiver_id}/deliveries", scoped, HOOKS, path=f"{_NOT_ONE}/deliveries"),
    row(
        "POST /v1/webhooks/{receiver_id}/replay",
        scoped,
        HOOKS,
        path=f"{_NOT_ONE}/replay",
        body={"from_number": 1},
    ),
    row(
        "POST /v1/webhooks/{receiver_id}/rotate", scoped, HOOKS, path=f"{_NOT_ONE}/rotate", body={}
    ),
    row("POST /v1/webhooks/{receiver_id}/test", scoped, HOOKS, path=f"{_NOT_ONE}/test"),
    row("GET /v1/audit", everywhere, AUDIT),
    row("GET /v1/operations/work", scoped, OPERATIONS),
    row("GET /v1/operations/read-only", scoped, OPERATIONS),
    row("PUT /v1/operations/read-only", scoped, OPERATIONS, body={"read_only": False}),
    # dossiers
    row("GET /v1/dossiers", scoped, DOSSIERS),
    row("GET /v1/dossiers", of_area, DOSSIERS, path="/v1/dossiers?commune={west}", also="of"),
    row("GET /v1/dossiers", scoped, DOSSIERS, path="/v1/dossiers?address={code}", also="linked"),
    row("GET /v1/dossiers/proposals", scoped, DOSSIERS),
    row(
        "GET /v1/dossiers/proposals",
        of_area,
        DOSSIERS,
        path="/v1/dossiers/proposals?commune={west}",
        also="of",
    ),
    row("GET /v1/dossiers/proposals/{proposal_id}", scoped, DOSSIERS, path=f"{_PROPOSALS}/1"),
    *(
        row(
            f"POST /v1/dossiers/proposals/{{proposal_id}}:{what}",
            scoped,
            DECIDE,
            path=f"{_PROPOSALS}/1:{what}",
            body={} if what == "accept" else None,
        )
        for what in ("accept", "refuse", "undo")
    ),
    row(
        "POST /v1/dossiers/proposals:accept",
        of_area,
        DECIDE,
        path=f"{_PROPOSALS}:accept",
        body={"act": 1, "commune": "{west}"},
    ),
    row("GET /v1/dossiers/{code:path}", only_here, DOSSIERS, path=_DOSSIER),
    row("GET /v1/dossiers/statistics", scoped, DOSSIERS),
    row(
        "GET /v1/dossiers/statistics",
        of_area,
        DOSSIERS,
        path="/v1/dossiers/statistics?by=day&commune={west}",
        also="of",
    ),
    row("GET /v1/dossiers/statistics/map", scoped, DOSSIERS),
    row(
        "PUT /v1/dossiers/{code:path}",
        of_area,
        DECIDE,
        path=_DOSSIER,
        body={
            "procedure": "1.011442",
            "field": "G03-GD10",
            "office": "H09.12",
            "received_at": "2026-01-10T08:00:00+07:00",
            "due_at": "2026-01-20T17:00:00+07:00",
            "finished_at": "2026-01-19T10:00:00+07:00",
            "status": "2",
            "channel": "counter",
            "addresses": [{"role": "object", "code": "{ref}"}],
        },
    ),
    row("POST /v1/dossiers:batch", scoped, DECIDE, body={"dossiers": []}),
    row(
        "POST /v1/dossiers/{code:path}/addresses/{n}:confirm",
        only_here,
        DECIDE,
        path=f"{_DOSSIER}/addresses/1:confirm",
    ),
    row(
        "POST /v1/dossiers/{code:path}/addresses/{n}:choose",
        only_here,
        DECIDE,
        path=f"{_DOSSIER}/addresses/1:choose",
        body={"code": "{ref}"},
    ),
    row(
        "POST /v1/dossiers/{code:path}/addresses/{n}:reject",
        only_here,
        DECIDE,
        path=f"{_DOSSIER}/addresses/1:reject",
        body={},
    ),
    row(
        "POST /v1/dossiers/{code:path}/addresses/{n}:undo",
        only_here,
        DECIDE,
        # of an address it does not have: who may take back what others decided, see test_deciding
        path=f"{_DOSSIER}/addresses/9:undo",
    ),
    # jobs over files
    row("GET /v1/jobs/template", open_, path="/v1/jobs/template?kind=geocode"),
    # jobs over files; the one asked about is nobody's
    row("POST /v1/jobs", scoped, READ, path="/v1/jobs?kind=geocode&name=a.csv"),
    row("POST /v1/jobs", scoped, DECIDE, path="/v1/jobs?kind=dossiers&name=a.csv", also="dossiers"),
    row("GET /v1/jobs", known),
    row("GET /v1/jobs/{job_id}", others, path=_JOB),
    row("DELETE /v1/jobs/{job_id}", others, path=_JOB),
    row("POST /v1/jobs/{job_id}:start", others, path=f"{_JOB}:start", body={}),
    row("POST /v1/jobs/{job_id}:cancel", others, path=f"{_JOB}:cancel"),
    row("GET /v1/jobs/{job_id}/result", others, path=f"{_JOB}/result"),
    row("GET /v1/jobs/{job_id}/progress", others, path=f"{_JOB}/progress"),
    row("GET /v1/jobs/{job_id}/changes", others, path=f"{_JOB}/changes"),
    # what plans say; parcels of addresses are not for everybody
    row("GET /v1/planning/at", open_, path="/v1/planning/at?lon=106.65&lat=10.95"),
    row("POST /v1/planning/overlay", open_, body={"corners": _PLOT}),
    row("POST /v1/planning/overlay", scoped, READ, body={"parcel": _PARCEL}, also="parcel"),
    row("GET /v1/planning/print", open_, path="/v1/planning/print?lon=106.65&lat=10.95"),
    row("POST /v1/planning/print", open_, body={"corners": _PLOT}),
    row("POST /v1/planning/print", scoped, READ, body={"parcel": _PARCEL}, also="parcel"),
    # plans: public ones, drafts of WEST, and acts on them
    row("GET /v1/plans", open_),
    row("POST /v1/plans", scoped, PLANS, body=_PLAN),
    row("GET /v1/plans/{plan_id}", open_, path="/v1/plans/{plan}"),
    row("GET /v1/plans/{plan_id}", draft, path="/v1/plans/{draft}", along=PLANS, also="draft"),
    row("GET /v1/plans/{plan_id}/history", open_, path="/v1/plans/{plan}/history"),
    row(
        "GET /v1/plans/{plan_id}/history",
        draft,
        path="/v1/plans/{draft}/history",
        along=PLANS,
        also="draft",
    ),
    row("GET /v1/plans/{plan_id}/zones", open_, path="/v1/plans/{plan}/zones"),
    row(
        "GET /v1/plans/{plan_id}/zones",
        draft,
        path="/v1/plans/{draft}/zones",
        along=PLANS,
        also="draft",
    ),
    row(
        "PATCH /v1/plans/{plan_id}",
        only_here,
        PLANS,
        path="/v1/plans/{draft}",
        body={"scale": 5000},
    ),
    row("DELETE /v1/plans/{plan_id}", nowhere, PLANS, path="/v1/plans/999999"),
    row(
        "POST /v1/plans/{plan_id}:publish",
        only_here,
        PLANS,
        path="/v1/plans/{draft}:publish?dry_run=true",
        body={"valid_from": "2030-01-01"},
    ),
    row(
        "POST /v1/plans/{plan_id}:withdraw",
        of_area,
        PLANS,
        path="/v1/plans/{plan}:withdraw",
        body={"valid_to": "2030-01-01", "reason": "thử nghiệm"},
    ),
    # files of drafts
    row("GET /v1/plans/{plan_id}/files", nowhere, PLANS, path="/v1/plans/999999/files"),
    row(
        "POST /v1/plans/{plan_id}/files",
        nowhere,
        PLANS,
        path="/v1/plans/999999/files?name=a.geojson",
    ),
    row("GET /v1/plans/{plan_id}/files/{file_id}", nowhere, PLANS, path=_PLAN_FILE),
    row(
        "GET /v1/plans/{plan_id}/files/{file_id}/marks", nowhere, PLANS, path=f"{_PLAN_FILE}/marks"
    ),
    row(
        "POST /v1/plans/{plan_id}/files/{file_id}:store",
        nowhere,
        PLANS,
        path=f"{_PLAN_FILE}:store",
        body={},
    ),
    # the basemap, and tiles of operators
    row("GET /v1/tiles", open_),
    row("GET /v1/tiles/{name}", open_, path="/v1/tiles/basemap"),
    row("GET /v1/tiles/basemap/style.json", open_),
    row("GET /v1/tiles/fonts/{fontstack}/{codes}", open_, path="/v1/tiles/fonts/DejaVu Sans/0-255"),
    row("GET /v1/tiles/basemap/{z}/{x}/{y}", open_, path="/v1/tiles/basemap/16/52174/30781"),
    row("GET /v1/tiles/{name}/{z}/{x}/{y}", open_, path="/v1/tiles/ours/5/0/0"),
    # tiles and maps of plans
    row("GET /v1/plans/{plan_id}/files/{file_id}/map", nowhere, PLANS, path=f"{_PLAN_FILE}/map"),
    row("GET /v1/plans/{plan_id}/tiles/{z}/{x}/{y}", open_, path="/v1/plans/{plan}/tiles/5/0/0"),
    row(
        "GET /v1/plans/{plan_id}/tiles/{z}/{x}/{y}",
        draft,
        path="/v1/plans/{draft}/tiles/5/0/0",
        along=PLANS,
        also="draft",
    ),
    row(
        "GET /v1/plans/{plan_id}/changes/tiles/{z}/{x}/{y}",
        open_,
        path="/v1/plans/{plan}/changes/tiles/5/0/0",
    ),
    row(
        "GET /v1/plans/{plan_id}/changes/tiles/{z}/{x}/{y}",
        draft,
        path="/v1/plans/{draft}/changes/tiles/5/0/0",
        along=PLANS,
        also="draft",
    ),
    row("GET /v1/plans/{plan_id}/map", open_, path="/v1/plans/{plan}/map"),
    row(
        "GET /v1/plans/{plan_id}/map",
        draft,
        path="/v1/plans/{draft}/map",
        along=PLANS,
        also="draft",
    ),
    row("GET /v1/plans/{plan_id}/changes/map", open_, path="/v1/plans/{plan}/changes/map"),
    row(
        "GET /v1/plans/{plan_id}/changes/map",
        draft,
        path="/v1/plans/{draft}/changes/map",
        along=PLANS,
        also="draft",
    ),
    # what plans change; of drafts: tests/api/planning/test_plan_changes.py
    row("GET /v1/plans/{plan_id}/changes", open_, path="/v1/plans/{plan}/changes"),
    row(
        "GET /v1/plans/{plan_id}/changes",
        draft,
        path="/v1/plans/{draft}/changes",
        along=PLANS,
        also="draft",
    ),
    row(
        "POST /v1/plans/{plan_id}/changes", scoped, PLANS, path="/v1/plans/{plan}/changes", body={}
    ),
    # requests of people about what is kept of them
    row("GET /v1/persons/purposes", open_),
    row("GET /v1/persons/requests", everywhere, PEOPLE),
    row("POST /v1/persons/requests", everywhere, PEOPLE, body={**_NOBODY, "kind": "access"}),
    row("GET /v1/persons/requests/{number}", everywhere, PEOPLE, path="/v1/persons/requests/1"),
    row(
        "POST /v1/persons/requests/{number}/close",
        everywhere,
        PEOPLE,
        path="/v1/persons/requests/999999/close",
        body={"status": "refused", "reason": "identity-not-proven"},
    ),
    row("POST /v1/persons/find", everywhere, PEOPLE, body=_NOBODY),
    row("POST /v1/persons/export", everywhere, PEOPLE, body=_NOBODY),
    row("POST /v1/persons/correct", everywhere, PEOPLE, body={**_NOBODY, "to": _NOBODY}),
    row("POST /v1/persons/erase", everywhere, PEOPLE, body=_NOBODY),
    # pages and what describes the service
    row("GET /docs", open_),
    row("GET /findings", open_),
    row("GET /findings/{id}", open_, path="/findings/outside-commune"),
    row("GET /healthz", open_),
    row("GET /readyz", open_),
    row("GET /metrics", open_),
    row("GET /openapi.json", open_),
    row("GET /problems/{slug}", open_, path="/problems/scope-missing"),
    row("GET /static/{name:path}", open_, path="/static/site.css"),
    row("GET /widget", open_),
    row("GET /field", open_),
    row("GET /field/sw.js", open_),
    row("GET /field/manifest.webmanifest", open_),
    row("GET /field/enrol", page, WRITE),
    row("GET /field/ca.crt", open_),
    row("GET /widget.js", open_),
    row("GET /sign-in", open_),
    row("POST /sign-in", form, form={"login": "x", "password": "y"}),
    row("POST /sign-out", form, form={}),
    row("GET /account", form),
    row("POST /account/password", form, form={}),
    row("POST /account/sign-out-everywhere", form, form={}),
    row("GET /statistics", page, DOSSIERS),
    row("GET /coverage", page, READ),
    row("GET /desk", page, DECIDE),
    row("POST /desk/{kind}/items", scoped, DECIDE, path="/desk/dossiers/items", body={}),
    row(
        "POST /desk/{kind}/item",
        only_here,
        DOSSIERS,
        path="/desk/dossiers/item",
        body={"item": "H09.12-260110-0001#1"},
    ),
    row(
        "POST /desk/{kind}/decisions",
        only_here,
        DECIDE,
        path="/desk/dossiers/decisions",
        body={"item": "H09.12-260110-0001#9", "act": "reject", "version": 1},
    ),
    row("POST /here", open_, form={"lon": "106.65", "lat": "10.95"}),
    row("GET /planning", open_),
    row("POST /planning", open_, form={"corners": "x"}),
    row("POST /planning/print", open_, form={"corners": "x"}),
    row("GET /plans", open_),
    row("GET /plans/{plan_id}", open_, path="/plans/{plan}"),
    row("GET /plans/{plan_id}", draft, path="/plans/{draft}", along=PLANS, also="draft"),
    row("GET /plans/new", page, PLANS),
    row("POST /plans/new", form, form={}),
    row("GET /plans/{plan_id}/edit", page_of_draft, PLANS, path="/plans/{draft}/edit"),
    row("GET /plans/{plan_id}/publish", page_of_draft, PLANS, path="/plans/{draft}/publish"),
    row(
        "GET /plans/{plan_id}/files/{file_id}",
        page_of_nothing,
        PLANS,
        path=f"/plans/{{draft}}/files/{_NO_FILE}",
    ),
    row(
        "POST /plans/{plan_id}/files/{file_id}/store",
        form,
        path=f"/plans/1/files/{_NO_FILE}/store",
        form={},
    ),
    row("POST /plans/{plan_id}/publish", form, path="/plans/1/publish", form={}),
    row("POST /plans/{plan_id}/{act}", form, path="/plans/1/discard", form={}),
    row("GET /webhooks", page, HOOKS),
    row("POST /webhooks/{receiver_id}/{act}", form, path="/webhooks/1/pause", form={}),
    row("GET /jobs", form),
    row("GET /jobs/{job_id}", form, path=_JOB_PAGE),
    row("GET /jobs/{job_id}/changes", form, path=f"{_JOB_PAGE}/changes"),
    row("POST /jobs/{job_id}/{act}", form, path=f"{_JOB_PAGE}/cancel", form={}),
    # OGC API: addresses for keys, the rest open
    row("GET /ogc", open_),
    row("GET /ogc/tiles", open_),
    row("GET /ogc/tiles/WebMercatorQuad", open_),
    row("GET /ogc/tiles/WebMercatorQuad/{z}/{y}/{x}", open_, path=f"{_OGC_TILES}/8/120/203"),
    row("GET /ogc/collections/{collection}/tiles", open_, path="/ogc/collections/zones/tiles"),
    row(
        "GET /ogc/collections/{collection}/tiles/WebMercatorQuad",
        open_,
        path="/ogc/collections/zones/tiles/WebMercatorQuad",
    ),
    row(
        "GET /ogc/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}",
        open_,
        path="/ogc/collections/zones/tiles/WebMercatorQuad/14/7692/13043",
    ),
    # of addresses there are house numbers in the whole, and no tiles of their own
    row(
        "GET /ogc/collections/{collection}/tiles",
        scoped,
        READ,
        path=f"{_OGC}/tiles",
        also="of addresses",
    ),
    row("GET /ogc/api", open_),
    row("GET /ogc/conformance", open_),
    row("GET /ogc/collections", open_),
    row("GET /ogc/collections/{collection}", open_, path="/ogc/collections/zones"),
    row("GET /ogc/collections/{collection}", scoped, READ, path=_OGC, also="addresses"),
    row("GET /ogc/collections/{collection}/queryables", scoped, READ, path=f"{_OGC}/queryables"),
    row("GET /ogc/collections/{collection}/items", open_, path="/ogc/collections/communes/items"),
    row("GET /ogc/collections/{collection}/items", listed, READ, path=_OGC_ITEMS, also="now"),
    row(
        "GET /ogc/collections/{collection}/items",
        listed,
        READ,
        path=f"{_OGC_ITEMS}&bbox=106,10,107,12&filter=commune_code<>'0'",
        also="filtered",
    ),
    row(
        "GET /ogc/collections/{collection}/items",
        listed,
        READ,
        path=f"{_OGC_ITEMS}&datetime=2020-01-01/..",
        also="then",
    ),
    row(
        "GET /ogc/collections/{collection}/items/{feature_id}",
        one_listed,
        READ,
        path=f"{_OGC}/items/{{ref}}",
    ),
)
