"""HTTP routes of cards and plates: for who may see the address, as its page and look-up."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from addrsvc.auth.web import NO_STORE, PublicCaller
from addrsvc.cards.drawing import CardSize
from addrsvc.cards.service import Printing, print_card, print_plate, read_card, read_plate
from addrsvc.db.rows import Connection
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, origin_of
from addrsvc.errors import Language
from addrsvc.paper.drawing import MEDIA_TYPES, Format
from addrsvc.paper.plate import PlateSize
from addrsvc.problems import language_of
from addrsvc.registry.reading import AddressRef, read_code

router = APIRouter(prefix="/v1/addresses", tags=["addresses"])

_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}}
}
_NOTHING_RUNS: Final = "default-src 'none'; sandbox"
"""A drawing opened by itself fetches nothing and runs nothing."""

RefPath = Annotated[
    str, Path(max_length=200, description="a code in any written form", examples=["75123-04827-7"])
]
Wanted = Annotated[Format, Query(alias="format", description="pdf, or svg for a printing shop")]
Lang = Annotated[Language | None, Query(description="of the words; else as Accept-Language says")]


@router.get(
    "/{ref}/card",
    summary="Print the card of an address (PDF, SVG)",
    responses=_FILES,
    response_class=Response,
)
async def card(
    ref: RefPath,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
    settings: AppSettings,
    *,
    wanted: Wanted = "pdf",
    size: Annotated[CardSize, Query(description="85.6 × 54 mm, or A6")] = CardSize.A6,
    lang: Lang = None,
) -> Response:
    """Give a card: the code with its check digit, a QR code, present and former names.

    A retired address has a card too: it says so, and which code took its place.
    """
    language = lang or language_of(request)
    printing = Printing(language, clock.now(), origin_of(request), settings.demo)
    async with pool.connection() as conn:
        said = await read_card(conn, caller, await _read_ref(conn, ref), printing)
    set_ = await run_in_threadpool(print_card, said, size, wanted, language, settings.npm_dir)
    return _file(set_, wanted, f"the-{said.plate.code}")


@router.get(
    "/{ref}/plate",
    summary="Print the plate of an address (PDF, SVG)",
    responses=_FILES,
    response_class=Response,
)
async def plate(
    ref: RefPath,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    settings: AppSettings,
    *,
    wanted: Wanted = "pdf",
    size: Annotated[
        PlateSize, Query(description="200 × 150, 150 × 100 or 90 × 60 mm")
    ] = PlateSize.STANDARD,
    lang: Lang = None,
) -> Response:
    """Give a plate: the code with its check digit, the address, a QR code; white on dark blue."""
    language = lang or language_of(request)
    async with pool.connection() as conn:
        said = await read_plate(conn, caller, await _read_ref(conn, ref), origin_of(request))
    set_ = await run_in_threadpool(print_plate, said, size, wanted, language, settings.npm_dir)
    return _file(set_, wanted, f"bien-{said.code}")


async def _read_ref(conn: Connection, ref: str) -> AddressRef:
    if ref.startswith("p"):
        return AddressRef.parse(ref)
    return AddressRef.of_code(await read_code(conn, ref))


def _file(content: bytes, wanted: Format, name: str) -> Response:
    headers = {
        **NO_STORE,
        "Content-Disposition": f'inline; filename="{name}.{wanted}"',
        "Content-Security-Policy": _NOTHING_RUNS,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers, media_type=MEDIA_TYPES[wanted])
