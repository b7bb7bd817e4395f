"""Every example of the OpenAPI document is sent, and answered as the document says.

``ADDRSVC_RECORD_EXAMPLES=1`` writes what came back into ``addrsvc/edge/example_answers.json``.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from access_table import Asker
from access_world import HOLDER, HOME, World, running

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.app import create_app
from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.edge.examples import ANSWERED, list_answers, list_examples
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

RECORDS = "ADDRSVC_RECORD_EXAMPLES" in os.environ
EVERYTHING = Asker("everything", frozenset(each.value for each in Scope))
DEVICE = Asker("device", frozenset({"addresses:read", "addresses:write"}), "west", "device")
BY_DEVICE = {
    "POST /v1/collection/blocks",
    "PUT /v1/collection/submissions/{record}",
    "PUT /v1/collection/submissions/{record}/private",
    "PATCH /v1/collection/submissions/{record}/photos/{sha256}",
}
"""What only a device is answered."""
SECRETS = {"key", "secret", "access_token", "password", "signature"}

CAPTURED = {
    "POST /v1/certificates": ("serial", "serial"),
    "POST /v1/notices/batches": ("batch_id", "batch_id"),
    "POST /v1/tickets": ("number", "ticket"),
    "POST /v1/persons/requests": ("number", "request"),
    "POST /v1/plans/{plan_id}/files": ("file_id", "file_id"),
    "POST /v1/jobs": ("job_id", "job_id"),
    "POST /v1/webhooks": ("id", "receiver_id"),
}
"""What an answer names that later examples ask about: its member, and our name for it."""


@cache
def _document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def _takes_something(operation: dict[str, Any]) -> bool:
    return "requestBody" in operation or any(
        each.get("required") for each in operation.get("parameters", ())
    )


def test_every_function_that_takes_something_has_an_example() -> None:
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in _document()["paths"].items()
        for method, operation in methods.items()
    }
    lacking = {
        route
        for route, operation in operations.items()
        if _takes_something(operation) and route not in list_examples()
    }
    assert not lacking, f"put them into addrsvc/edge/examples.json: {sorted(lacking)}"
    assert not set(list_examples()) - set(operations), "no such function"
    for route in list_examples():
        for each in operations[route].get("parameters", ()):
            assert not each.get("required") or "example" in each, (route, each["name"])
        content = operations[route].get("requestBody", {}).get("content", {})
        told = content.get("application/json", {"example": None})
        assert {"example", "examples"} & set(told), route


HERE = {
    "https://mot-cua.vi-du.example": "https://127.0.0.1",
    "P. Phú Cường, TP. Thủ Dầu Một": "Phường Tây, Thành phố Mẫu",
}
"""What this world has in place of what examples name."""

TOLD = {
    **{there: here for here, there in HERE.items() if "//" in there},
    "Phường Tây, Thành phố Mẫu": "Phường Thủ Dầu Một, Thành phố Hồ Chí Minh",
    "Phường Tây": "Phường Thủ Dầu Một",
    "Thành phố Mẫu": "Thành phố Hồ Chí Minh",
    "1 Đường Công Khai": "123/45/6A Lê Lợi",
    '"value": "1"': '"value": "123/45/6A"',
    '"house_number": "1"': '"house_number": "123/45/6A"',
    "Đường Công Khai": "Lê Lợi",
    "Đường Hạn Chế": "Nguyễn Trãi",
    "Đường Bí Mật": "Quang Trung",
    "Đường Đề Nghị": "Hai Bà Trưng",
    HOME: "Dãy trọ mẫu An Bình (demo)",
    HOLDER["name"]: "Nguyễn Văn Ví Dụ",
    HOLDER["phone"]: "0900 000 000",
}
"""What the document says in place of what this world has: the demo's address, as far as told."""


