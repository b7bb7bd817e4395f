"""HTTP routes of certificates: of public addresses only, for everybody."""

from __future__ import annotations

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from addrsvc.auth.web import NO_STORE, PublicCaller
from addrsvc.certificates.keys import signer_of
from addrsvc.certificates.printing import Paper, make_certificate
from addrsvc.certificates.schemas import IssueIn, key_out, standing_out
from addrsvc.certificates.service import Standing, get_standing, issue, list_keys
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, WriteConn, origin_of
from addrsvc.errors import Language
from addrsvc.events.chain import moment
from addrsvc.problems import language_of
from addrsvc.registry.reading import AddressRef, read_code

router = APIRouter(prefix="/v1/certificates", tags=["certificates"])

_PDF: Final = "application/pdf"
_PAGES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_PDF: {}}}}

SerialPath = Annotated[
    str, Path(max_length=40, description="as printed", examples=["ABCD-EFGH-IJKL-MNOP"])
]


@router.post("", status_code=201, summary="Certify what the register says of an address")
async def issue_certificate(
    asked: IssueIn,
    request: Request,
    response: Response,
    conn: WriteConn,
    caller: PublicCaller,
    clock: AppClock,
    settings: AppSettings,
) -> dict[str, Any]:
    """Issue a certificate of a public address in use; the same one again on the same day.

    It holds nothing of people. Whoever has it can verify it by its signature and the keys at
    ``/v1/certificates/keys``, and see by its serial whether it is still so.
    """
    signer = signer_of(settings)
    ref = AddressRef.of_code(await read_code(conn, asked.code))
    standing = await issue(conn, caller, ref, signer, clock)
    response.headers["Location"] = f"/v1/certificates/{standing.signed.serial}"
    return standing_out(standing, origin_of(request), language_of(request))


@router.get("/keys", summary="Public keys of certificates")
async def keys(
    pool: ReadDoor, settings: AppSettings, clock: AppClock, _: PublicCaller
) -> dict[str, Any]:
    """Give all keys that sign or ever signed: JWK (OKP, Ed25519) and PEM, the present one first.

    ``status`` is ``current``, ``former`` (what it signed stays true) or ``revoked``: then
    ``revoked.from`` says from when on nothing it signed is trusted; null: whatever it signed.
    """
    async with pool.connection() as conn:
        found = await list_keys(conn, settings)
    return {"as_of": moment(clock.now()), "keys": [key_out(each) for each in found]}


@router.get("/{serial}", summary="Whether what a certificate says is still so")
async def standing(
    serial: SerialPath, request: Request, pool: ReadDoor, _: PublicCaller
) -> dict[str, Any]:
    """Give a certificate as issued, and whether its address is unchanged, changed or retired."""
    async with pool.connection() as conn:
        found = await get_standing(conn, serial)
    return standing_out(found, origin_of(request), language_of(request))


@router.get("/{serial}/file", summary="The signed file of a certificate")
async def file(serial: SerialPath, pool: ReadDoor, _: PublicCaller) -> Response:
    """Give payload and signature as they are verified by ``addrsvc certificate verify``."""
    async with pool.connection() as conn:
        found = await get_standing(conn, serial)
    name = f"giay-xac-nhan-{found.signed.serial}.json"
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    content = orjson.dumps(found.signed.document(), option=orjson.OPT_SORT_KEYS) + b"\n"
    return Response(content, headers=headers, media_type="application/json")


@router.get(
    "/{serial}/print",
    summary="Print a certificate (PDF)",
    responses=_PAGES,
    response_class=Response,
)
async def print_(
    serial: SerialPath,
    request: Request,
    pool: ReadDoor,
    settings: AppSettings,
    _: PublicCaller,
    *,
    lang: Annotated[
        Language | None, Query(description="of the words; else as Accept-Language says")
    ] = None,
) -> Response:
    """Give the certificate on one A4 page, as it was issued, with codes to scan."""
    async with pool.connection() as conn:
        found: Standing = await get_standing(conn, serial)
    paper = Paper(found.signed, origin_of(request), lang or language_of(request))
    pdf = await run_in_threadpool(make_certificate, paper, settings.npm_dir)
    name = f"giay-xac-nhan-{found.signed.serial}.pdf"
    headers = {**NO_STORE, "Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, headers=headers, media_type=_PDF)
