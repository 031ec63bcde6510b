"""Keeps every test on this machine: a socket to anywhere else raises."""

import ipaddress
import socket
from typing import Any

LOCAL_NAMES = {"localhost", "", None}


class LeftTheMachine(RuntimeError):
    """A test, or the code under it, tried to reach another machine."""


def refuse_others() -> None:
    """From here on, name look-ups and connections in this process reach loopback only."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse(self.family, address)
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse(self.family, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_local(host):
            raise LeftTheMachine(f"A test looked up {host!r}.")
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_getaddrinfo


def refuse(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
        raise LeftTheMachine(f"A test connected to {address!r}.")


def is_local(host: Any) -> bool:
    host = host.decode() if isinstance(host, bytes) else host
    if host in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
