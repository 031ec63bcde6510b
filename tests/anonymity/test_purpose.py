"""T-PURPOSE: who may reach the key, the seals and the secret reference, read from the syntax tree."""

import ast

import pytest
from django.conf import settings

from anonymity import vault
from tests.sources import ROOT, tree_of, trees

pytestmark = pytest.mark.embedded

FOLDERS = ["config", "anonymity", "accounts", "forum", "moderation", "breakglass", "scripts", "benchmarks"]
MAY_OPEN = {
    "owns": "OWN",
    "_groups_behind": "LIVE",
    "mail_accounts": "MAIL",
    "_enter_pause": "SUSPEND",
    "name_behind": "BREAK_GLASS",  # of an installation that sets ANON_BREAK_GLASS, and of no other
}
MEASURES = "benchmarks/vault.py"  # with a key and references of its own
INSIDE = ["keycheck", "keyring", "pauses", "rotation", "rows", "sealing", "vault", "verification"]
OPENING = {  # and what is done with what is read
    ("rows.py", "ref_behind"),  # which _open alone calls
    ("rotation.py", "_links_by_ref"),  # seals it again
    ("rotation.py", "_pauses"),
    ("verification.py", "_links"),  # counts
    ("verification.py", "_pauses"),
    ("pauses.py", "log_of"),  # of a reference that is known already
}


def imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def importers_of(module: str) -> set[str]:
    return {file for file, tree in trees(*FOLDERS) if module in imports(tree)}


def mentioning(name: str) -> set[str]:
    """Files with `name` as an attribute, variable, keyword, or as a string for getattr or a query."""
    return {
        file
        for file, tree in trees(*FOLDERS)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.keyword) and (node.arg or "").split("__")[0] == name)
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.split("__")[0] == name
        )
    }


def test_only_the_vault_uses_the_key_ring():
    assert importers_of("anonymity.keyring") == {"anonymity/vault.py"}


@pytest.mark.parametrize("module", ["sealing", "rows", "models", "pauses", "rotation", "verification"])
def test_only_the_vault_seals_and_reads_its_rows(module):
    inside = {f"anonymity/{name}.py" for name in INSIDE}
    assert importers_of(f"anonymity.{module}") - {MEASURES} <= inside


def test_the_checks_ask_the_vault_and_know_where_its_database_is():
    tree = tree_of("anonymity/checks.py")
    assert {name for name in imports(tree) if name.startswith("anonymity")} == {
        "anonymity",
        "anonymity.keycheck",
        "anonymity.vault",
    }
    asked = {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "keycheck"
    }
    assert asked == {"keycheck.VAULT"}


def test_nobody_imports_the_privates_of_the_vault():
    assert not {
        file
        for file, tree in trees(*FOLDERS)
        for name in imports(tree)
        if name.startswith("anonymity.vault._")
    }
    for file, tree in trees(*FOLDERS):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("vault"):
                assert not node.attr.startswith("_"), file


def test_only_the_key_ring_and_the_checks_know_where_the_key_file_is():
    inside = {
        file for file in mentioning("ANON_KEYRING_FILE") if not file.startswith(("scripts/", "benchmarks/"))
    }
    assert inside == {
        "config/settings.py",
        "anonymity/keyring.py",
        "anonymity/checks.py",  # its place, not its content
        "config/management/commands/anon_keygen.py",  # to say it
    }


def test_only_the_vault_touches_the_secret_reference():
    assert mentioning("anon_ref") - {MEASURES} == {
        "anonymity/vault.py",
        "accounts/models/account.py",
        "accounts/migrations/0001_initial.py",
    }
    tree = tree_of("anonymity/vault.py")
    touching = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "anon_ref"
    }
    assert touching == {"_ref"}


def test_seals_are_opened_by_the_listed_functions_for_the_listed_purposes():
    tree = tree_of("anonymity/vault.py")
    opening = {
        function.name: ast.unparse(node.args[1])
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_open"
    }
    assert opening == {name: f"Purpose.{purpose}" for name, purpose in MAY_OPEN.items()}


def test_the_act_that_tells_a_name_is_there_where_the_installation_asks_for_it_only():
    tree = tree_of("anonymity/vault.py")
    conditional = {
        part.name: ast.unparse(node.test)
        for node in tree.body
        if isinstance(node, ast.If)
        for part in node.body
        if isinstance(part, ast.FunctionDef)
    }
    assert conditional == {"name_behind": "settings.ANON_BREAK_GLASS"}
    assert hasattr(vault, "name_behind") == hasattr(vault.Purpose, "BREAK_GLASS") == settings.ANON_BREAK_GLASS
    assert mentioning("name_behind") == {"breakglass/actions/open.py"}
    assert {file for file in importers_of("anonymity.vault") if file.startswith("breakglass/")} == {
        "breakglass/actions/open.py"
    }


def test_nothing_else_opens_a_seal():
    opening = {
        (file, function.name)
        for file in sorted(path.name for path in (ROOT / "anonymity").glob("*.py"))
        for function in tree_of(f"anonymity/{file}").body
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"rows.opened", "pauses.opened", *(["opened"] * (file in {"pauses.py", "rows.py"}))}
    }
    assert opening == OPENING
    behind = [
        (file, function.name)
        for file, tree in trees(*FOLDERS)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "ref_behind"
    ]
    assert behind == [("anonymity/vault.py", "_open")]
    unsealing = {
        file
        for file, tree in trees(*FOLDERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "unseal"
    }
    assert unsealing - {MEASURES} == {"anonymity/rows.py", "anonymity/pauses.py"}


MAY_ASK = {  # the acts that know of pauses or of accounts, and the one place each is called from
    "suspend": {"moderation/actions/silence.py"},  # for a moderator, who learns nothing
    "lift": {"moderation/actions/silence.py"},
    "paused_until": {"forum/silence.py"},  # for the author alone
    "mail_accounts": {"forum/notices/mail.py"},
}


@pytest.mark.parametrize("act", MAY_ASK)
def test_such_acts_are_called_from_their_one_place(act):
    calling = {
        file
        for file, tree in trees(*FOLDERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == f"vault.{act}"
    }
    named = {file for file, tree in trees(*FOLDERS) if f"anonymity.vault.{act}" in imports(tree)}
    assert (calling | named) - {MEASURES} == MAY_ASK[act]


def test_anonymity_imports_no_other_app_of_the_board():
    others = {"accounts", "forum", "moderation", "config"}
    for file, tree in trees(*FOLDERS):
        if file.startswith("anonymity/"):
            assert not others & {name.split(".")[0] for name in imports(tree)}, file


def test_the_vault_is_in_no_admin_and_has_no_permissions_to_hand_out():
    from django.apps import apps

    assert not list((ROOT / "anonymity").glob("admin*"))
    assert all(not m._meta.default_permissions for m in apps.get_app_config("anonymity").get_models())
