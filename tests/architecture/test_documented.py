"""What the documents say is what the code has."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from forum.states import TRANSITIONS

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_diagram_of_states_is_the_table_of_transitions():
    text = (ROOT / "docs/architecture.md").read_text()
    drawn = set(re.findall(r"^    (\w+) --> (\w+)$", text, re.MULTILINE))
    table = {(start, end) for start, ends in TRANSITIONS.items() for end in ends if start != "draft"}
    assert drawn == {(str(start), str(end)) for start, end in table}


def test_every_setting_is_in_the_readme():
    source = (ROOT / "config/settings.py").read_text() + (ROOT / "config/env.py").read_text()
    names = set(re.findall(r'(?:text|flag|names|secret|database)\(\s*"([A-Z_]+)"', source))
    assert names
    assert not {name for name in names if f"`{name}`" not in README}


def test_every_command_is_in_the_readme():
    ours = {
        name
        for name, app in get_commands().items()
        if app in {"anonymity", "accounts", "config", "forum", "moderation"}
    }
    assert ours
    assert not {name for name in ours if f"`{name}" not in README and f" {name}`" not in README}


def test_every_link_of_the_documents_leads_somewhere():
    broken = [
        (path.name, link)
        for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text())
        if not (path.parent / link).exists()
    ]
    assert not broken
