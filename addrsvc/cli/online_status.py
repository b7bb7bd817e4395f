"""Ask a service what has become of the address of a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import httpx

from addrsvc.certificates.signing import Signed
from addrsvc.errors import Text, Unavailable
from addrsvc.paper.styles import shown

_UNCHANGED: Final = Text("Hiện nay địa chỉ vẫn đúng như trên giấy.", "The address is still so.")
_CHANGED: Final = Text(
    "Từ khi cấp đã thay đổi: {facts}. Xin giấy mới để có nội dung hiện nay.",
    "Changed since: {facts}. Ask for a new certificate to have what is so now.",
)
_RETIRED: Final = Text(
    "Địa chỉ này không còn dùng. Thay bằng: {codes}.",
    "The address is not in use any more. In its place: {codes}.",
)
_UNKNOWN: Final = Text(
    "Chữ ký đúng nhưng hệ thống này không có giấy công khai nào mang số đó.",
    "The signature holds, but this service has no public certificate of that number.",
)
_DIFFERENT: Final = Text(
    "Hệ thống có giấy mang số đó nhưng nội dung khác. Không nên tin giấy này.",
    "The service has a certificate of that number that says something else. Do not rely on this.",
)
_REVOKED: Final = Text(
    "Hệ thống có cấp giấy này, nhưng khóa ký đã bị thu hồi. Xin giấy mới ký bằng khóa mới.",
    "The service did issue this, but its key was revoked. Ask for a new one, by a new key.",
)
_NONE: Final = Text("không có", "none")


@dataclass(eq=False)
class StatusUnreachable(Unavailable):
    """The service did not say what has become of the address."""

    slug = "certificate-status-unreachable"
    title = Text("Không hỏi được hiện trạng", "Present state not to be had")
    message = Text(
        "Chữ ký đúng, nhưng {url} không cho biết hiện trạng của địa chỉ. Hãy kiểm tra địa chỉ dịch "
        "vụ sau --online rồi thử lại.",
        "The signature holds, but {url} does not say what has become of the address. Look at what "
        "stands behind --online, and try again.",
    )
    url: str


def read_status(client: httpx.Client, url: str, signed: Signed) -> tuple[Text, bool]:
    """Say what a service knows of a certificate, and whether what it says is still so.

    Raises:
        StatusUnreachable: no answer, or none that can be read.
    """
    asked = f"{url.rstrip('/')}/v1/certificates/{signed.serial}"
    try:
        answer = client.get(asked)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return _UNKNOWN, False
        answer.raise_for_status()
        found = answer.json()
        return _told(found, signed)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        raise StatusUnreachable(url=url) from None


def _told(found: dict[str, Any], signed: Signed) -> tuple[Text, bool]:
    if found["certificate"] != signed.document():
        return _DIFFERENT, False
    if found["state"] == "unchanged":
        is_trusted = found.get("key", {}).get("revoked") is None
        return (_UNCHANGED, True) if is_trusted else (_both(_UNCHANGED, _REVOKED), True)
    if found["state"] == "retired":
        codes = ", ".join(shown(each) for each in found["present"]["successors"])
        return _with(_RETIRED, codes=codes), False
    facts = ", ".join(shown(each["name"]) for each in found["changed"])
    return _with(_CHANGED, facts=facts), False


def _both(first: Text, second: Text) -> Text:
    return Text(f"{first.vi} {second.vi}", f"{first.en} {second.en}")


def _with(said: Text, **facts: str) -> Text:
    vi = {name: value or _NONE.vi for name, value in facts.items()}
    en = {name: value or _NONE.en for name, value in facts.items()}
    return Text(said.vi.format(**vi), said.en.format(**en))
