"""Break-glass is absent unless the environment asks for it: no address, page, table, or act of the vault."""

import importlib
import re
import uuid

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from huey.contrib.djhuey import HUEY

from anonymity import vault
from tests import make
from tests.pages import masked

FOLDER = settings.BASE_DIR / "breakglass"
ADDRESSES = ["", "ask/", *(f"{uuid.uuid4()}/{end}" for end in ("", "approve/", "open/", "key/", "name/"))]


@pytest.mark.parametrize("who", [None, "carol", "mia", "admin"])
def test_its_addresses_are_unknown_ones_to_everybody(client, request, db, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    nowhere = client.get("/no/such/page/")
    for address in ADDRESSES:
        page = f"/moderation/unmask/{address}"
        for there in (client.get(page), client.post(page)):
            assert (there.status_code, masked(there)) == (404, masked(nowhere))


def test_no_act_of_the_vault_leads_to_a_name():
    assert not hasattr(vault, "name_behind")
    assert "break-glass" not in vault.openings()
    assert {purpose.name for purpose in vault.Purpose} == {"OWN", "LIVE", "MAIL", "SUSPEND"}


def test_there_is_no_app_and_its_code_cannot_be_used():
    assert not settings.ANON_BREAK_GLASS
    assert "breakglass" not in str([*settings.INSTALLED_APPS, *settings.MIDDLEWARE, settings.TEMPLATES])
    assert not apps.is_installed("breakglass")
    for module in ("models", "actions.open", "actions.ask", "views.requests", "urls"):
        with pytest.raises(RuntimeError, match="INSTALLED_APPS"):
            importlib.import_module(f"breakglass.{module}")


def test_no_template_of_it_is_found():
    templates = sorted(path.name for path in FOLDER.rglob("*.html"))
    assert len(templates) > 5
    for name in templates:
        with pytest.raises(TemplateDoesNotExist):
            get_template(f"breakglass/{name}")


def test_no_table_task_or_column_of_it_is_there(db):
    for alias in connections:
        assert not [name for name in connections[alias].introspection.table_names() if "unmask" in name]
        assert not [name for name in connections[alias].introspection.table_names() if "glass" in name]
    assert not [name for name in HUEY._registry._registry if "breakglass" in name]


def test_switching_it_on_or_off_changes_no_migration(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_page_speaks_of_it(client, mia, bob, anonymous_thread):
    item = anonymous_thread.posts.get().queue_items.get()
    client.force_login(mia)
    thread, author = anonymous_thread.get_absolute_url(), f"/moderation/posts/{item.post_id}/author/"
    for address in ["/moderation/queue/", item.get_absolute_url(), thread, author, "/inbox/"]:
        page = client.get(address).content.decode().lower()
        assert "break-glass" not in page
        assert "unmask" not in page
    client.force_login(bob)
    make.confirmed(client)
    tools = client.get("/my/anonymous/").content.decode()
    tools += client.get(re.search(r"/my/anonymous/[0-9a-f]{32}/", tools)[0]).content.decode()
    assert make.TITLE in tools
    assert "learn" not in tools
