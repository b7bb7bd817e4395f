"""Examples of batches for OpenAPI, and the form of their answer."""

from __future__ import annotations

from typing import Any, Final

EXAMPLES: Final[dict[str, Any]] = {
    "geocode": {
        "summary": "Find addresses",
        "value": {
            "kind": "geocode",
            "items": [
                {"id": "hs-1", "text": "123/45/6A Lê Hồng Phong, P. Phú Lợi, TP. Thủ Dầu Một"},
                {
                    "id": "hs-2",
                    "components": {
                        "house_number": "12",
                        "thoroughfare": "Đường Lê Lợi",
                        "commune": "Phường Phú Lợi",
                    },
                },
            ],
        },
    },
    "reverse": {
        "summary": "Find communes and addresses around points",
        "value": {"kind": "reverse", "items": [{"id": 1, "lon": 106.6519, "lat": 10.9804}]},
    },
    "validate": {
        "summary": "Judge addresses",
        "value": {
            "kind": "validate",
            "at": "2025-06-30",
            "items": [{"id": "a", "text": "12 Lê Lợi, P. Phú Cường, TX. TDM, Bình Dương"}],
        },
    },
    "convert": {
        "summary": "Old communes to new",
        "value": {
            "kind": "convert",
            "items": [
                {"id": "x", "text": "P. Bình Chuẩn, TP. Thuận An", "locality": "KP Bình Phú"},
                {"id": "y", "code": "25747", "from": "2025-06-30"},
            ],
        },
    },
    "check": {
        "summary": "Look codes up",
        "value": {"kind": "check", "items": [{"id": "bien-1", "code": "75123-04827-7"}]},
    },
}

_ITEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": ["string", "integer", "null"]},
        "status": {"enum": ["certain", "review", "not_found", "refused"]},
        "category": {"enum": ["A", "B", "C"]},
        "next_action": {"enum": ["accept", "confirm", "fix", "add_unit"]},
        "answer": {"type": "object", "description": "as the single call gives it"},
        "problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "description": "in place of the answer; pointers are within the item",
        },
    },
}
_COUNTS: Final[dict[str, Any]] = {"type": "object", "additionalProperties": {"type": "integer"}}
_SHA256: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_RECEIPT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["kind", "items", "counts", "categories", "sent_sha256", "items_sha256", "event"],
    "properties": {
        "kind": {"type": "string"},
        "items": {"type": "integer"},
        "counts": {**_COUNTS, "description": "of each status; they add up to items"},
        "categories": {**_COUNTS, "description": "of verdicts"},
        "sent_sha256": {**_SHA256, "description": "of the body as sent"},
        "items_sha256": {**_SHA256, "description": "of the array items as it stands here"},
        "event": {"type": "integer", "description": "sealed last before the first answer"},
    },
}
RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "every item, in order",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["receipt", "items"],
                    "properties": {
                        "receipt": _RECEIPT,
                        "items": {"type": "array", "items": _ITEM},
                    },
                }
            }
        },
    }
}
