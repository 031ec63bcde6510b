"""T-EXC: an error report tells through which code an error went, and nothing of what was in it."""

import logging

import pytest
from django.core.exceptions import BadRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.views.debug import technical_500_response

from config.logs import WithoutWords
from tests.typed import CANARY

pytestmark = pytest.mark.embedded


def of_a_form():
    words = {"body": CANARY}
    try:
        raise KeyError(words["body"])
    except KeyError as cause:
        error = ValueError(CANARY)
        error.add_note(CANARY)
        raise error from cause


def of_a_template():
    def words():
        raise BadRequest(CANARY)

    Template("{{ words }}").render(Context({"words": words}))


def of_letters():
    CANARY.encode() + "é".encode("latin-1").decode("ascii" if CANARY else "latin-1").encode()


FAULTS = [of_a_form, of_a_template, of_letters]


def raised(fault) -> BaseException:
    with pytest.raises(Exception) as raised:
        fault()
    return raised.value


@pytest.mark.parametrize("accept", ["text/html", "text/plain"])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_page_of_an_error_shows_code_only(settings, fault, accept):
    settings.DEBUG = True
    request = RequestFactory().post(
        f"/ask/{CANARY}/?{CANARY}", {"body": CANARY}, HTTP_COOKIE=f"sessionid={CANARY}", HTTP_ACCEPT=accept
    )
    request.user = CANARY
    error = raised(fault)
    page = technical_500_response(request, type(error), error, error.__traceback__).content.decode()
    assert CANARY not in page
    assert type(error).__name__ in page
    assert fault.__name__ in page
    assert settings.SECRET_KEY not in page


@pytest.mark.parametrize("fault", FAULTS)
def test_the_log_of_an_error_shows_code_only(fault):
    error = raised(fault)
    record = logging.LogRecord(
        "asyncio",
        logging.ERROR,
        __file__,
        1,
        f"Task failed\nfuture: {CANARY}",
        (),
        (type(error), error, None),
    )
    lines = WithoutWords().format(record).splitlines()
    assert lines[0] == "ERROR asyncio Task failed"
    assert lines[-1].endswith(type(error).__name__)
    assert any(fault.__name__ in line for line in lines)
    assert CANARY not in "\n".join(lines)


def test_our_own_lines_are_kept():
    record = logging.LogRecord("anonymity.vault", logging.ERROR, __file__, 1, "closed: %s", ("why",), None)
    assert WithoutWords().format(record) == "ERROR anonymity.vault closed: why"
