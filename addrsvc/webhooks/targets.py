"""Pure: where webhooks may go. Read strictly, so that no two readers see two hosts in one URL.

A URL is ``https://host[:port][/path][?query]`` of plain ASCII: no user, no fragment, no
backslash, no trailing dot; a host that ends in a number is four plain decimals (``0x7f.1`` and
``2130706433`` mean 127.0.0.1 to some readers). Whatever the name, what counts are the addresses
it resolves to: every one of them must be a public one, or be allowed by the operator.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries; WHATWG URL, 3.5 (hosts that end in
a number).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from addrsvc.errors import Text

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

URL_LIMIT: Final = 2_000
_HOST_LIMIT: Final = 253
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_URL: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)",
)
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")

_NEVER_PUBLIC: Final[tuple[Network, ...]] = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",  # shared by providers; metadata of one cloud
            "168.63.129.16/32",  # metadata of another, in a public range
            "192.0.0.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "198.18.0.0/15",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",  # Teredo and the like
            "2001:db8::/32",
            "2002::/16",  # 6to4: any IPv4 address inside
            "3fff::/20",
        ),
    )
)
"""Beside what Python itself calls private."""

_PUBLIC_V6: Final = IPv6Network("2000::/3")
"""Outside lie mapped, compatible and translated IPv4, local and multicast addresses."""


class Refusal(StrEnum):
    """Why nothing may be sent to a URL."""

    FORM = "form"
    TOO_LONG = "too-long"
    SCHEME = "scheme"
    PORT = "port"
    HOST = "host"
    UNRESOLVED = "unresolved"
    ADDRESS = "address"


REFUSAL_TEXTS: Final[dict[Refusal, Text]] = {
    Refusal.FORM: Text(
        "Đây không phải một URL đơn giản. Hãy ghi https://tên-máy-chủ/đường-dẫn bằng chữ không "
        "dấu, không kèm tên đăng nhập, dấu # hay dấu \\.",
        "This is no plain URL. Write https://host/path in ASCII, with no user name, “#” or “\\”.",
    ),
    Refusal.TOO_LONG: Text(
        "URL quá dài; tối đa 2.000 ký tự.", "The URL is too long; 2,000 characters at most."
    ),
    Refusal.SCHEME: Text(
        "Chỉ gửi qua https. Với mạng riêng, quản trị viên cho phép trong ADDRSVC_WEBHOOK_ALLOW.",
        "Only https is used. For a private network the operator allows it in "
        "ADDRSVC_WEBHOOK_ALLOW.",
    ),
    Refusal.PORT: Text(
        "Cổng này không được phép. Hãy dùng cổng 443, hoặc nhờ quản trị viên thêm cổng vào "
        "ADDRSVC_WEBHOOK_PORTS.",
        "This port is not allowed. Use 443, or ask the operator to add it to "
        "ADDRSVC_WEBHOOK_PORTS.",
    ),
    Refusal.HOST: Text(
        "Tên máy chủ không hợp lệ. Hãy ghi tên miền đầy đủ, không có dấu chấm ở cuối; tên có dấu "
        "thì ghi ở dạng xn--.",
        "The host is not valid. Write a full domain name with no dot at its end; names beyond "
        "ASCII in their xn-- form.",
    ),
    Refusal.UNRESOLVED: Text(
        "Không tìm thấy máy chủ này trong DNS. Hãy kiểm tra tên rồi thử lại.",
        "DNS does not know this host. Check the name and try again.",
    ),
    Refusal.ADDRESS: Text(
        "Máy chủ này nằm trong mạng nội bộ hoặc dải địa chỉ dành riêng. Nếu đúng là nơi nhận, "
        "quản trị viên cho phép trong ADDRSVC_WEBHOOK_ALLOW.",
        "This host lies in a private or special range. If it is meant, the operator allows it in "
        "ADDRSVC_WEBHOOK_ALLOW.",
    ),
}


class TargetRefused(Exception):
    """Nothing may be sent there; the caller dresses it as its own error."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart."""

    scheme: str
    host: str
    """Lower case; an IPv6 address without its brackets."""
    port: int
    path: str
    """With the query; begins with a slash."""

    @property
    def address(self) -> Address | None:
        """Give the host as an address, where it is one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """Give the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator allows; see ADDRSVC_WEBHOOK_ALLOW and ADDRSVC_WEBHOOK_PORTS."""

    hosts: frozenset[str]
    networks: tuple[Network, ...]
    ports: frozenset[int]

    @classmethod
    def read(cls, allow: str, ports: str) -> Rules:
        """Read the two settings.

        Raises:
            ValueError: a port is no number, a network has bits behind its length.
        """
        hosts, networks = set[str](), list[Network]()
        for each in filter(None, (part.strip().lower() for part in allow.split(","))):
            if "/" in each or _is_address(each):
                networks.append(ip_network(each))
            else:
                hosts.add(each)
        listed = frozenset(int(part) for part in ports.split(",") if part.strip())
        return cls(frozenset(hosts), tuple(networks), listed)

    def target(self, url: str) -> Target:
        """Take a URL apart.

        Raises:
            TargetRefused: it is not of the one form, or the port is not allowed.
        """
        if len(url) > URL_LIMIT:
            raise TargetRefused(Refusal.TOO_LONG)
        match = _URL.fullmatch(url)
        if match is None:
            raise TargetRefused(Refusal.FORM)
        scheme, host = match["scheme"], _host(match["host"])
        port = int(match["port"]) if match["port"] else _DEFAULT_PORTS[scheme]
        if port not in self.ports:
            raise TargetRefused(Refusal.PORT)
        rest = match["rest"]
        return Target(scheme, host, port, rest if rest.startswith("/") else f"/{rest}")

    def check(self, target: Target, addresses: list[str]) -> list[Address]:
        """Give the addresses of a target, all of which may be connected to.

        One bad address among good ones refuses them all: whoever controls the name would only
        have to ask again.

        Raises:
            TargetRefused: there is none, or one is not allowed.
        """
        if not addresses:
            raise TargetRefused(Refusal.UNRESOLVED)
        found = list(dict.fromkeys(ip_address(each.partition("%")[0]) for each in addresses))
        for address in found:
            if self._allows(target.host, address):
                continue
            if not is_public(address):
                raise TargetRefused(Refusal.ADDRESS)
            if target.scheme != "https":
                raise TargetRefused(Refusal.SCHEME)
        return found

    def _allows(self, host: str, address: Address) -> bool:
        return host in self.hosts or any(address in network for network in self.networks)


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to one machine on the public network.

    >>> is_public(ip_address("8.8.8.8")), is_public(ip_address("169.254.169.254"))
    (True, False)
    >>> is_public(ip_address("::ffff:8.8.8.8")), is_public(ip_address("64:ff9b::808:808"))
    (False, False)
    """
    if address.version == 6 and address not in _PUBLIC_V6:
        return False
    never = any(address in network for network in _NEVER_PUBLIC)
    return address.is_global and not address.is_multicast and not never


def _host(text: str) -> str:
    if text.startswith("["):
        if not _is_address(text[1:-1]):
            raise TargetRefused(Refusal.HOST)
        return text[1:-1].lower()
    labels = text.split(".")
    if len(text) > _HOST_LIMIT or not all(map(_LABEL.fullmatch, labels)):
        raise TargetRefused(Refusal.HOST)
    if _NUMBER.fullmatch(labels[-1]) and not _is_address(text):
        raise TargetRefused(Refusal.HOST)
    return text.lower()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
