"""Receipts and devices as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from addrsvc.codes.code import DigitalCode
from addrsvc.collection.devices import Device
from addrsvc.collection.receipts import Receipt, words_of_finding
from addrsvc.errors import Language
from addrsvc.registry.label import address_line
from addrsvc.registry.model import Address


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
                "text": words_of_finding(each, language),
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
