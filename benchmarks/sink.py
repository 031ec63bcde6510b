"""A mail server for measuring: it takes all that it is given, and writes down whom that was for."""

import atexit
import getpass
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

RECIPIENT = "X-Rcpt-Args:"


def serve(received: Path) -> tuple[int, str]:
    """One in a process of its own, which writes to `received`; its port and its name.

    Postfix's smtp-sink(1), made to measure who sends, where there is one in the path. Else aiosmtpd, which
    is as long over a mail as the board is.
    """
    from tests.servers import free_port, stop, wait_for

    port = free_port()
    if program := shutil.which("smtp-sink"):
        command = [program, "-u", getpass.getuser(), "-D", str(received), f"127.0.0.1:{port}", "100"]
        sink = subprocess.Popen(command)
        atexit.register(stop, sink)
        wait_for(port, sink)
        return port, "smtp-sink"
    get_context("fork").Process(target=take_mails, args=(received, port), daemon=True).start()
    time.sleep(1)
    return port, "aiosmtpd"


def take_mails(received: Path, port: int) -> None:
    from aiosmtpd.controller import Controller

    class Noting:
        def __init__(self) -> None:
            self.notes = received.open("a", buffering=1)

        async def handle_DATA(self, server, session, envelope) -> str:
            self.notes.write(f"{RECIPIENT} <{envelope.rcpt_tos[0]}>\n")
            return "250 OK"

    Controller(Noting(), hostname="127.0.0.1", port=port).start()
    signal.pause()


def recipients(received: Path) -> Iterator[str]:
    """Of each mail taken, the line that says whom it was for."""
    with received.open() as notes:
        yield from (line for line in notes if line.startswith(RECIPIENT))
