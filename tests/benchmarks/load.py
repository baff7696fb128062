"""A small HTTP/1.1 load: kept-alive connections, one request after the other on each."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Request = bytes


@dataclass
class Measured:
    """Latencies in milliseconds; ``wrong`` counts answers outside 200-299."""

    seconds: float
    latencies_ms: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.latencies_ms)
        if not ordered:
            return float("nan")
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def request(
    method: str, path: str, *, token: str = "", body: bytes = b"", accept: str = "application/json"
) -> Request:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Accept: {accept}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at >= 0:
        length = int(lowered[at + 15 : lowered.index(b"\r\n", at)])
        if length:
            await reader.readexactly(length)
        return status
    while True:  # chunked
        size = int(await reader.readline(), 16)
        await reader.readexactly(size + 2)
        if size == 0:
            return status


async def _connection(
    port: int, requests: Iterator[Request], until_s: float, measured: Measured
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until_s:
        started = time.perf_counter()
        writer.write(next(requests))
        status = await _read_answer(reader)
        measured.latencies_ms.append((time.perf_counter() - started) * 1000)
        if not 200 <= status < 300:
            measured.wrong += 1
    writer.close()
    await writer.wait_closed()


async def _run(
    port: int, make: Callable[[int], Request], seconds: float, connections: int
) -> Measured:
    numbers = itertools.count()
    requests = (make(next(numbers)) for _ in itertools.repeat(None))
    measured = Measured(seconds)
    until_s = time.perf_counter() + seconds
    await asyncio.gather(
        *(_connection(port, requests, until_s, measured) for _ in range(connections))
    )
    return measured


def measure(
    port: int, make: Callable[[int], Request], *, seconds: float, connections: int = 16
) -> Measured:
    """Sends ``make(0)``, ``make(1)``, … for a while; every request is made before it is timed."""
    return asyncio.run(_run(port, make, seconds, connections))
