"""Pure: keys that are no longer trusted, and what that means for what they signed.

A revoked key is not trusted from a moment on, or never. A certificate that says it is older still
has a signature that holds, but whoever has the key may write any day: without a network it is not
confirmed, and the service is asked whether it issued it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from addrsvc.certificates.errors import (
    CertificateKeyRevoked,
    CertificateUnreadable,
    PublicKeyUnreadable,
)
from addrsvc.certificates.signing import Signed, key_id_of, parsed, public_key_of


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a key is no longer trusted."""

    at: datetime
    """When that was said."""
    since: datetime | None
    """From when on; None: whatever it signed."""
    reason: str

    def covers(self, signed: Signed) -> bool:
        """Tell whether a certificate says it was issued when its key was not to be trusted."""
        if self.since is None:
            return True
        try:
            issued_at = datetime.fromisoformat(str(signed.payload["issued_at"]))
        except (KeyError, ValueError):
            return True
        return issued_at.tzinfo is None or issued_at >= self.since


def require_trusted(signed: Signed, revoked: Mapping[str, Revocation]) -> Revocation | None:
    """Pass a certificate of a key that was trusted on the day it names.

    Returns:
        What was said of its key since; None: nothing.

    Raises:
        CertificateKeyRevoked: its key was not trusted then.
    """
    revocation = revoked.get(signed.key_id)
    if revocation is not None and revocation.covers(signed):
        raise CertificateKeyRevoked(
            key_id=signed.key_id, since=day_of(revocation), reason=revocation.reason
        )
    return revocation


def day_of(revocation: Revocation) -> str:
    """Give the moment from which a key is not trusted, as texts name it; a dash: from the first.

    >>> at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    >>> day_of(Revocation(at, at, "")), day_of(Revocation(at, None, ""))
    ('2026-01-02T03:04:05Z', '–')
    """
    if revocation.since is None:
        return "–"
    return f"{revocation.since.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def read_revocations(text: str, file: str) -> dict[str, Revocation]:
    """Read which keys of the JSON of ``/v1/certificates/keys`` are revoked; PEM names none.

    Args:
        text: what the file holds.
        file: its name, for words.

    Raises:
        PublicKeyUnreadable: what it says of one cannot be read.
    """
    if not text.lstrip().startswith("{"):
        return {}
    try:
        return dict(_revocations_in(text))
    except (ValueError, TypeError, KeyError, AttributeError, CertificateUnreadable):
        raise PublicKeyUnreadable(file=file) from None


def _revocations_in(text: str) -> Iterator[tuple[str, Revocation]]:
    for each in parsed(text)["keys"]:
        said = each.get("revoked")
        if said is None and each.get("status") != "revoked":
            continue
        since = None if said["from"] is None else _moment(said["from"])
        yield key_id_of(public_key_of(each)), Revocation(_moment(said["at"]), since, said["reason"])


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
