"""Certificates of addresses: make a key, issue, verify without a network."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.certificates import signing
from addrsvc.certificates.errors import CertificateUnreadable, PublicKeyUnreadable
from addrsvc.certificates.keys import configured_keys, signer_of
from addrsvc.certificates.service import Standing
from addrsvc.certificates.service import issue as certify
from addrsvc.certificates.trusting import Revocation, day_of, read_revocations, require_trusted
from addrsvc.cli import certificate_keys, terminal_language
from addrsvc.cli.online_status import read_status
from addrsvc.cli.session import in_transaction, operator
from addrsvc.clock import SystemClock
from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Text
from addrsvc.paper.styles import shown
from addrsvc.registry.reading import AddressRef, read_code
from addrsvc.settings import Settings

app = typer.Typer(no_args_is_help=True)
app.add_typer(certificate_keys.app, name="keys", help=certificate_keys.__doc__)

_HOLDS = Text(
    "Chữ ký đúng. Giấy số {serial}, cấp {issued}, khóa {key}.",
    "The signature holds. Certificate {serial}, issued {issued}, key {key}.",
)
_NOW_UNKNOWN = Text(
    "Chữ ký chỉ cho biết nội dung lúc cấp; thêm --online để biết hiện nay còn đúng hay không.",
    "The signature says what was so when issued; add --online to see whether it still is.",
)
_REVOKED_LATER = Text(
    "Khóa ký đã bị thu hồi, không còn tin từ {since} ({reason}). Giấy ghi ngày trước đó, nhưng ai "
    "giữ khóa cũng ghi lùi ngày được: chỉ tin khi --online xác nhận.",
    "Its key was revoked and is not trusted from {since} on ({reason}). It says it is older, but "
    "whoever has the key can write any day: rely on it only where --online confirms it.",
)
_NO_REVOCATIONS = Text(
    "Không biết khóa nào đã bị thu hồi: chỉ tệp JSON của /v1/certificates/keys ghi (--keys).",
    "Which keys are revoked is not known: only the JSON of /v1/certificates/keys says it (--keys).",
)


@app.command()
def new_key() -> None:
    """Make a key for signing certificates and print it once, with its public half."""
    seed = signing.new_seed()
    public = signing.signing_key(seed).public_key()
    print(f"ADDRSVC_CERTIFICATE_KEY={seed}")
    print(f"key id: {signing.key_id_of(public)}")
    print(signing.pem_of(public), end="")


@app.command()
def issue(
    code: str = typer.Argument(help="Of a public address in use."),
    out: Path | None = typer.Option(None, help="File for the certificate; else standard output."),
) -> None:
    """Certify what the register says of an address now: a JSON file, signed."""
    signer = signer_of(Settings())

    async def run(conn: AsyncConnection) -> Standing:
        ref = AddressRef.of_code(await read_code(conn, code))
        return await certify(conn, operator(), ref, signer, SystemClock())

    signed = in_transaction(run).signed
    content = orjson.dumps(signed.document(), option=orjson.OPT_SORT_KEYS).decode()
    if out is None:
        print(content)
    else:
        out.write_text(content + "\n", encoding="utf-8")
        print(signing.grouped(signed.serial))


@app.command()
def verify(
    certificate: str = typer.Argument(help="File, or the text of its QR code; - reads input."),
    key: list[Path] = typer.Option(
        [],
        "--key",
        "--keys",
        help="Public keys: PEM, or the JSON of /v1/certificates/keys; else our own.",
    ),
    online: str | None = typer.Option(
        None, help="Address of the service to ask for the present state, such as https://…"
    ),
) -> None:
    """Verify a certificate by its signature; nothing is asked of a network without --online."""
    signed = signing.read(_text_of(certificate))
    keys, revoked, is_told = _keys(key)
    signing.verify(signed, keys)
    revocation = require_trusted(signed, revoked)
    language = terminal_language()
    payload = signed.payload
    print(
        _HOLDS.in_(language).format(
            serial=signing.grouped(signed.serial),
            issued=shown(payload["issued_at"]),
            key=signed.key_id,
        )
    )
    print(f"{DigitalCode.of(str(payload['code'])).plate}  {shown(payload['label'])}")
    if revocation is not None:
        told = {"since": day_of(revocation), "reason": shown(revocation.reason)}
        print(_REVOKED_LATER.in_(language).format(**told))
    elif not is_told:
        print(_NO_REVOCATIONS.in_(language))
    if online is None:
        print(_NOW_UNKNOWN.in_(language))
        if revocation is not None:
            raise typer.Exit(5)
        return
    with httpx.Client(timeout=20, headers={"Accept-Language": language}) as client:
        words, is_so = read_status(client, online, signed)
    print(words.in_(language))
    if not is_so:
        raise typer.Exit(5)


def _text_of(given: str) -> str:
    if given == "-":
        return sys.stdin.read(signing.MAX_TEXT + 1)
    file = Path(given)
    is_text = len(given) > 255 or "#" in given or given.lstrip().startswith("{")
    if is_text or not file.is_file():
        return given
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise CertificateUnreadable(why="file") from None


def _keys(files: list[Path]) -> tuple[signing.Keys, dict[str, Revocation], bool]:
    """Give the keys trusted, which of them are revoked, and whether that is known."""
    if not files:
        own = [each.public_key() for each in configured_keys(Settings())]
        return {signing.key_id_of(each): each for each in own}, {}, False
    found, revoked, is_told = {}, {}, False
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise PublicKeyUnreadable(file=file.name) from None
        found.update(signing.read_public_keys(text, file.name))
        revoked.update(read_revocations(text, file.name))
        is_told = is_told or text.lstrip().startswith("{")
    return found, revoked, is_told
