"""The tests' own guard: nothing leaves this machine."""

import socket

import pytest

from tests.loopback import LeftTheMachine


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443), ("2001:db8::1", 443)])
def test_a_connection_to_another_machine_raises(address):
    with pytest.raises(LeftTheMachine):
        socket.create_connection(address)


def test_a_connection_to_this_machine_is_allowed():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
