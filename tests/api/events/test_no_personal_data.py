"""A name that occurs in everything people may write, looked for in every event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_EAST, IN_WEST, WEST

from addrsvc.auth.model import command_line
from addrsvc.clock import Clock
from addrsvc.registry.bulk.importing import import_file, open_file
from addrsvc.registry.bulk.model import ImportOptions
from addrsvc.registry.model import Kind

pytestmark = pytest.mark.anyio

Headers = dict[str, str]
Register = Callable[..., Awaitable[dict[str, Any]]]

CANARY = "Hoàng Yến Thử"
"""Invented; in every field that holds what people write."""

PHONE, CITIZEN = "0900999123", "079099999123"

FIELDS = {
    "name": CANARY,
    "text": f"nhà ông {CANARY}",
    "holder": {"name": CANARY, "phone": PHONE},
    "aliases": [{"scheme": "old-number", "value": f"nhà {CANARY}"}],
}
INSTRUMENT = {
    "number": "1/QĐ",
    "issued_on": "2026-01-10",
    "issuer": CANARY,
    "title": f"về nhà bà {CANARY}",
}

ROWS = f"""\
ext_id,name,house_number,street,commune,lon,lat,holder,phone,text
1,,901,Đường Mẫu,{WEST},106.651,10.951,{CANARY},{PHONE},nhà {CANARY}
2,,902,Đường Mẫu,{WEST},,,{CANARY},{PHONE},nhà {CANARY}
"""


async def test_no_event_of_any_way_to_write_holds_what_people_wrote(
    client: httpx.AsyncClient,
    app: FastAPI,
    everything: Headers,
    register: Register,
    registry_url: str,
    clock: Clock,
    tmp_path: Path,
) -> None:
    async def act(path: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        headers = {**everything, "If-Match": "*"}
        answer = await client.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, (path, answer.text)
        done: dict[str, Any] = answer.json()
        return done

    codes = [(await register(number, **FIELDS))["ref"] for number in range(1, 41, 3)]
    proposal = (await register(50, position=None, commune_code=WEST, **FIELDS))["ref"]
    why = {"reason": f"theo đơn của {CANARY}, {PHONE}"}
    amended = {"name": f"{CANARY} B", "text": CANARY, "holder": FIELDS["holder"], **why}

    def body_of(number: int) -> dict[str, Any]:
        components = {"house_number": str(number), "thoroughfare": "Đường Mẫu"}
        return {"kind": "dwelling", "source": "field", "components": components, **FIELDS}

    paths = [f"/v1/addresses/{code}" for code in codes]
    await act(paths[0], amended, "PATCH")
    await act(f"/v1/addresses/{proposal}", {"position": IN_EAST, **amended}, "PATCH")
    await act(f"{paths[0]}:change", amended)
    retired = await act(f"{paths[1]}:retire", why)
    assert retired["status"] == "retired"
    await act(f"{paths[1]}:undo", why)
    place = {**IN_WEST, "lon": IN_WEST["lon"] + 0.03}  # type: ignore[operator]
    split = await act(
        f"{paths[2]}:split",
        {
            "into": [{**body_of(201), "position": place}, {**body_of(203), "position": IN_WEST}],
            "instrument": INSTRUMENT,
            **why,
        },
    )
    named = [{"code": code, "version": 1} for code in codes[3:5]]
    merged = {"addresses": named, "into": {**body_of(205), "position": IN_EAST}}
    await act("/v1/addresses:merge", {**merged, "instrument": INSTRUMENT, **why})
    await act(
        f"{paths[5]}:replace",
        {"by": {**body_of(207), "position": IN_WEST}, "instrument": INSTRUMENT, **why},
    )
    await act(f"{paths[6]}:distinct-from", {"other": codes[7], **why})
    await act(f"{paths[8]}:duplicate-of", {"keep": codes[9], **why})
    await act(f"/v1/acts/{split['act_id']}:undo", why)
    link = {"scheme": "parcel", "value": f"{WEST}-1-2", "source": CANARY}
    await act(f"{paths[10]}/identifiers", link)
    withdrawn = {"scheme": "parcel", "value": f"{WEST}-1-2", **why}
    await act(f"{paths[10]}/identifiers:withdraw", withdrawn)

    file = tmp_path / f"{CANARY}.csv"
    file.write_text(ROWS, encoding="utf-8")
    opened = open_file(file, ImportOptions(kind=Kind.DWELLING))
    receipt = await import_file(
        opened, engine=app.state.doors.engine, principal=command_line(CANARY), clock=clock
    )

    assert (receipt.counts.assigned, receipt.counts.proposed) == (1, 1)
    await client.get("/v1/snapshot", headers=everything)  # seals
    feed = (await client.get("/v1/events?limit=1000", headers=everything)).text
    with psycopg.connect(registry_url) as conn:
        told = conn.execute("SELECT type, count(*) FROM event GROUP BY type").fetchall()
        stored = conn.execute("SELECT string_agg(e::text, ' ') FROM event e").fetchone()
        known = conn.execute(
            "SELECT count(*) FROM address_version WHERE document::text LIKE %s", [f"%{CANARY}%"]
        ).fetchone()
    types = {each for each, _ in told}
    assert types >= {
        "address.assigned",
        "address.proposed",
        "address.corrected",
        "address.retired",
        "address.told-apart",
        "address.identifier-withdrawn",
    }, types
    assert known is not None
    assert known[0] > 20
    assert stored is not None
    for wrote in (CANARY, "Hoàng", PHONE, CITIZEN, f"{WEST}-1-2"):
        assert wrote not in stored[0]
        assert wrote not in feed
