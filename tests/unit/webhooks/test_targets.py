"""Attacks on the one who sends: each name says which; a listener on loopback hears none of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from ipaddress import ip_address
from unittest.mock import patch

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.webhooks.model import Failure, Outcome
from addrsvc.webhooks.sending import Sender, ask_dns
from addrsvc.webhooks.targets import Refusal, Rules, TargetRefused, is_public

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
PUBLIC = "203.0.114.5"
"""Is nobody's here: connecting to it is refused by the tests themselves."""


class Listener:
    """Counts who connects; answers everybody with a redirect to the metadata of a cloud."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\n"
            b"Content-Length: 0\r\nConnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    heard = Listener()
    server = await asyncio.start_server(heard, "127.0.0.1", 0)
    heard.port = server.sockets[0].getsockname()[1]
    async with server:
        yield heard


class Names:
    """A DNS whose answers change from one question to the next; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, *_: object) -> list[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def sender_of(port: int, names: Names, allow: str = "") -> Sender:
    return Sender(Rules.read(allow, f"443,{port}"), names)


async def attempt(sender: Sender, url: str) -> Outcome:
    async with sender.line(url) as line:
        return await line.post([], b"{}", now=NOW, total_s=5)


LOOPBACK_URLS = {
    "ipv4 literal": "https://127.0.0.1:{port}/",
    "ipv4-mapped ipv6": "https://[::ffff:127.0.0.1]:{port}/",
    "ipv4-mapped ipv6 in hexadecimal": "https://[::ffff:7f00:1]:{port}/",
    "ipv4-compatible ipv6": "https://[::127.0.0.1]:{port}/",
    "nat64": "https://[64:ff9b::7f00:1]:{port}/",
    "6to4": "https://[2002:7f00:1::]:{port}/",
    "ipv6 loopback": "https://[::1]:{port}/",
    "unspecified": "https://0.0.0.0:{port}/",
    "unspecified ipv6": "https://[::]:{port}/",
    "decimal": "https://2130706433:{port}/",
    "hexadecimal": "https://0x7f.1:{port}/",
    "hexadecimal in one": "https://0x7f000001:{port}/",
    "octal": "https://0177.0.0.1:{port}/",
    "leading zeros": "https://127.0.0.001:{port}/",
    "short": "https://127.1:{port}/",
    "zero": "https://0:{port}/",
    "name": "https://localhost:{port}/",
    "name with a trailing dot": "https://localhost.:{port}/",
    "user name that looks like a host": "https://good@127.0.0.1:{port}/",
    "user name and password": "https://good.example:443@127.0.0.1:{port}/",
    "user name in escapes": "https://good.example%40127.0.0.1:{port}/",
    "backslash before the host": "https://good.example\\@127.0.0.1:{port}/",
    "fragment before the host": "https://good.example#@127.0.0.1:{port}/",
    "ideographic full stops": "https://127。0。0。1:{port}/",
    "fullwidth digits": "https://１２７.0.0.1:{port}/",
    "circled digits": "https://①②⑦.0.0.1:{port}/",
    "tab inside": "https://127.0.\t0.1:{port}/",
    "newline before a header": "https://127.0.0.1:{port}/\r\nHost: good.example",
    "null byte": "https://127.0.0.1\0.good.example:{port}/",
    "plain http": "http://127.0.0.1:{port}/",
    "another scheme": "gopher://127.0.0.1:{port}/",
    "scheme left out": "//127.0.0.1:{port}/",
    "zone of an interface": "https://[fe80::1%25lo]:{port}/",
    "long": "https://127.0.0.1:{port}/" + "a" * 2_000,
}


@pytest.mark.parametrize("form", LOOPBACK_URLS)
async def test_no_way_of_writing_loopback_is_connected_to(form: str, listener: Listener) -> None:
    url = LOOPBACK_URLS[form].format(port=listener.port)
    sender = sender_of(listener.port, Names(["127.0.0.1"]))
    with pytest.raises(TargetRefused):
        await sender.check(url)
    assert (await attempt(sender, url)).failure is Failure.ADDRESS_REFUSED
    assert listener.connections == 0


async def test_dns_whose_answer_changes_between_registration_and_delivery(
    listener: Listener,
) -> None:
    sender = sender_of(listener.port, Names([PUBLIC], ["127.0.0.1"]))
    url = f"https://rebound.example:{listener.port}/"
    await sender.check(url)
    assert (await attempt(sender, url)).failure is Failure.ADDRESS_REFUSED
    assert listener.connections == 0


async def test_dns_whose_answer_changes_between_check_and_connection(listener: Listener) -> None:
    names = Names([PUBLIC], ["127.0.0.1"])
    sender = sender_of(listener.port, names)
    reached: list[str] = []

    async def note(_: object, host: str, *__: object, **___: object) -> None:
        reached.append(host)
        raise httpcore.ConnectError

    with patch.object(httpcore.AnyIOBackend, "connect_tcp", note):
        outcome = await attempt(sender, f"https://rebound.example:{listener.port}/")
    assert (reached, names.asked) == ([PUBLIC], 1)
    assert outcome.failure is Failure.CONNECTION
    assert listener.connections == 0


@pytest.mark.parametrize("answer", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], ["::1", PUBLIC]])
async def test_dns_with_one_good_and_one_bad_address(answer: list[str], listener: Listener) -> None:
    sender = sender_of(listener.port, Names(answer))
    outcome = await attempt(sender, f"https://both.example:{listener.port}/")
    assert outcome.failure is Failure.ADDRESS_REFUSED
    assert listener.connections == 0


