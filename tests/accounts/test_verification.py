"""Asking to be verified: what is kept of the form, what is refused beside its field, and taking it back."""

import pytest

from accounts.models import Verification
from moderation.models import AuditEvent
from tests import make
from tests.tables import dump

pytestmark = pytest.mark.embedded

PAGE = "/my/settings/verification/"
NPI = "1234567893"


@pytest.fixture
def form(alice, tags) -> dict:
    alice.disciplines.set([tags["psychologist"]])
    what = {"discipline": tags["psychologist"].pk, "jurisdiction": tags["us-co"].pk}
    return {**what, "board": "Colorado DORA", "licence_type": "PsyD", "npi": NPI}


@pytest.fixture
def alices(client, alice):
    client.force_login(alice)
    return client


def test_what_was_asked_waits_and_makes_nobody_verified(alices, alice, form):
    assert alices.post(PAGE, form).headers["Location"] == f"{PAGE}?sent"
    asked = Verification.objects.get()
    assert (asked.account, asked.board, asked.licence_type, asked.checked_on) == (
        alice, "Colorado DORA", "PsyD", None,
    )  # fmt: skip
    alice.refresh_from_db()
    assert not alice.is_verified
    assert AuditEvent.objects.values_list("kind", "by").get() == ("verification.submitted", None)
    assert "Colorado DORA" in alices.get(PAGE).content.decode()


def test_the_number_is_kept_nowhere(alices, form):
    alices.post(PAGE, form)
    assert not [row for rows in dump().values() for row in rows if NPI in "".join(row)]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("npi", "1234567890", "This is no NPI"),
        ("board", "", "Please name the board"),
        ("discipline", "", "Please choose a discipline"),
        ("jurisdiction", "", "Please choose where"),
    ],
)
def test_a_slip_is_told_beside_its_field_and_nothing_typed_is_lost(alices, form, field, value, sentence):
    answer = alices.post(PAGE, {**form, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#id_{field}">' in page
    assert sentence in page
    assert 'value="PsyD"' in page
    assert not Verification.objects.exists()


def test_a_discipline_of_somebody_elses_profile_is_refused(alices, form, tags):
    form["discipline"] = tags["clinical-social-worker"].pk
    assert alices.post(PAGE, form).status_code == 422


def test_the_same_discipline_waits_once(alices, form):
    alices.post(PAGE, form)
    answer = alices.post(PAGE, form)
    assert answer.status_code == 409
    assert "already waits" in answer.content.decode()
    assert Verification.objects.count() == 1


def test_who_says_nothing_of_their_work_is_sent_to_the_profile_first(alices):
    page = alices.get(PAGE).content.decode()
    assert "what you practise" in page
    assert 'name="board"' not in page


def test_what_nobody_checked_can_be_taken_back_by_its_member_alone(alices, client, alice, carol):
    asked = make.asked_verification(alice)
    take_back = f"{PAGE}{asked.pk}/take-back/"
    client.force_login(carol)
    assert client.post(take_back).status_code == 404
    client.force_login(alice)
    assert client.post(take_back).status_code == 303
    assert not Verification.objects.exists()
