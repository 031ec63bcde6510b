"""The choice of tests for PostgreSQL leaves out no statement, and nothing that has to run."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statements import Note, covering, shape

pytestmark = pytest.mark.embedded

COMMITS = {"django_db": SimpleNamespace(kwargs={"transaction": True})}
NOTE = st.builds(Note, st.integers(0, 9), st.lists(st.sampled_from("abcdefgh"), unique=True))


def item(nodeid: str, marks: dict | None = None) -> SimpleNamespace:
    where = Path("tests", nodeid.partition("::")[0])
    return SimpleNamespace(nodeid=nodeid, path=where, get_closest_marker=(marks or {}).get, fixturenames=())


def chosen(items: list[SimpleNamespace], notes: dict[str, Note]) -> set[str]:
    return {each.nodeid for each in covering(items, notes)}


@given(st.lists(NOTE, max_size=12))
def test_every_statement_is_asked_and_nobody_runs_who_asks_only_what_others_do(noted):
    notes = {f"forum/test.py::test_{number}": note for number, note in enumerate(noted)}
    run = chosen([item(nodeid) for nodeid in notes], notes)
    asked = {nodeid: set(notes[nodeid].asked) for nodeid in run}
    assert set().union(*asked.values()) == {each for note in noted for each in note.asked}
    for nodeid in run:
        assert asked[nodeid] - set().union(*(asked[other] for other in run - {nodeid}))


def test_of_two_that_ask_the_same_the_shorter_runs():
    notes = {"forum/a.py::test_long": Note(2, ["x"]), "forum/a.py::test_short": Note(1, ["x"])}
    assert chosen([item(nodeid) for nodeid in notes], notes) == {"forum/a.py::test_short"}


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("forum/a.py::test_that_commits", COMMITS),
        ("forum/a.py::test_of_an_order[2]", {"every_case": True}),
        ("privacy/a.py::test_of_rows[2]", {}),
    ],
)
def test_what_has_to_run_does(name, marks):
    notes = {name: Note(9, ["x"]), "forum/a.py::test_short": Note(1, ["x"])}
    assert name in chosen([item("forum/a.py::test_short"), item(name, marks)], notes)


def test_what_was_not_noted_runs():
    assert chosen([item("forum/a.py::test_new[1]"), item("forum/a.py::test_new[2]")], {}) == {
        "forum/a.py::test_new[1]",
        "forum/a.py::test_new[2]",
    }


def test_of_what_commits_the_first_case_runs():
    cases = [item(f"forum/a.py::test_deed[{number}]", COMMITS) for number in (1, 2)]
    notes = {each.nodeid: Note(1, ["x"]) for each in cases}
    assert chosen(cases, notes) == {"forum/a.py::test_deed[1]"}


def test_statements_are_alike_whatever_their_values_and_however_many():
    assert shape("INSERT INTO t VALUES (%s, %s)") == shape("INSERT INTO t VALUES (%s, %s), (%s, %s)")
    assert shape("SELECT a FROM t WHERE b = 'x' LIMIT 1") == shape("SELECT a FROM t WHERE b = 'y' LIMIT 22")
    assert shape("SELECT a FROM t WHERE b IN (%s, %s)") == shape("SELECT a FROM t WHERE b IN (%s)")
    assert shape("SELECT a FROM t WHERE b = %s") != shape("SELECT a FROM t WHERE c = %s")