async def test_redirect_to_the_metadata_of_a_cloud_is_a_failure(listener: Listener) -> None:
    sender = sender_of(listener.port, Names(["127.0.0.1"]), allow="127.0.0.1/32")
    outcome = await attempt(sender, f"http://receiver.example:{listener.port}/")
    assert (outcome.status, outcome.failure) == (302, Failure.REDIRECT)
    assert listener.connections == 1


async def test_proxies_of_the_environment_are_not_used(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener.port}")
    sender = sender_of(1, Names(["127.0.0.1"]), allow="127.0.0.1/32")
    assert (await attempt(sender, "http://receiver.example:1/")).failure is Failure.CONNECTION
    assert listener.connections == 0


@pytest.mark.parametrize("port", [22, 80, 5432, 6379, 65536, 0])
async def test_other_ports_are_refused(port: int) -> None:
    with pytest.raises(TargetRefused) as refused:
        await Sender(Rules.read("", "443,8443"), Names([PUBLIC])).check(
            f"https://a.example:{port}/"
        )
    assert refused.value.refusal is Refusal.PORT


async def test_a_name_that_is_not_known_is_said_so() -> None:
    sender = sender_of(443, Names([]))
    with pytest.raises(TargetRefused) as refused:
        await sender.check("https://nowhere.example/")
    assert refused.value.refusal is Refusal.UNRESOLVED
    assert (await attempt(sender, "https://nowhere.example/")).failure is Failure.UNRESOLVED


async def test_http_is_for_what_the_operator_allows() -> None:
    with pytest.raises(TargetRefused) as refused:
        await Sender(Rules.read("", "80"), Names([PUBLIC])).check("http://a.example/")
    assert refused.value.refusal is Refusal.SCHEME
    allowed = Rules.read("10.1.0.0/16, noi-nhan.bo.example", "80,443")
    for url, address in (
        ("http://may.example/", "10.1.2.3"),
        ("http://noi-nhan.bo.example/", "192.168.1.1"),
        ("http://10.1.2.3/", ""),
    ):
        assert (await Sender(allowed, Names([address])).check(url)).port == 80
    for address in ("10.2.0.1", "127.0.0.1"):
        with pytest.raises(TargetRefused):
            await Sender(allowed, Names([address])).check("http://may.example/")


def test_an_allowed_network_does_not_let_its_translations_through() -> None:
    rules = Rules.read("127.0.0.0/8", "443")
    with pytest.raises(TargetRefused):
        rules.check(rules.target("https://[::ffff:127.0.0.1]/"), ["::ffff:127.0.0.1"])


def test_what_a_url_is_taken_apart_into() -> None:
    rules = Rules.read("", "443,8443")
    target = rules.target("https://Receiver.Example:8443/a/b?c=d")
    assert (target.host, target.port, target.path) == ("receiver.example", 8443, "/a/b?c=d")
    assert target.authority == "receiver.example:8443"
    assert rules.target("https://a.example?x=1").path == "/?x=1"
    assert rules.target("https://[2606:4700::1]").authority == "[2606:4700::1]"
    assert rules.target("https://a.example").authority == "a.example"


@pytest.mark.parametrize("network", ["fc00::/7x", "10.0.0.1/8"])
def test_a_network_that_is_none_is_refused(network: str) -> None:
    with pytest.raises(ValueError, match=r"network|host bits"):
        Rules.read(network, "443")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "64:ff9b:1::1",
        "100::1",
        "5f00::1",
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "203.162.4.190", "2606:4700::1", "2405:4800::1"])
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_no_address_python_calls_private_is_public(address: object) -> None:
    found = ip_address(str(address))
    if found.is_private or found.is_loopback or found.is_link_local or found.is_multicast:
        assert not is_public(found)


async def test_names_are_asked_for_also_while_other_threads_are_busy() -> None:
    done = threading.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    busy = asyncio.create_task(asyncio.to_thread(done.wait))
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(3):
            assert "127.0.0.1" in await ask_dns("localhost", 443)
    finally:
        done.set()
        await busy
