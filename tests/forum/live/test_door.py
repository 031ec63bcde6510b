"""Who gets a live socket, how much they may say on it, and when it is taken away."""

import pytest
from django.db import InterfaceError, OperationalError

from anonymity import bus, vault
from forum.live import consumers, door
from forum.live.consumers import NOT_UNDERSTOOD, SIGNED_OUT, TOO_FAST
from forum.live.door import SOCKETS_PER_ACCOUNT
from tests.forum.live.tabs import HOST, soon

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]


async def test_only_members_get_a_socket(new_tab, alice):
    assert await (await new_tab(alice)).opens()
    assert not await (await new_tab(None)).opens()


async def test_a_session_key_in_the_address_opens_nothing(new_tab, alice):
    signed_in = await new_tab(alice)
    [(name, morsel)] = signed_in.browser.cookies.items()
    assert not await (await new_tab(None, path=f"/ws/live/?{name}={morsel.value}")).opens()


HOST_NAME = HOST.partition(":")[0]


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "file://",
        f"https://{HOST}",
        f"http://{HOST_NAME}",
        f"http://{HOST_NAME}:9000",
        f"http://{HOST_NAME}.example.evil:8000",
        f"http://evil.{HOST}",
        f"http://member@{HOST}",
        "http://localhost:8000",
        "http://example.evil",
        f"http://example.evil/{HOST}",
    ],
)
async def test_a_page_of_another_site_gets_no_socket(new_tab, alice, origin):
    assert not await (await new_tab(alice, origin=origin)).opens()
    assert await (await new_tab(alice)).opens()


async def test_each_account_has_five_sockets_and_gets_one_back_when_it_closes_one(
    new_tab, open_tab, alice, bob
):
    tabs = [await open_tab(alice) for _ in range(SOCKETS_PER_ACCOUNT)]
    assert not await (await new_tab(alice)).opens()
    assert await (await new_tab(bob)).opens()
    await tabs[0].disconnect()
    assert await (await new_tab(alice)).opens()


async def test_a_vault_without_its_key_refuses_the_socket_and_says_no_more(
    new_tab, alice, settings, tmp_path
):
    settings.ANON_KEYRING_FILE = tmp_path / "missing" / "anon-keyring.json"
    assert not await (await new_tab(alice)).opens()


def log_out(tab, account):
    tab.browser.logout()


def change_password(tab, account):
    account.set_password("another river under other pines")
    account.save()


def close_the_account(tab, account):
    account.is_active = False
    account.save()


def take_the_role_away(tab, account):
    account.is_moderator = False
    account.save()


@pytest.mark.parametrize("deed", [log_out, change_password, close_the_account, take_the_role_away])
async def test_the_socket_closes_when_its_session_would_not_be_let_in_again(
    open_tab, mia, mo, monkeypatch, deed
):
    monkeypatch.setattr(consumers, "CHECKED_EVERY", 0.05)
    hers, his = await open_tab(mia), await open_tab(mo)
    await soon(deed)(hers, mia)
    assert await hers.closing_code() == SIGNED_OUT
    await soon(bus.nudge_queue)()
    assert await his.hears() == '{"t":"q"}'


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError, RuntimeError])
async def test_the_socket_closes_when_nobody_can_tell_whether_the_session_lasts(
    open_tab, alice, monkeypatch, fault
):
    async def out_of_order(scope):
        raise fault

    monkeypatch.setattr(consumers, "CHECKED_EVERY", 0.05)
    monkeypatch.setattr(door, "still_holds", out_of_order)
    assert await (await open_tab(alice)).closing_code() == SIGNED_OUT


@pytest.mark.parametrize(
    "request_text",
    [
        b'{"t":"ping"}',
        "",
        " ",
        "ping",
        "null",
        "[]",
        '"ping"',
        "{}",
        '{"t":"n"}',
        '{"t":"PING"}',
        '{"t":"ping","to":"q"}',
        '{"t":"watch"}',
        '{"t":"watch","thread":7}',
        '{"t":"watch","thread":["abcdefghjkmn"]}',
        '{"t":"watch","thread":{"a":{"b":{"c":{}}}}}',
        '{"t":["ping"]}',
        '{"t":"join","group":"q"}',
        "[" * 1000,
        '{"t":' * 200,
        "NaN",
        '{"t":"ping"' + " " * 1024 + "}",
        '{"t":"watch","thread":"' + "é" * 600 + '"}',
    ],
)
async def test_a_request_it_does_not_know_closes_the_socket(open_tab, alice, bob, request_text):
    tab, other = await open_tab(alice), await open_tab(bob)
    await tab.send_input(
        {"type": "websocket.receive", "bytes": request_text}
        if isinstance(request_text, bytes)
        else {"type": "websocket.receive", "text": request_text}
    )
    assert await tab.closing_code() == NOT_UNDERSTOOD
    await soon(vault.nudge_accounts)([bob])
    assert await other.hears() == '{"t":"n"}'


async def test_a_flood_closes_the_socket_and_nobody_elses(open_tab, alice, bob):
    tab, other = await open_tab(alice), await open_tab(bob)
    for _ in range(60):
        await tab.send_json_to({"t": "ping"})
    assert await tab.closing_code() == TOO_FAST
    await soon(vault.nudge_accounts)([bob])
    assert await other.hears() == '{"t":"n"}'
