"""The doors of docs/architecture.md: each dangerous thing has one way to it, and there is no other."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources import ROOT, tree_of, trees

pytestmark = pytest.mark.embedded

# Each may import itself and what stands before it.
APPS = ["anonymity", "accounts", "forum", "moderation", "breakglass"]


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    return ((file, tree) for file, tree in trees(*folders) if "/migrations/" not in file)


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_point_down():
    upward = [
        (file, name)
        for place, app in enumerate(APPS)
        for file, tree in sources(app)
        for name in imported(tree)
        if name.split(".")[0] in [*APPS[place + 1 :], "config"]
        and not name.startswith(("moderation.intake", "moderation.audit"))
        and not (file.startswith("moderation/") and name.startswith("moderation"))
    ]
    assert not upward


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


MAY_BEGIN = {"visible_to", "listed", "published", "written_by", "with_posts_by", "of_personas", "waiting"}


@pytest.mark.parametrize("folder", ["forum/views", "forum/live", "moderation/views", "breakglass/views"])
def test_shared_pages_reach_threads_and_posts_through_their_door(folder):
    past_the_door = [
        (file, name)
        for file, tree in sources(folder)
        for name, _ in calls(tree)
        if (match := re.match(r"(?:Thread|Post|QueueItem)\.objects\.(\w+)", name))
        and match[1] not in MAY_BEGIN
    ]
    assert not past_the_door


def test_only_move_changes_a_state():
    elsewhere = [
        (file, node.lineno)
        for file, tree in sources("accounts", "forum", "moderation")
        if file not in {"forum/lifecycle.py", "forum/synthetic.py"}
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets)
        )
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "update"
            and any(keyword.arg == "state" for keyword in node.keywords)
        )
    ]
    assert not elsewhere


@pytest.mark.parametrize(
    ("door", "call"),
    [
        ("moderation/audit.py", r"AuditEvent\.objects\.(create|bulk_create|update)|AuditEvent\("),
        ("anonymity/bus.py", r"group_send"),
        ("forum/text/markdown.py", r"mark_safe|SafeString\("),
        ("config/", r"os\.environ"),
    ],
)
def test_one_door_for_each_dangerous_call(door, call):
    elsewhere = [
        (file, name)
        for file, tree in sources("config", *APPS)
        if not file.startswith(door)
        for name, node in calls(tree)
        if re.search(call, f"{name}(")
    ]
    assert not elsewhere


def test_no_template_trusts_text_by_itself():
    trusting = [
        str(path.relative_to(ROOT))
        for folder in ("templates", "breakglass/templates")
        for path in (ROOT / folder).rglob("*.html")  # what is sent as plain text escapes nothing
        if re.search(r"\|\s*safe\b|autoescape\s+off|mark_safe", path.read_text())
    ]
    assert not trusting


def test_no_raw_sql_is_built_from_text():
    built = [
        (file, node.lineno)
        for file, tree in sources("config", *APPS)
        for name, node in calls(tree)
        if name.endswith((".raw", ".extra"))
        or (name.endswith(".execute") and node.args and isinstance(node.args[0], (ast.JoinedStr, ast.BinOp)))
    ]
    assert [file for file, _ in built] == ["anonymity/rows.py"]  # from marks, as many as there are values


OWN_PAGES = {"forum/views/mine.py", "forum/views/ask.py", "forum/views/export.py"}


def test_no_author_tool_asks_the_vault_from_a_shared_page():
    """A permission that depends on sealed ownership is itself the answer (T-SAME)."""
    asking = [
        file
        for file, tree in sources("forum/views", "moderation", "accounts", "breakglass/views")
        if file not in OWN_PAGES | {PAUSES}
        and any(name.startswith("anonymity.vault") for name in imported(tree))
    ]
    assert not asking


PAUSES = "moderation/actions/silence.py"  # acts for moderators, whom the vault answers nothing


def test_what_moderators_do_by_the_vault_takes_no_answer_from_it():
    tree = tree_of(PAUSES)
    used = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert {name for name in used if name.startswith("vault.")} == {"vault.suspend", "vault.lift"}
    statements = {
        ast.unparse(node.value).split("(")[0] for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }
    assert {"vault.suspend", "vault.lift"} <= statements  # and nothing is made of what they return


def test_no_shared_page_asks_who_is_silenced():
    """Who is silenced reads of it on the ask page and among their tools; elsewhere in a refusal only."""
    asking = {
        file: {name.rpartition(".")[2] for name in imported(tree) if name.startswith("forum.silence")}
        for file, tree in sources("forum/views", "moderation", "accounts", "config")
    }
    assert {file: names for file, names in asking.items() if names} == {
        "forum/views/ask.py": {"pause_of"},
        "forum/views/mine.py": {"Silenced", "require_unpaused"},
        "forum/views/own.py": {"Silenced", "name_silence_of", "silence_of"},
        "forum/views/editing.py": {"Silenced", "require_unpaused"},
        "forum/views/thread.py": {"Silenced"},
    }
