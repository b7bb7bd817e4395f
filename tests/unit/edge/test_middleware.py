"""Guard and Observe around small apps: time, size, surprises, ids."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from addrsvc import problems
from addrsvc.db.web import longer_deadline
from addrsvc.edge import logs, middleware
from addrsvc.edge.middleware import BodyTooLarge, Guard, Observe, Upload

pytestmark = pytest.mark.anyio


def _add_waiting(app: FastAPI) -> None:
    @app.get("/late-stream")
    async def late_stream() -> StreamingResponse:
        async def parts() -> object:
            await asyncio.sleep(5)
            yield b"x"

        return StreamingResponse(parts())

    @app.get("/patient", dependencies=[longer_deadline(2)])
    async def patient() -> str:
        await asyncio.sleep(0.4)
        return "waited"


@pytest.fixture
def small() -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app)
    _add_waiting(app)

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(5)
        return "late"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> object:
            for _ in range(4):
                yield b"x"
                await asyncio.sleep(0.1)

        return StreamingResponse(parts())

    @app.get("/bug/{what}")
    async def bug(what: str) -> str:
        raise RuntimeError(f"secret {what}")

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        return Response(await request.body())

    @app.get("/lines")
    async def lines(value: str) -> Response:
        return Response(b"x", headers={"Link": value})

    @app.get("/timeout")
    async def own_timeout() -> str:
        raise TimeoutError

    app.add_middleware(Guard, max_body_bytes=1000, deadline_s=0.2)
    app.add_middleware(Observe)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test"))


async def test_what_takes_too_long_is_answered_503(small: httpx.AsyncClient) -> None:
    answer = await small.get("/slow")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["type"] == "/problems/database-unreachable"


async def test_an_answer_that_has_begun_may_take_its_time(small: httpx.AsyncClient) -> None:
    assert (await small.get("/stream")).content == b"xxxx"


async def test_a_stream_that_does_not_begin_is_answered_503(small: httpx.AsyncClient) -> None:
    answer = await small.get("/late-stream")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_route_may_declare_a_longer_deadline(small: httpx.AsyncClient) -> None:
    assert (await small.get("/patient")).json() == "waited"


async def test_an_answer_in_which_nothing_moves_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def stalled(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await asyncio.sleep(5)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    async def receive() -> Message:
        return {"type": "http.request"}

    sent: list[str] = []
    monkeypatch.setattr("addrsvc.edge.middleware._STALL_S", 0.1)
    guard = Guard(stalled, max_body_bytes=9, deadline_s=0.1)
    with capture_logs() as lines:
        await guard({"type": "http", "headers": []}, receive, send)
    assert sent == ["http.response.start", "http.response.body"]
    assert [line["event"] for line in lines] == ["answer stalled"]


async def test_the_end_of_an_answer_nobody_takes_is_cut_off_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def streamed(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body" and not message["more_body"]:
            await asyncio.sleep(5)  # what went before fills the line

    async def receive() -> Message:
        return {"type": "http.request"}

    monkeypatch.setattr("addrsvc.edge.middleware._STALL_S", 0.1)
    guard = Guard(streamed, max_body_bytes=9, deadline_s=0.1)
    with capture_logs() as lines:
        async with asyncio.timeout(2):
            await guard({"type": "http", "headers": []}, receive, send)
    assert [line["event"] for line in lines] == ["answer stalled"]


async def test_what_is_done_behind_an_answer_may_take_its_time() -> None:
    done = False

    async def busy(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal done
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})
        await asyncio.sleep(0.3)
        done = True

    async def send(_: Message) -> None:
        pass

    async def receive() -> Message:
        return {"type": "http.request"}

    guard = Guard(busy, max_body_bytes=9, deadline_s=0.1)
    await guard({"type": "http", "headers": []}, receive, send)
    assert done


async def test_a_body_that_dribbles_in_is_told_so(small: httpx.AsyncClient) -> None:
    async def dribble() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x"
            await asyncio.sleep(0.1)

    answer = await small.post("/echo", content=dribble())
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/body-too-slow")


async def test_a_timeout_of_the_app_itself_is_a_bug_not_a_deadline(
    small: httpx.AsyncClient,
) -> None:
    with capture_logs():  # rendering the traceback would take longer than the deadline
        assert (await small.get("/timeout")).status_code == 500


async def test_surprises_are_logged_once_and_tell_nothing(small: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        answer = await small.get("/bug/typed-by-someone", headers={"X-Request-Id": "abcdefgh"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "abcdefgh"
    errors = [line for line in lines if line["log_level"] == "error"]
    assert len(errors) == 1
    request = next(line for line in lines if line["event"] == "request")
    assert (request["route"], request["status"]) == ("/bug/{what}", 500)


async def test_paths_and_queries_never_enter_the_log(small: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await small.get("/bug/0900000000?q=079012345678")
        await small.get("/nowhere/0900000000")
    told = str([{**line, "exc_info": None} for line in lines])
    assert "0900000000" not in told
    assert "079012345678" not in told


@pytest.mark.parametrize("given", ["short", "with space and more", "x" * 65, "ünïcode-id"])
async def test_odd_request_ids_are_replaced(small: httpx.AsyncClient, given: str) -> None:
    answer = await small.post("/echo", headers={"X-Request-Id": given.encode("utf-8")})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


async def test_no_value_begins_a_header_of_its_own(small: httpx.AsyncClient) -> None:
    for value in ("a\r\nSet-Cookie: x=1", "a\n\n<script>", "a\rb"):
        with capture_logs():
            answer = await small.get("/lines", params={"value": value})
        assert answer.status_code == 500
        assert "link" not in answer.headers
    assert (await small.get("/lines", params={"value": "a"})).headers["link"] == "a"


async def test_bodies_up_to_the_limit_pass_and_no_further(small: httpx.AsyncClient) -> None:
    assert (await small.post("/echo", content=b"x" * 1000)).status_code == 200
    assert (await small.post("/echo", content=b"x" * 1001)).status_code == 413
    odd = await small.post("/echo", content=b"x", headers={"Content-Length": "-5"})
    assert odd.status_code == 413
    huge = await small.post("/echo", content=b"x", headers={"Content-Length": "9" * 5000})
    assert huge.status_code == 413


async def test_unknown_paths_and_methods_are_problems_too(small: httpx.AsyncClient) -> None:
    unknown, method = await small.get("/nowhere"), await small.put("/echo")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/route-unknown")
    assert (method.status_code, method.headers["allow"]) == (405, "POST")


def test_logs_tell_where_never_what_values(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    before = structlog.get_config()
    try:
        logs.configure()
        typed = "0900000000"
        try:
            int("boom")
        except ValueError:
            structlog.get_logger("t").exception("failed")
        out = capsysbinary.readouterr().out
        assert b"ValueError" in out
        assert b"test_middleware" in out
        assert b"boom" not in out
        assert typed.encode() not in out
    finally:
        structlog.configure(**before)


async def test_an_upload_may_take_its_time_as_long_as_it_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its deadline moves with each piece; who sends a byte at a time is ended."""
    monkeypatch.setattr(middleware, "_PIECE_S", 0.2)
    monkeypatch.setattr(middleware, "_PIECE_BYTES", 1_000)
    app = FastAPI()
    problems.install(app)

    @app.post("/files")
    @app.post("/others")
    async def take(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    def upload_of(method: str, path: str) -> Upload | None:
        is_file = (method, path) == ("POST", "/files")
        return Upload(6_000, BodyTooLarge) if is_file else None

    guard = Guard(app, max_body_bytes=100, deadline_s=0.2, upload_of=upload_of)
    transport = httpx.ASGITransport(app=guard)

    async def pieces(size: int, count: int = 5) -> AsyncIterator[bytes]:
        for _ in range(count):
            await asyncio.sleep(0.1)
            yield b"x" * size

    async with httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client:
        whole = await client.post("/files", content=pieces(1_000))
        assert (whole.status_code, whole.json()) == (200, 5_000)
        slow = await client.post("/files", content=pieces(1))
        assert (slow.status_code, slow.json()["type"]) == (503, "/problems/body-too-slow")
        for given in (pieces(2_000), b"x" * 6_001):
            over = await client.post("/files", content=given)
            assert (over.status_code, over.json()["limit_bytes"]) == (413, 6_000)
        assert (await client.post("/others", content=b"x" * 101)).json()["limit_bytes"] == 100
