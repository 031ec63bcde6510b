"""Loads one address of this machine for some seconds and prints what it measured as a line of JSON.

    python -m benchmarks.client http://127.0.0.1:8000/ --seconds 3 --connections 8 [--cookie NAME=VALUE]

Each connection asks again as soon as it has its answer, so no more than `--connections` requests are open.
The client says how much of a core it took itself: near 1.0 it measured itself, not the server.
"""

import argparse
import asyncio
import gzip
import json
import time
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


async def load(address: str, *, seconds: float, connections: int, cookie: str) -> dict:
    parts = urlsplit(address)
    if parts.hostname not in LOOPBACK:
        raise SystemExit("This client loads servers on this machine only.")
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    request = (headers + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()
    latencies: list[float] = []
    started, own = time.perf_counter(), time.process_time()
    asking = [
        _ask(parts.hostname, parts.port or 80, request, started + seconds, latencies)
        for _ in range(connections)
    ]
    bodies = await asyncio.gather(*asking)
    took = time.perf_counter() - started
    return {
        "requests": len(latencies),
        "seconds": took,
        "latencies": latencies,
        "bytes": len(bodies[0]),
        "gzipped": len(gzip.compress(bodies[0], 6)),
        "client_cpu": (time.process_time() - own) / took,
    }


async def _ask(host: str, port: int, request: bytes, until: float, latencies: list[float]) -> bytes:
    """Ask until the time is over; the last body. Anything but a 200 ends the measurement."""
    body = b""
    reader, writer = await asyncio.open_connection(host, port)
    while (asked := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status, *headers = head.decode("latin-1").split("\r\n")
        if " 200 " not in f"{status} ":
            raise SystemExit(f"the server answered {status}")
        fields = dict(line.lower().split(": ", 1) for line in headers if ": " in line)
        body = await reader.readexactly(int(fields["content-length"]))
        latencies.append(time.perf_counter() - asked)
        if fields.get("connection") == "close":
            writer.close()
            reader, writer = await asyncio.open_connection(host, port)
    writer.close()
    return body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--cookie", default="")
    asked = parser.parse_args()
    print(
        json.dumps(
            asyncio.run(
                load(
                    asked.address,
                    seconds=asked.seconds,
                    connections=asked.connections,
                    cookie=asked.cookie,
                )
            )
        )
    )


if __name__ == "__main__":
    main()
