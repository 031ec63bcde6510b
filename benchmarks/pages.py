"""Measures the busy pages at two sizes of the board, next to a floor, and prints a Markdown table.

    make bench
    python benchmarks/pages.py --sizes 1000,10000 --seconds 1 --rounds 1 --servers daphne

Boards are built once under `--data` and used again. Everything runs on 127.0.0.1. The floor is one small
template without a query under the same server; rounds take turns between all pages and the floor, so
that whatever else the machine does slows them alike: read the ratios, not the rates.
"""

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ["server", "posts", "viewer", "page", "req/s", "p50 ms", "p99 ms", "of floor", "queries", "KB"]
SERVERS = {
    "daphne": ["daphne", "-b", "127.0.0.1", "-p", "{port}", "config.asgi:application"],
    "gunicorn": [
        "gunicorn",
        "config.wsgi",
        "-k",
        "gthread",
        "-w",
        "2",
        "--threads",
        "4",
        "-b",
        "127.0.0.1:{port}",
    ],
}
FLOOR = "floor"


@dataclass
class Board:
    """One database at one size, with what its builder said of it."""

    posts: int
    environment: dict[str, str]
    pages: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    queries: dict[str, dict[str, int]] = field(default_factory=dict)
    port: int = 0


@dataclass
class Measured:
    """All rounds of one page together."""

    requests: int = 0
    seconds: float = 0
    latencies: list[float] = field(default_factory=list)
    size: int = 0
    gzipped: int = 0
    client_cpu: float = 0

    def add(self, said: dict) -> None:
        self.requests += said["requests"]
        self.seconds += said["seconds"]
        self.latencies += said["latencies"]
        self.size, self.gzipped = said["bytes"], said["gzipped"]
        self.client_cpu = max(self.client_cpu, said["client_cpu"])

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: int) -> float:
        return 1000 * statistics.quantiles(self.latencies, n=100)[share - 1]


def main() -> None:
    asked = arguments()
    boards = [build(Board(posts, environment(asked.data / str(posts)))) for posts in asked.sizes]
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    busiest = 0.0
    for server in asked.servers:
        found = measure(server, boards, asked)
        print_rows(server, boards, found)
        busiest = max(busiest, *(each.client_cpu for each in found.values()))
    print(f"\nThe client took at most {busiest:.2f} of a core.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "bench", help="where the boards are kept")
    parser.add_argument("--sizes", type=_numbers, default=[10_000, 1_000_000], help="posts, as 10000,1000000")
    parser.add_argument("--servers", type=lambda text: text.split(","), default=list(SERVERS))
    parser.add_argument("--seconds", type=float, default=2, help="of each page in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=4)
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def environment(data: Path) -> dict[str, str]:
    """A production on this machine: only the redirect to https is off, as nothing here speaks TLS."""
    data.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DATA_DIR": str(data.resolve()),
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "DJANGO_SECRET_KEY": _secret(data / "secret"),
        "SITE_URL": "http://127.0.0.1",
        "DEBUG": "0",
        "SSL_REDIRECT": "0",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


def _secret(file: Path) -> str:
    if not file.exists():
        file.write_text(secrets.token_hex(32))
    return file.read_text()


def build(board: Board) -> Board:
    command = [sys.executable, "-m", "benchmarks.board", "--posts", str(board.posts)]
    said = subprocess.run(
        command, env=board.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    for name, value in json.loads(said.stdout).items():
        setattr(board, name, value)
    return board


def measure(server: str, boards: list[Board], asked: argparse.Namespace) -> dict[tuple, Measured]:
    """Every page of every board for both viewers, in rounds that take turns."""
    found: dict[tuple, Measured] = defaultdict(Measured)
    with ExitStack() as running:
        for board in boards:
            board.port = running.enter_context(serving(server, board))
        for round_number in range(asked.rounds + 1):
            for board in boards:
                for viewer, cookie in board.cookies.items():
                    for page, address in {FLOOR: "/floor/", **board.pages}.items():
                        seconds = asked.seconds if round_number else 0.5  # the first round warms caches
                        said = load(
                            f"http://127.0.0.1:{board.port}{address}", cookie, seconds, asked.connections
                        )
                        if round_number:
                            found[board.posts, viewer, page].add(said)
    return found


@contextmanager
def serving(server: str, board: Board):
    """The server on a free port, stopped afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [part.format(port=port) for part in SERVERS[server]]
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=board.environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/floor/", timeout=5).close()
            return
        except OSError:
            if process.poll() is not None:
                raise SystemExit("The server did not start.") from None
            time.sleep(0.2)
    raise SystemExit("The server did not answer within 30 seconds.")


def load(address: str, cookie: str, seconds: float, connections: int) -> dict:
    command = [sys.executable, "-m", "benchmarks.client", address, "--cookie", cookie]
    command += ["--seconds", str(seconds), "--connections", str(connections)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def print_rows(server: str, boards: list[Board], found: dict[tuple, Measured]) -> None:
    for board in boards:
        for viewer in board.cookies:
            floor = found[board.posts, viewer, FLOOR]
            for page in [FLOOR, *board.pages]:
                each = found[board.posts, viewer, page]
                cells = [
                    server,
                    f"{board.posts:,}",
                    viewer,
                    page,
                    f"{each.rate:.0f}",
                    f"{each.percentile(50):.1f}",
                    f"{each.percentile(99):.1f}",
                    f"{each.rate / floor.rate:.2f}",
                    str(board.queries[viewer].get(page, "")),
                    f"{each.size / 1024:.1f} ({each.gzipped / 1024:.1f})",
                ]
                print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
