"""The pages of certificates: get one, verify one, see whether it is still so.

All of it works without scripts. What is pasted goes in the body of a request, is verified and
forgotten; what stands behind the ``#`` of a scanned link never reaches a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from addrsvc.auth.csrf import read_form
from addrsvc.auth.model import ANONYMOUS
from addrsvc.auth.web import count_visit
from addrsvc.certificates import service
from addrsvc.certificates.facts import FACTS
from addrsvc.certificates.keys import signer_of
from addrsvc.certificates.printing import facts
from addrsvc.certificates.service import Standing
from addrsvc.certificates.signing import grouped
from addrsvc.certificates.trusting import Revocation
from addrsvc.clock import Clock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Kind, Language
from addrsvc.problems import STATUS
from addrsvc.registry.reading import AddressRef, read_code
from addrsvc.settings import Settings
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who
from addrsvc.web.words import words
from addrsvc.wording import moment_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_READ: Final = ["GET", "HEAD"]
_MENDED: Final = frozenset({Kind.INVALID, Kind.NOT_FOUND, Kind.CONFLICT, Kind.GONE})
"""Errors that stand beside the field: the asker can do something about them."""
_FIELD_LENGTH: Final = 200


@router.api_route("/certificate", methods=_READ)
async def certificate_page(request: Request) -> Response:
    """Show the forms; a number given leads to its page."""
    number = request.query_params.get("number", "").strip()[:40]
    if number:
        return RedirectResponse(f"/certificate/{quote(number, safe='')}", status_code=303)
    code = request.query_params.get("code", "").strip()[:_FIELD_LENGTH]
    return _forms(request, {"code": code}, indexed=not code)


@router.post("/certificate")
async def verify_certificate(request: Request) -> Response:
    """Verify what was pasted, and show what has become of the address."""
    typed = ""
    try:
        form = read_form(request.headers.get("content-type"), await request.body())
        await count_visit(request)
        typed = form.get("text", "").strip()
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await service.verify_text(conn, typed, _settings(request))
    except AddrsvcError as error:
        return _again(request, error, "text", typed)
    return _one(request, found, holds=True)


@router.post("/certificate/issue")
async def issue_certificate(request: Request) -> Response:
    """Issue a certificate and lead to its page."""
    typed = ""
    try:
        form = read_form(request.headers.get("content-type"), await request.body())
        await count_visit(request)
        typed = form.get("code", "").strip()[:_FIELD_LENGTH]
        signer = signer_of(_settings(request))
        clock = cast("Clock", request.app.state.clock)
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            ref = AddressRef.of_code(await read_code(conn, typed))
            found = await service.issue(conn, ANONYMOUS, ref, signer, clock)
    except AddrsvcError as error:
        return _again(request, error, "code", typed)
    return RedirectResponse(f"/certificate/{found.signed.serial}", status_code=303)


@router.api_route("/certificate/{serial}", methods=_READ)
async def one_certificate(request: Request) -> Response:
    """Show a certificate as it was issued, and what has become of its address since."""
    serial = str(request.path_params["serial"])
    try:
        await count_visit(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await service.get_standing(conn, serial)
    except AddrsvcError as error:
        return _again(request, error, "number", serial[:40])
    return _one(request, found, holds=False)


def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


def _one(request: Request, found: Standing, *, holds: bool) -> Response:
    language = page_language(request)
    serial, code = found.signed.serial, found.address.code
    changed = ", ".join(FACTS[each].in_(language) for each in found.changed)
    return pages_of(request).respond(
        request,
        "certificate_one.html",
        asked_at=f"/certificate/{serial}",
        serial=serial,
        printed_serial=grouped(serial),
        holds=holds,
        state=found.state,
        changed=changed,
        successors=found.successors,
        revocation=None if found.revocation is None else _revoked(found.revocation, language),
        facts=list(facts(found.signed.payload, language)),
        code=code,
        plate=None if code is None else DigitalCode.of(code).plate,
    )


def _revoked(revocation: Revocation, language: Language) -> str:
    """Say since when its key is not trusted, and why."""
    say, reason = words(language), revocation.reason
    if revocation.since is None:
        return str(say.cert_revoked_all.format(reason=reason))
    since = moment_words(revocation.since, language)
    return str(say.cert_revoked_since.format(since=since, reason=reason))


def _again(request: Request, error: AddrsvcError, field: str, typed: str) -> Response:
    """Show the forms once more with what is wrong beside the field, or a page that says so."""
    if error.kind not in _MENDED:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    language, told = page_language(request), error.facts()
    wrong = {
        "field": field,
        "title": error.title.in_(language),
        "detail": error.text(language),
        "codes": told.get("suggestions") or told.get("successors") or [],
    }
    return _forms(request, {field: typed}, wrong=wrong, status=STATUS[error.kind])


def _forms(
    request: Request,
    typed: Mapping[str, str],
    *,
    wrong: Mapping[str, object] | None = None,
    status: int = 200,
    indexed: bool = False,
) -> Response:
    return pages_of(request).respond(
        request,
        "certificate.html",
        asked_at="/certificate",
        status=status,
        indexed=indexed,
        typed=typed,
        wrong=wrong,
    )
