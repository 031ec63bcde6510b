import pytest
from django.core.management import CommandError, call_command

from forum.models import Notice
from moderation.models import AuditEvent
from tests import make


def appoint(account, role: str, *options: str):
    call_command("appoint", account.email, role, *options)
    account.refresh_from_db()


@pytest.mark.parametrize("role", ["verified", "moderator", "administrator"])
def test_an_appointment_gives_its_role_and_takes_none(alice, role):
    appoint(alice, role)
    assert getattr(alice, f"is_{role}")
    appoint(alice, "verified")
    assert getattr(alice, f"is_{role}")


def test_a_moderator_is_appointed_with_what_a_standing_needs(alice, tags):
    practice = ["--discipline", "psychologist", "--discipline", "professional-counselor"]
    appoint(alice, "moderator", *practice, "--jurisdiction", "us-co", "--credential", "LPC")
    assert {tag.slug for tag in alice.disciplines.all()} == {"psychologist", "professional-counselor"}
    assert [tag.code for tag in alice.jurisdictions.all()] == ["US-CO"]
    assert alice.credential == "LPC"


def test_a_second_appointment_keeps_what_it_does_not_name(mia):
    appoint(mia, "moderator", "--jurisdiction", "US-OR")
    assert [tag.slug for tag in mia.disciplines.all()] == ["professional-counselor"]
    assert [tag.slug for tag in mia.jurisdictions.all()] == ["us-or"]
    assert mia.credential == "LPC"


def test_member_takes_every_role_away(mia):
    appoint(mia, "administrator")
    appoint(mia, "member")
    assert not any([mia.is_moderator, mia.is_administrator, mia.is_verified])


def test_an_appointment_is_on_record(alice):
    appoint(alice, "moderator")
    assert AuditEvent.objects.values_list("kind", "about").get() == (
        "account.appointed-moderator",
        f"account {alice.pk}",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody@example.org", "moderator"],
        ["alice@example.org", "moderator", "--discipline", "astrologer"],
        ["alice@example.org", "moderator", "--jurisdiction", "US-ZZ"],
        ["alice@example.org", "moderator", "--discipline", "us-co"],
        ["alice@example.org", "king"],
    ],
)
def test_a_wrong_appointment_says_so_and_changes_nothing(alice, tags, arguments):
    with pytest.raises(CommandError):
        call_command("appoint", *arguments)
    alice.refresh_from_db()
    assert not alice.is_moderator
    assert not AuditEvent.objects.exists()


def test_capitals_in_the_address_do_not_matter(alice):
    call_command("appoint", "Alice@Example.org", "verified")
    alice.refresh_from_db()
    assert alice.is_verified


def test_the_roles_show_in_the_standing(published_thread, alice):
    bob = make.account("Bob")
    appoint(bob, "moderator", "--discipline", "psychologist", "--jurisdiction", "US-CO")
    standing = make.post(published_thread, author=bob).standing
    assert standing.level == "moderator"
    assert standing.outside_discipline
    assert not standing.outside_jurisdiction


def inbox(account) -> str:
    return make.browser(account).get("/inbox/").content.decode()


def test_a_new_moderator_reads_of_it_once_and_is_led_to_the_desk(alice, settings):
    for _ in range(2):
        appoint(alice, "moderator")
    assert inbox(alice).count("You are a moderator of this board now") == 1
    notice = Notice.objects.get(account=alice)
    alices = make.browser(alice)
    assert alices.get(f"/inbox/{notice.pk}/").headers["Location"] == "/moderation/queue/"
    settings.SECOND_FACTOR_FOR_MODERATORS = True
    assert "You are a moderator of this board now" in inbox(alice)


def test_it_is_not_said_to_who_is_none_any_more_nor_to_others(alice, bob):
    appoint(alice, "moderator")
    appoint(alice, "member")
    appoint(bob, "administrator")
    assert not any("You are a moderator" in inbox(each) for each in (alice, bob))
