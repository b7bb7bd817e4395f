"""The recipe for nginx, with a real nginx before a server that says what reaches it."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from local_tls import LocalTls, make_local_tls

from addrsvc.cli.web_server import WebServer, free_port

_ROOT = Path(__file__).resolve().parents[2]
RECIPE = _ROOT / "scripts" / "nginx.conf"
NGINX = str(_ROOT / ".data" / "nginx" / "usr" / "sbin" / "nginx")
"""Unpacked there by the set-up of the tests."""
PHOTO = "/v1/collection/submissions/1/photos/2"

SAYS = """
import json, pathlib
HERE = pathlib.Path(__file__).parent

def make():
    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        told = {name.decode(): value.decode() for name, value in scope["headers"]}
        told |= {"scheme": scope["scheme"], "client": scope["client"][0], "size": 0}
        more = scope["method"] in {"PATCH", "POST", "PUT"}
        while more:
            message = await receive()
            more = message.get("more_body", False)
            told["size"] += len(message.get("body", b""))
            (HERE / "size").write_text(str(told["size"]))
        headers = [(b"content-type", b"application/json"), (b"upload-offset", b"7")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})
    return app
"""


@dataclass
class Proxy:
    """A running nginx."""

    port: int
    plain_port: int
    folder: Path
    tls: LocalTls

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def received(self) -> int:
        """Give how much of the body under way has reached the service."""
        said = self.folder / "size"
        return int(said.read_text() or 0) if said.exists() else 0


def configuration(folder: Path, tls: LocalTls, ports: dict[str, int]) -> str:
    """Give the recipe with ports and files of a test, and nothing else changed."""
    recipe = RECIPE.read_text(encoding="utf-8")
    for there, here in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{ports['service']};"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{ports['plain']};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{ports['tls']} ssl http2;"),
        ("/etc/letsencrypt/live/dia-chi.example.vn/fullchain.pem", str(tls.made.certificate)),
        ("/etc/letsencrypt/live/dia-chi.example.vn/privkey.pem", str(tls.made.key)),
    ):
        assert there in recipe, there
        recipe = recipe.replace(there, here)
    places = "".join(
        f"{each}_temp_path {folder}/{each};\n"
        for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr error;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{recipe}}}\n"
    )


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "says_app.py").write_text(SAYS)
    tls = make_local_tls(folder / "tls")
    ports = {name: free_port() for name in ("service", "plain", "tls")}
    (folder / "nginx.conf").write_text(configuration(folder, tls, ports), encoding="utf-8")
    service = WebServer(
        "127.0.0.1",
        ports["service"],
        1,
        {"PYTHONPATH": str(folder)},
        trusted_proxies="127.0.0.1",
        factory="says_app:make",
    )
    nginx = None
    try:
        service.wait_ready()
        nginx = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])  # noqa: S603 -- nginx itself
        made = Proxy(ports["tls"], ports["plain"], folder, tls)
        while True:
            assert nginx.poll() is None, "nginx refused the recipe"
            try:
                httpx.get(made.url, verify=tls.made.trusting())
                break
            except httpx.TransportError:
                time.sleep(0.02)
        yield made
    finally:
        if nginx is not None:
            nginx.terminate()
            nginx.wait()
        service.stop(lambda: True)


def test_the_service_learns_who_asks_and_how(proxy: Proxy) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "gopher", "Host": "dia-chi.vn"}
    with httpx.Client(verify=proxy.tls.made.trusting()) as client:
        answer = client.get(proxy.url, headers=forged)
        told = answer.json()
        assert (told["scheme"], told["client"], told["host"]) == (
            "https",
            "127.0.0.1",
            "dia-chi.vn",
        )
        assert len(told["x-request-id"]) == 32
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        moved = client.get(f"http://127.0.0.1:{proxy.plain_port}/field?task=1")
        assert (moved.status_code, moved.headers["location"]) == (
            301,
            "https://127.0.0.1/field?task=1",
        )
        # bodies: parts of photos and sheets; more is refused, but for whole files
        sent = client.patch(
            f"{proxy.url}{PHOTO}",
            content=bytes(1_048_576),
            headers={"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"},
        )
        assert (sent.json()["size"], sent.headers["upload-offset"]) == (1_048_576, "7")
        assert sent.json()["upload-offset"] == "0"
        assert client.put(f"{proxy.url}/v1/x", content=bytes(3_000_000)).status_code == 413
        whole = client.post(f"{proxy.url}/v1/jobs", content=bytes(3_000_000))
        assert whole.json()["size"] == 3_000_000


def test_what_came_of_a_part_reaches_the_service_before_the_rest(proxy: Proxy) -> None:
    context = proxy.tls.made.trusting()
    (proxy.folder / "size").unlink(missing_ok=True)
    with (
        socket.create_connection(("127.0.0.1", proxy.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        line.sendall(
            f"PATCH {PHOTO} HTTP/1.1\r\nHost: dia-chi.vn\r\nContent-Length: 500000\r\n\r\n".encode()
        )
        line.sendall(bytes(200_000))
        while proxy.received() < 200_000:  # the rest has not been sent: nginx holds nothing back
            time.sleep(0.02)


def test_browsers_speak_http_2(proxy: Proxy) -> None:
    context = proxy.tls.made.trusting()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", proxy.port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        assert line.selected_alpn_protocol() == "h2"
        assert line.version() in {"TLSv1.2", "TLSv1.3"}
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(proxy.tls.made.authority)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", proxy.port)) as plain,
        old.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        assert line.version() == "TLSv1.2"
