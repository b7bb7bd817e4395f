"""Every example of the OpenAPI document is sent, and answered as the document says.

``ADDRSVC_RECORD_EXAMPLES=1`` writes what came back into ``addrsvc/edge/example_answers.json``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import httpx
import pytest
from access_table import Asker
from access_world import World, running

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.app import create_app
from addrsvc.auth.model import Scope
from addrsvc.codes.code import DigitalCode
from addrsvc.edge.examples import ANSWERED, list_answers, list_examples
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

RECORDS = "ADDRSVC_RECORD_EXAMPLES" in os.environ
EVERYTHING = Asker("everything", frozenset(each.value for each in Scope))
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


class Story:
    """Examples sent one after the other, with what this world has in place of what they name."""

    def __init__(self, world: World, headers: dict[str, str]) -> None:
        self.world, self.headers = world, headers
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
        for told, meant in HERE.items():
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
        headers = {**known, **asked.get("headers", {}), **body.pop("headers", {})}
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


async def test_every_example_is_answered_as_the_document_says(
    clone_database: Callable[[str], AbstractContextManager[str]],
    registry_template: str,
    make_units: Callable[[], UnitsInMemory],
) -> None:
    document, recorded, wrong = _document(), {}, []
    with clone_database(registry_template) as url:
        async with running(url, make_units()) as world:
            story = Story(world, {**await world.headers(EVERYTHING), "Accept-Language": "vi"})
            story.known["key_text"] = story.headers["Authorization"].removeprefix("Bearer ")
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
    if route == "POST /v1/access/keys":
        story.known["made"] = said
