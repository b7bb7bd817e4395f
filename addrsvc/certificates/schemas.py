"""Certificates as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from addrsvc.certificates.facts import FACTS
from addrsvc.certificates.service import PublicKey, Standing
from addrsvc.certificates.signing import grouped, jwk_of, pem_of
from addrsvc.certificates.trusting import Revocation
from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Language
from addrsvc.events.chain import moment
from addrsvc.registry.model import STATUS_NAMES


class IssueIn(BaseModel):
    """Of which address a certificate is wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(min_length=1, max_length=200, examples=["75123-04827-7"])]


def standing_out(standing: Standing, origin: str, language: Language) -> dict[str, Any]:
    """Give a certificate as issued, and what has become of its address."""
    serial, address = standing.signed.serial, standing.address
    path = f"{origin}/v1/certificates/{serial}"
    return {
        "serial": serial,
        "printed_serial": grouped(serial),
        "certificate": standing.signed.document(),
        "text": standing.signed.compact(),
        "link": f"{origin}/certificate/{serial}",
        "file": f"{path}/file",
        "print": f"{path}/print",
        "state": standing.state,
        "changed": [{"fact": each, "name": FACTS[each].in_(language)} for each in standing.changed],
        "present": {
            "code": DigitalCode.of(address.code).plate if address.code is not None else None,
            "status": address.status.value,
            "status_name": STATUS_NAMES[address.status].in_(language),
            "valid_from": address.valid_from.isoformat(),
            "successors": list(standing.successors),
        },
        "key": {
            "key_id": standing.signed.key_id,
            "revoked": _revoked_out(standing.revocation),
        },
    }


def key_out(known: PublicKey) -> dict[str, Any]:
    """Give a public key as JWK and PEM."""
    used = known.first_used_at
    return {
        **jwk_of(known.key),
        "pem": pem_of(known.key),
        "current": known.is_current,
        "status": _status(known),
        "first_used_at": None if used is None else moment(used),
        "revoked": _revoked_out(known.revocation),
    }


def _status(known: PublicKey) -> str:
    if known.revocation is not None:
        return "revoked"
    return "current" if known.is_current else "former"


def _revoked_out(revocation: Revocation | None) -> dict[str, Any] | None:
    if revocation is None:
        return None
    since = revocation.since
    return {
        "at": moment(revocation.at),
        "from": None if since is None else moment(since),
        "reason": revocation.reason,
    }
