"""Webhooks reach no machine of our own network unless its host is listed.

The address is looked at where the connection is made: a name that answers differently the second
time finds the same guard.
"""

import ipaddress
import socket
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

from service.notifications.webhook_domain import AddressRefused

PUBLIC_PORTS = frozenset({443, 8443})
_NAT64 = ipaddress.ip_network("64:ff9b::/32")
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Guard:
    """``listed`` hosts (host or host:port) may be anywhere and need no https."""

    listed: Collection[str] = ()

    def check_url(self, url: str) -> None:
        """Refuses what can be seen from the address alone.

        Raises:
            AddressRefused: for other schemes, credentials, and hosts that are not allowed.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise AddressRefused from error
        if not host or parts.username is not None or parts.scheme not in {"http", "https"}:
            raise AddressRefused
        port = port or (443 if parts.scheme == "https" else 80)
        if self.is_listed(host, port):
            return
        if parts.scheme != "https" or port not in PUBLIC_PORTS:
            raise AddressRefused
        self._check_literal(host)

    def is_listed(self, host: str, port: int) -> bool:
        return host.lower() in self.listed or f"{host.lower()}:{port}" in self.listed

    def _check_literal(self, host: str) -> None:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return
        if not is_public(address):
            raise AddressRefused

    def addresses(self, host: str, port: int) -> list[str]:
        """What the name stands for now; every one of its addresses must be allowed."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self.is_listed(host, port) and not all(
            is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses
        ):
            raise AddressRefused
        return addresses


def is_public(address: Ip) -> bool:
    """Whether the address, and the one that may be wrapped in it, belongs to the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return False
    return address.is_global and not address.is_multicast


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to an address that was checked, and gives the whole exchange ``total_s``."""

    def __init__(self, guard: Guard, total_s: float) -> None:
        self._guard = guard
        self._plain = httpcore.SyncBackend()
        self._deadline = time.monotonic() + total_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = self._guard.addresses(host, port)[0]
        stream = self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
        return BoundedStream(stream, self._deadline)


class BoundedStream(httpcore.NetworkStream):
    """A receiver that drips its answer byte by byte does not hold us longer than agreed."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        safe = self._stream.start_tls(ssl_context, server_hostname, self._left(timeout))
        return BoundedStream(safe, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
