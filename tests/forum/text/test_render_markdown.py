"""The command that renders for other programs."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.embedded


@pytest.fixture
def run(monkeypatch):
    def run(typed: bytes) -> list:
        out = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed)))
        try:
            call_command("render_markdown", stdout=out)
        finally:
            run.answers = [json.loads(line) for line in out.getvalue().splitlines()]
        return run.answers

    return run


def test_every_line_is_answered_in_order(run):
    typed = [{"id": "b", "text": "*x*\n\nü"}, {"id": 7, "text": ""}, {"id": "a", "text": "<b>", "more": 1}]
    assert run("\n".join(map(json.dumps, typed)).encode() + b"\n\n") == [
        {"id": "b", "html": "<p><em>x</em></p>\n<p>ü</p>\n"},
        {"id": 7, "html": ""},
        {"id": "a", "html": "<p>&lt;b&gt;</p>\n"},
    ]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"{", {"id": None, "error": "This line is not JSON."}),
        (b'{"id": 1, "text": "\xff"}', {"id": None, "error": "This line is not JSON."}),
        (b"[1]", {"id": None, "error": 'This line has no "text" that is a string.'}),
        (b'{"id": 1}', {"id": 1, "error": 'This line has no "text" that is a string.'}),
        (b'{"id": 1, "text": 2}', {"id": 1, "error": 'This line has no "text" that is a string.'}),
        (
            b'{"id": 1, "text": "%s"}' % (b"a" * 20001),
            {"id": 1, "error": "This text has 20,001 characters; the limit is 20,000."},
        ),
    ],
)
def test_a_bad_line_is_named_and_the_rest_is_still_rendered(run, line, answer):
    with pytest.raises(CommandError, match="1 line could not be rendered"):
        run(line + b'\n{"id": 2, "text": "a"}\n')
    assert run.answers == [answer, {"id": 2, "html": "<p>a</p>\n"}]
