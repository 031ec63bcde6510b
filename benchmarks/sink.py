"""A mail server for measuring: it takes all that it is given, and writes down whom that was for.

A quick one, so that what is measured is who sends: aiosmtpd takes as long over a mail as the board does.
"""

import socket
import time
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from typing import TextIO


def serve(received: Path) -> int:
    """One in a process of its own, which writes to `received`; its port."""
    from tests.servers import free_port

    port = free_port()
    get_context("fork").Process(target=_take_mails, args=(received, port), daemon=True).start()
    time.sleep(1)
    return port


def _take_mails(received: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as server, received.open("a", buffering=1) as notes:
        while True:
            Thread(target=_converse, args=(server.accept()[0], notes), daemon=True).start()


def _converse(client: socket.socket, notes: TextIO) -> None:
    """As much of RFC 5321 as somebody needs who keeps to it."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    recipient = ""
    with client, client.makefile("rb") as lines:
        client.sendall(b"220 sink\r\n")
        for line in lines:
            match line[:4].upper():
                case b"DATA":
                    client.sendall(b"354 Go on\r\n")
                    if b".\r\n" in lines:  # which reads up to there
                        notes.write(f"{recipient}\n")
                        client.sendall(b"250 Taken\r\n")
                case b"QUIT":
                    client.sendall(b"221 Bye\r\n")
                    return
                case verb:
                    if verb == b"RCPT":
                        recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                    client.sendall(b"250 sink\r\n")
