"""HTTP routes of geocoding and validation: open to everyone, within limits."""

from __future__ import annotations

from typing import Any, Final, cast

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.routing import Route

from addrsvc.auth.model import Principal
from addrsvc.auth.web import PublicCaller, count_miss, public_caller
from addrsvc.clock import today
from addrsvc.codes.code import parse_code
from addrsvc.codes.errors import CheckDigitWrong
from addrsvc.db.web import AppClock
from addrsvc.geocoding import forward
from addrsvc.geocoding.by_code import judge_code, judge_slip, judge_unknown
from addrsvc.geocoding.finding_kinds import CATALOGUE
from addrsvc.geocoding.forward import Answer
from addrsvc.geocoding.geocodejson import collection
from addrsvc.geocoding.schemas import (
    GeocodeParams,
    ValidateIn,
    finding_kind_out,
    read_query,
    verdict_out,
)
from addrsvc.geocoding.verdict import Verdict
from addrsvc.geocoding.world import Geocoder
from addrsvc.problems import language_of
from addrsvc.registry import reading
from addrsvc.registry.errors import CheckDigitRefused
from addrsvc.registry.lookup import CodeLookup
from addrsvc.registry.model import Address

router = APIRouter(prefix="/v1", tags=["geocoding"])

MEDIA_TYPE: Final = "application/geo+json"


def _parameters() -> list[dict[str, Any]]:
    """Give the documented parameters of the bare route, from its own model."""
    schema = GeocodeParams.model_json_schema()
    listed = []
    for name, declared in schema["properties"].items():
        kept = {key: value for key, value in declared.items() if key not in {"title", "default"}}
        description = kept.pop("description", name.replace("_", " "))
        examples = kept.pop("examples", None)
        kept["anyOf"] = [each for each in kept.get("anyOf", []) if each.get("type") != "null"]
        if not kept["anyOf"]:
            del kept["anyOf"]
        parameter = {"name": name, "in": "query", "description": description, "schema": kept}
        if examples is not None:
            parameter["example"] = examples[0]
        listed.append(parameter)
    return listed


def geocoder_of(request: Request) -> Geocoder:
    """Give this worker's geocoder."""
    return cast("Geocoder", request.app.state.geocoder)


@router.get(
    "/geocode",
    summary="Find the place an address means",
    openapi_extra={"parameters": _parameters()},
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}},
    response_class=Response,
)
async def geocode(request: Request) -> Response:
    """Give the places an address may mean, best first, as GeocodeJSON.

    Either ``q``, the address as written, or its parts; old and new names of units both do. Every
    answer says how fine it is (``match_level``), how far it may be off (``accuracy``) and how sure
    it is (``confidence``, ``gap``). Parameters are read by hand: this is the hot path.
    """
    request.scope["route"] = GEOCODE  # bare routes do not say so themselves; log and metrics ask
    await public_caller(request)
    query = read_query(request.query_params, today(request.app.state.clock))
    geocoder = geocoder_of(request)
    answer = await forward.geocode(geocoder.probes, geocoder.world, query)
    body = collection(answer.best, echo(answer))
    return Response(orjson.dumps(body), media_type=MEDIA_TYPE)


GEOCODE = Route("/v1/geocode", geocode, methods=["GET"])
"""The same once more, for the application to try before any other route."""


def echo(answer: Answer) -> str:
    """Give the query as it was read, without telephone numbers, names and other noise."""
    parsed = answer.plan.parsed
    kept, at = [], 0
    for noise in sorted(parsed.noise, key=lambda each: each.span):
        start, end = noise.span
        kept.append(parsed.text[at:start])
        at = max(at, end)
    return "".join([*kept, parsed.text[at:]])


@router.post("/validate", summary="Say what may be done with an address")
async def validate(
    asked: ValidateIn, request: Request, caller: PublicCaller, clock: AppClock
) -> dict[str, Any]:
    """Judge a text, its parts or a code: category, next action, and why, part by part.

    What is sent is neither kept nor logged.
    """
    checked, geocoder, language = asked.checked(), geocoder_of(request), language_of(request)
    if checked.code is not None and checked.code.strip():
        verdict = await _judge_code(request, caller, checked.code)
    else:
        query = checked.to_query(today(clock))
        answer = await forward.geocode(geocoder.probes, geocoder.world, query)
        verdict = forward.validate(geocoder.world, answer)
    return verdict_out(verdict, geocoder.world.describe, language)


async def _judge_code(request: Request, caller: Principal, text: str) -> Verdict:
    """Look a code up as ``GET /v1/addresses`` would; misses count against the limits alike."""
    try:
        parsed = parse_code(text)
    except CheckDigitWrong:
        count_miss(request, caller)
        try:
            async with request.app.state.doors.pool.connection() as conn:
                parsed = await reading.read_code(conn, text)
        except CheckDigitRefused as refused:
            return judge_slip(refused.suggestions)
    found = await _visible(request, caller, parsed.code.text)
    if found is None:
        count_miss(request, caller)
        return judge_unknown(parsed.code.printed)
    following = [await _visible(request, caller, each.code) for each in found.successors]
    successors = [each for each in following if each is not None]
    return judge_code(found, successors, verified=parsed.verified)


async def _visible(request: Request, caller: Principal, code: str) -> Address | None:
    found = await cast("CodeLookup", request.app.state.code_lookup).find(code)
    if found is None or not reading.is_seen(found, caller):
        return None
    return found


@router.get("/findings", summary="List what a verdict may find")
async def list_findings(request: Request, _: PublicCaller) -> dict[str, Any]:
    """Give every kind of finding with its stable identifier, its weight and its remedy."""
    language = language_of(request)
    return {"items": [finding_kind_out(kind, language) for kind in CATALOGUE.values()]}
