"""HTTP routes of photos: sent in parts that resume, as tus 1.0 does without its creation step."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import FileResponse

from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.collection import photos
from addrsvc.collection.devices import CollectingDevice
from addrsvc.collection.photo_errors import (
    PhotoHashWrong,
    PhotoLongerThanSaid,
    PhotoOffsetWrong,
    PhotoPartUnreadable,
)
from addrsvc.db.web import AnyTimeConn, AppClock, AppSettings, doors_of
from addrsvc.problems import language_of, response_of
from addrsvc.uploads.bodies import sent_by

router = APIRouter(prefix="/v1/collection/submissions", tags=["collection"])

_BYTES: Final = "application/octet-stream"
_PARTS: Final = frozenset({"application/offset+octet-stream", _BYTES})
"""The first is that of tus; programs that know no tus, such as ours that try the API, say bytes."""
_SHOWN: Final = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}

RecordId = Annotated[UUID, Path(description="id of the record")]
PhotoHash = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the photo as the record announced it, hex",
        examples=["0" * 64],
    ),
]


@router.head("/{record}/photos/{sha256}", include_in_schema=False)
async def get_offset(
    record: RecordId,
    sha256: PhotoHash,
    request: Request,
    device: CollectingDevice,
    settings: AppSettings,
    clock: AppClock,
) -> Response:
    """Give ``Upload-Offset``, from where to send on, and ``Upload-Length``, to its device."""
    engine, digest = doors_of(request).engine, bytes.fromhex(sha256)
    try:
        offset, length = await photos.get_offset(
            engine, device.key_id, record, digest, settings, clock
        )
    except PhotoHashWrong as error:
        return _refused(error, request)
    told = {**NO_STORE, "Upload-Offset": str(offset), "Upload-Length": str(length)}
    return Response(headers=told)


@router.patch(
    "/{record}/photos/{sha256}",
    status_code=204,
    summary="Send the next part of a photo",
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "description": f"the next bytes, at most {photos.PART_MAX_BYTES}",
            "required": True,
            "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def take_part(
    record: RecordId,
    sha256: PhotoHash,
    request: Request,
    device: CollectingDevice,
    settings: AppSettings,
    clock: AppClock,
    upload_offset: Annotated[
        int | None, Header(ge=0, lt=2**31, description="bytes of it the server has")
    ] = None,
) -> Response:
    """Add bytes to what is here, and give the new ``Upload-Offset``; HEAD gives where to begin.

    Another offset than ours is answered 409 with the right one. What came of a part whose
    connection broke is kept. The last part has the photo looked at: one of another hash is
    answered 422, and begins anew.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if upload_offset is None or content_type not in _PARTS:
        raise PhotoPartUnreadable
    engine, digest = doors_of(request).engine, bytes.fromhex(sha256)
    chunks = sent_by(request, None).chunks
    try:
        offset = await photos.take_part(
            engine, device.key_id, record, digest, upload_offset, chunks, settings, clock
        )
    except (PhotoOffsetWrong, PhotoLongerThanSaid, PhotoHashWrong) as error:
        return _refused(error, request)
    return Response(status_code=204, headers={**NO_STORE, "Upload-Offset": str(offset)})


@router.get(
    "/{record}/photos/{sha256}",
    summary="A photo",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}}},
)
async def get_photo(
    record: RecordId,
    sha256: PhotoHash,
    conn: AnyTimeConn,
    caller: Caller,
    settings: AppSettings,
) -> FileResponse:
    """Give the picture to the device that sent it, and to who decides about its record."""
    digest = bytes.fromhex(sha256)
    path, media_type, kept = await photos.get_file(conn, caller, record, digest, settings)
    return FileResponse(path, headers={**_SHOWN, "ETag": f'"{kept}"'}, media_type=media_type)


def _refused(
    error: PhotoOffsetWrong | PhotoLongerThanSaid | PhotoHashWrong, request: Request
) -> Response:
    response = response_of(error, language_of(request), request.scope.get("addrsvc.request_id"))
    response.headers["Upload-Offset"] = str(error.offset)
    return response
