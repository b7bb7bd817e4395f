"""Receipts and devices as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from addrsvc.auth.field_devices import FieldDevice
from addrsvc.codes.code import DigitalCode
from addrsvc.collection.carrying import Imported
from addrsvc.collection.devices import Device
from addrsvc.collection.judging import words_of
from addrsvc.collection.model import CONSENT, CONSENT_TEXT, GATES_M, NEAR_M
from addrsvc.collection.private import Chosen, Noted
from addrsvc.collection.receipts import BlockLeft, Receipt
from addrsvc.errors import Language
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address

RECORD_BODY: Final = {
    "requestBody": {
        "description": "The record; kept byte for byte. Members not named here are let be.",
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["schema", "record", "revision", "act", "made_at"],
                    "properties": {
                        "schema": {"const": 1},
                        "record": {"type": "string", "format": "uuid"},
                        "revision": {"type": "integer", "minimum": 1},
                        "act": {"enum": ["add", "correct", "gone", "nobody-home"]},
                        "made_at": {"type": "string", "format": "date-time"},
                        "server_ahead_s": {"type": ["number", "null"]},
                        "task": {"type": ["string", "null"], "format": "uuid"},
                        "commune_code": {"type": ["string", "null"]},
                        "address": {"type": ["object", "null"]},
                        "code": {"type": ["string", "null"]},
                        "fields": {"type": ["object", "null"]},
                        "position": {"type": ["object", "null"]},
                        "building": {"type": ["object", "null"]},
                        "counts": {"type": ["object", "null"]},
                        "overrides": {"type": "array", "items": {"type": "object"}},
                        "photos": {"type": "array", "items": {"type": "object"}},
                        "has_private": {"type": "boolean"},
                    },
                }
            }
        },
    }
}

PRIVATE_BODY: Final = {
    "requestBody": {
        "description": "A contact, with the wording consented to, and words; null says nothing.",
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["revision"],
                    "properties": {
                        "revision": {"type": "integer", "minimum": 1},
                        "name": {"type": ["string", "null"]},
                        "phone": {"type": ["string", "null"]},
                        "consent": {"type": ["string", "null"]},
                        "words": {"type": ["string", "null"]},
                    },
                }
            }
        },
    }
}


class ChooseIn(BaseModel):
    """Who is the holder."""

    model_config = ConfigDict(extra="forbid")

    holder: Chosen


def device_out(
    device: FieldDevice,
    blocks: Sequence[BlockLeft],
    now: datetime,
    *,
    cards_at: str,
    newest_change: int,
) -> dict[str, Any]:
    """Give what a device needs to know; `cards_at`: where links on cards lead, if said."""
    return {
        "device": device.key_id,
        "name": device.name,
        "held_by": device.held_by,
        "areas": None if device.areas is None else list(device.areas),
        "expires_at": None if device.expires_at is None else device.expires_at.isoformat(),
        "server_time": now.isoformat(),
        "state": "good",
        "blocks": [
            {
                "commune_code": each.commune_code,
                "unused": each.unused,
                "expires_at": each.expires_at.isoformat(),
            }
            for each in blocks
        ],
        "consent": {"version": CONSENT, **CONSENT_TEXT._asdict()},
        "gates_m": {kind.value: gate for kind, gate in GATES_M.items()},
        "near_m": NEAR_M,
        "cards_at": cards_at.rstrip("/") or None,
        "newest_change": newest_change,
    }


def imported_out(imported: Imported, language: Language) -> dict[str, Any]:
    """Give what became of a file."""
    return {
        "taken": imported.taken,
        "already_there": imported.already_there,
        "refused": [
            {"record": each.record, "slug": each.reason.slug, "reason": each.reason.text(language)}
            for each in imported.refused
        ],
    }


def noted_out(noted: Noted) -> dict[str, Any]:
    """Give what was noted beside a record, as far as its reader may see it."""
    contact = noted.contact
    return {
        "words": noted.words,
        "has_contact": noted.has_contact,
        "holder_differs": noted.holder_differs,
        "contact": None
        if contact is None
        else {"name": contact.name, "phone": contact.phone, "consent": contact.consent},
    }


def receipt_out(
    receipt: Receipt, device: Device, now: datetime, language: Language
) -> dict[str, Any]:
    """Give what a device is told of a record."""
    return {
        "record": str(receipt.record),
        "revision": receipt.revision,
        "sha256": receipt.sha256,
        "state": receipt.state.value,
        "waits_for": None if receipt.waits_for is None else receipt.waits_for.value,
        "reasons": [
            {
                "slug": each["slug"],
                "text": words_of(each, language),
                "field": each.get("field"),
            }
            for each in receipt.findings
        ],
        "note": receipt.note,
        "address": None if receipt.address is None else _address_out(receipt.address),
        "conflicts": [
            {
                "field": each.field,
                "base": each.base,
                "registered": each.registered,
                "collected": each.collected,
            }
            for each in receipt.conflicts
        ],
        "photos": [
            {
                "sha256": each.sha256,
                "bytes": each.bytes,
                "received_bytes": each.bytes if each.is_whole else each.received_bytes,
                "is_whole": each.is_whole,
                "fault": each.fault,
            }
            for each in receipt.photos
        ],
        "private": receipt.private,
        "received_at": receipt.received_at.isoformat(),
        "decided_at": None if receipt.decided_at is None else receipt.decided_at.isoformat(),
        "change_number": receipt.change_number,
        "device_state": device.state,
        "server_time": now.isoformat(),
    }


def _address_out(address: Address) -> dict[str, Any]:
    document, code = address.document, address.code
    return {
        "ref": address.ref if code is None else DigitalCode.of(code).plate,
        "code": code,
        "version": address.version,
        "label": address_line(document.components, address.commune_name, address.province_name),
    }