class Story:
    """Examples sent one after the other, with what this world has in place of what they name."""

    def __init__(self, world: World, headers: dict[str, str]) -> None:
        self.world, self.headers = world, headers
        self.device: dict[str, str] = {}
        names = world.names
        self.known: dict[str, Any] = {"proposal": world.refs["proposed"], **names}
        self.codes = {
            "9900100001": DigitalCode.of(world.refs["public"]),
            "9900100002": DigitalCode.of(names["other"]),
        }

    def real(self, value: Any) -> Any:
        """Put the codes of this world in place of those of the demo."""
        text = json.dumps(value, ensure_ascii=False)
        for code, here in self.codes.items():
            demo = DigitalCode.of(code)
            for told, meant in self._forms(demo, here):
                text = text.replace(told, meant)
        for told, meant in HERE.items():
            text = text.replace(told, meant)
        return json.loads(text)

    def told(self, value: Any) -> Any:
        """Put the codes of the demo in place of those of this world."""
        text = json.dumps(value, ensure_ascii=False)
        for code, here in self.codes.items():
            for told, meant in self._forms(DigitalCode.of(code), here):
                text = text.replace(meant, told)
        for meant, told in TOLD.items():
            text = text.replace(meant, told)
        return json.loads(text)

    @staticmethod
    def _forms(demo: DigitalCode, here: DigitalCode) -> list[tuple[str, str]]:
        return [
            (f"{demo.text}-{demo.check_digit}", here.plate),
            (demo.plate, here.plate),
            (demo.printed, here.printed),
            (demo.text, here.text),
        ]

    def path(self, route: str, asked: dict[str, Any]) -> str:
        """Give the path of an example, with the names things have in this world."""
        known = self.known
        acts = {"": known["split"], "/preview": known["naming"], "/undecided": known["naming"]}
        acts |= {":run": known["naming"], ":revert": known["naming"], ":cancel": known["cancelled"]}
        ending = route.partition("{act_id}")[2]
        is_device = "/devices/" in route
        here = {
            "act_id": acts.get(ending, known["split"]),
            "plan_id": known["plan"] if asked["path"].get("plan_id") == 1 else known["draft"],
            "key_id": known["device"] if is_device else known["key"],
            "number": known.get("request"),
            "batch_id": known.get("batch_id"),
            "task_id": known["task"],
            "serial": known.get("serial"),
            "file_id": known.get("file_id"),
            "job_id": known.get("job_id"),
            "receiver_id": known.get("receiver_id"),
        }
        if "/tickets/" in route:
            here["ref"] = known.get("ticket" if route == "GET /v1/tickets/{ref}" else "ticket_ref")
        if asked["path"].get("ref") == "p4":
            here["ref"] = known["proposal"]
        given = {name: here.get(name) or value for name, value in self.real(asked["path"]).items()}
        return route.partition(" ")[2].format(**given)

    async def send(self, route: str, asked: dict[str, Any]) -> httpx.Response:
        path = self.path(route, asked) if "path" in asked else route.partition(" ")[2]
        body: dict[str, Any] = {}
        if "body" in asked:
            body = {"json": self.real(asked["body"])}
        elif "form" in asked:
            secret = self.known["key_text"].split("_", 2)
            body = {"data": {**asked["form"], "client_id": secret[1], "client_secret": secret[2]}}
        elif "raw" in asked:
            body = {"content": asked["raw"].encode()}
            body["headers"] = {"Content-Type": "application/octet-stream"}
        known = {} if "form" in asked else self.headers
        if route in BY_DEVICE and known:
            known = {**known, **self.device}
        headers = {**known, **body.pop("headers", {}), **asked.get("headers", {})}
        return await self.world.client.request(
            route.partition(" ")[0],
            path,
            params=self.real(asked.get("query", {})),
            headers=headers,
            **body,
        )


def _slug(answer: httpx.Response) -> str | None:
    if "problem+json" not in answer.headers.get("content-type", ""):
        return None
    slug = answer.json()["type"].removeprefix("/problems/")
    return None if slug == "about:blank" else str(slug)


def _short(value: Any) -> Any:
    """Cut an answer for the document: two of many, no secrets, no long texts."""
    if isinstance(value, dict):
        return {
            name: "…" if name in SECRETS and isinstance(each, str) else _short(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_short(each) for each in value[:2]]
    return f"{value[:200]}…" if isinstance(value, str) and len(value) > 300 else value


def _shape(value: Any) -> Any:
    """Give names and kinds of what an answer holds."""
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in sorted(value.items())}
    if isinstance(value, list):
        return [_shape(each) for each in value[:2]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


@pytest.fixture(scope="module")
async def story(
    clone_database: Callable[[str], AbstractContextManager[str]],
    registry_template: str,
    make_units: Callable[[], UnitsInMemory],
) -> AsyncIterator[Story]:
    """Give a running application with something of everything in it."""
    with clone_database(registry_template) as url:
        async with running(url, make_units()) as world:
            headers = await world.headers(EVERYTHING)
            told = Story(world, {**headers, "Accept-Language": "vi"})
            told.device = await world.headers(DEVICE)
            told.known["key_text"] = headers["Authorization"].removeprefix("Bearer ")
            yield told


async def test_every_example_is_answered_as_the_document_says(story: Story) -> None:
    document, recorded, wrong = _document(), {}, []
    for route, asked in list_examples().items():
        problems = await _problems(story, route, asked)
        answer = await story.send(route, asked)
        expected = asked.get("status", 200)
        if answer.status_code != expected:
            wrong.append(f"{route}: {answer.status_code} {answer.text[:300]}")
            continue
        problems |= {each for each in (_slug(answer),) if each is not None}
        recorded[route] = found = {"problems": sorted(problems)}
        method, _, path = route.partition(" ")
        told = document["paths"][path][method.lower()]["responses"]
        assert str(expected) in told or f"{expected // 100}XX" in told, route
        if route.startswith("GET") and expected == 200:
            _require_kept_apart(path, answer)
        is_json = "json" in answer.headers.get("content-type", "")
        if is_json and expected not in {204, 404, 409}:
            assert answer.content, route
            found["answer"] = _short(story.told(answer.json()))
            _capture(story, route, answer.json())
    if RECORDS:
        told = json.dumps(recorded, ensure_ascii=False, indent=1)
        ANSWERED.write_text(told + "\n", encoding="utf-8")
    assert not wrong, "\n".join(wrong)
    for route, found in recorded.items():
        documented = list_answers()[route] if not RECORDS else found
        assert _shape(documented.get("answer")) == _shape(found.get("answer")), route
        assert documented["problems"] == found["problems"], route


OPEN_TO_ALL = {"/v1/jobs/template", "/v1/planning/at", "/v1/planning/print"}
"""Beside tiles, what is the same for everybody and may be kept by whoever passes it on."""


def _require_kept_apart(path: str, answer: httpx.Response) -> None:
    """Fail where a cache on the way could give one asker what another was told."""
    cache = set(answer.headers["cache-control"].split(", "))
    if cache & {"private", "no-store"}:
        return
    varied = answer.headers.get("vary", "").split(", ")
    is_open = path in OPEN_TO_ALL or "tiles" in path
    assert is_open or "Authorization" in varied, (path, cache, varied)


SINGLE = (
    "GET /v1/addresses/{ref}",
    "GET /v1/admin-units/{code}",
    "GET /v1/certificates/{serial}",
    "GET /v1/plans/{plan_id}",
    "GET /problems/{slug}",
    "GET /ogc/collections/{collection}",
    "GET /ogc/collections/{collection}/items/{feature_id}",
)


async def test_what_has_not_changed_is_not_sent_again_and_never_to_somebody_else(
    story: Story,
) -> None:
    examples = list_examples() | {"GET /openapi.json": {}, "GET /docs": {}, "GET /v1/findings": {}}
    for route in (*SINGLE, "GET /openapi.json", "GET /docs", "GET /v1/findings"):
        asked = examples[route]
        if "{serial}" in route and "serial" not in story.known:
            continue
        first = await story.send(route, asked)
        tag = first.headers["etag"]
        for told in (tag, f'"other", {tag}', f"W/{tag.removeprefix('W/')}", "*"):
            again = await story.send(route, {**asked, "headers": {"If-None-Match": told}})
            assert (again.status_code, again.content) == (304, b""), (route, told)
            assert again.headers["etag"].removeprefix("W/") == tag.removeprefix("W/")
        other = await story.send(route, {**asked, "headers": {"If-None-Match": '"other"'}})
        assert other.status_code == 200, route
    # who may read more is told more, and a tag of that is no tag of less
    path = "GET /v1/addresses/{ref}"
    full = await story.send(path, list_examples()[path])
    nobody = Story(story.world, {"Accept-Language": "vi"})
    nobody.known = story.known
    tagged = {**list_examples()[path], "headers": {"If-None-Match": full.headers["etag"]}}
    public = await nobody.send(path, tagged)
    assert public.status_code == 200
    assert public.json() != full.json()
    assert public.headers["etag"] != full.headers["etag"]


async def _problems(story: Story, route: str, asked: dict[str, Any]) -> set[str]:
    """Ask as nobody, and wrongly: which problems a function may answer with."""
    nobody = Story(story.world, {"Accept-Language": "vi"})
    nobody.known = story.known
    changes = asked.get("body") is not None or not route.startswith("GET")
    seen = [await nobody.send(route, asked)] if _is_harmless(route) else []
    if "body" in asked and changes:
        seen.append(await story.send(route, {**asked, "body": {"unknown": 1}}))
    return {each for each in map(_slug, seen) if each is not None}


def _is_harmless(route: str) -> bool:
    """Tell whether asked by nobody it leaves nothing behind: tickets and certificates are open."""
    return route not in {"POST /v1/tickets", "POST /v1/certificates", "POST /oauth/token"}


def _capture(story: Story, route: str, said: dict[str, Any]) -> None:
    if route in CAPTURED:
        member, name = CAPTURED[route]
        story.known[name] = said.get(member)


UNPAGED = {
    "/v1/persons/purposes",  # fixed
    "/v1/findings",
    "/v1/certificates/keys",  # what one office has
    "/v1/access/keys",
    "/v1/access/devices",
    "/v1/access/accounts",
    "/v1/access/people",
    "/v1/webhooks",
    "/v1/persons/requests",
    "/v1/plans/{plan_id}/files",  # of one plan, of one address
    "/v1/plans/{plan_id}/history",
    "/v1/addresses/{ref}/history",
    "/v1/addresses/{ref}/identifiers",
    "/v1/identifiers/{scheme}/{value}",
    "/v1/collection/parts",  # of one commune
    "/v1/collection/quality",  # of some days, one of each person
}
"""Lists given whole: short by nature."""


def _pages(operation: dict[str, Any]) -> str | None:
    names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
    return next((each for each in ("cursor", "after", "before", "behind") if each in names), None)


async def test_lists_are_walked_page_by_page_while_rows_come_in(story: Story) -> None:
    walked = 0
    for path, operations in _document()["paths"].items():
        operation = operations.get("get")
        if operation is None or path == "/v1/events/stream":  # a stream has no pages
            continue
        answered = list_answers().get(f"GET {path}", {}).get("answer", {})
        cursor = _pages(operation)
        if cursor is None:
            is_list = "items" in answered and not path.startswith("/v1/coverage")  # of communes
            assert not is_list or path in UNPAGED, path
            continue
        (limit,) = [each for each in operation["parameters"] if each["name"] == "limit"]
        assert limit["schema"]["default"] <= limit["schema"]["maximum"] <= 1000, path
        asked = list_examples().get(f"GET {path}", {})
        if path not in {"/v1/jobs/{job_id}/changes", "/v1/webhooks/{receiver_id}/deliveries"}:
            walked += await _walk(story, path, asked, cursor)
    assert walked > 60, "of empty lists nothing can be said"


async def _walk(story: Story, path: str, asked: dict[str, Any], cursor: str) -> int:
    """Walk a list a row or two a page, adding to it behind the first; give how many rows."""
    asked = {**asked, "query": {**asked.get("query", {}), "limit": "1000"}}
    hundred = path in {"/v1/tickets", "/v1/collection/tasks"} or "batches" in path
    if hundred or path.startswith(("/v1/admin-units", "/v1/th")):
        asked["query"]["limit"] = "100"
    two_hundred = ("/v1/acts", "/v1/dossiers", "/v1/plans", "/v1/jobs", "/v1/localities")
    for name in (*two_hundred, "/v1/collection/submissions"):
        if path.startswith(name) and "zones" not in path and "{act_id}" not in path:
            asked["query"]["limit"] = "200"
    whole = await story.send(f"GET {path}", asked)
    assert whole.status_code == 200, (path, whole.text)
    before = _rows(whole)
    seen: list[str] = []
    query = {**asked["query"], "limit": "2" if len(before) > 20 else "1"}
    for page in range(200):
        answer = await story.send(f"GET {path}", {**asked, "query": query})
        rows = _rows(answer)
        seen += rows
        if page == 0:
            await _add_a_row(story, path)
        if not rows or (link := _next(answer, path, cursor)) is None:
            break
        query = dict(parse_qsl(link.partition("?")[2]))
    assert len(seen) == len(set(seen)), path
    assert set(before) <= set(seen), path
    return len(seen)


def _next(answer: httpx.Response, path: str, cursor: str) -> str | None:
    """Give the link to the next page: in the header and, of features, in the body."""
    body = answer.json()
    if path.startswith("/ogc"):
        links = [each["href"] for each in body["links"] if each["rel"] == "next"]
        return links[0] if links else None
    if path == "/v1/acts/{act_id}":  # one act, its addresses paged
        following = body["addresses"]["next"]
        return None if following is None else f"?limit=1&{cursor}={following}"
    link = answer.links.get("next", {}).get("url")
    assert (link is None) == (body["next"] is None), path
    assert link is None or f"{cursor}=" in link, path
    return link


def _rows(answer: httpx.Response) -> list[str]:
    body = answer.json()
    body = body.get("addresses", body) if "items" not in body else body
    rows = body.get("items", body.get("features", body.get("groups", ())))
    return [json.dumps(each, sort_keys=True) for each in rows]


async def _add_a_row(story: Story, path: str) -> None:
    """Make one more of what a list holds, and what is told of it in others."""
    story.known["rows"] = at = story.known.get("rows", 0) + 1
    house = {
        "kind": "dwelling",
        "source": "thử",
        "position": {"lon": 106.601 + at / 1000, "lat": 10.905, "accuracy_m": 5, "method": "gnss"},
    }
    made = [await story.send("POST /v1/addresses", {"body": house})]
    if f"POST {path}" in list_examples() and path != "/v1/addresses":
        made.append(await story.send(f"POST {path}", list_examples()[f"POST {path}"]))
    assert all(each.status_code == 201 for each in made), [each.text for each in made]
