"""How long a session lasts, the second factor of moderators, and the profile."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import Account
from tests import make

pytestmark = pytest.mark.embedded


def signed_in(account: Account) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": account.email, "password": make.PASSWORD})
    return client


def test_a_session_lasts_a_fortnight_and_a_moderators_half_a_day(alice, mia):
    assert signed_in(alice).session.get_expiry_age() == 14 * 24 * 3600
    assert signed_in(mia).session.get_expiry_age() == 12 * 3600


def test_a_moderator_without_a_second_factor_is_sent_to_set_one_up(client, mia, pending_item, settings):
    settings.SECOND_FACTOR_FOR_MODERATORS = True
    client.force_login(mia)
    for address in ("/moderation/queue/", pending_item.get_absolute_url()):
        assert client.get(address)["Location"] == "/accounts/2fa/"
    client.post(f"{pending_item.get_absolute_url()}publish/", {"version": 1})
    pending_item.refresh_from_db()
    assert not pending_item.decided
    assert "The desk opens once you have a" in client.get("/accounts/2fa/").content.decode()
    TOTP.activate(mia, "JBSWY3DPEHPK3PXP")
    assert client.get("/moderation/queue/").status_code == 200
    assert "The desk opens once" not in client.get("/accounts/2fa/").content.decode()


def test_members_need_no_second_factor(client, alice, settings):
    settings.SECOND_FACTOR_FOR_MODERATORS = True
    client.force_login(alice)
    assert client.get("/my/threads/").status_code == 200


def test_the_secret_of_a_second_factor_is_kept_sealed(mia):
    TOTP.activate(mia, "JBSWY3DPEHPK3PXP")
    stored = Authenticator.objects.get().data["secret"]
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert get_adapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"


def test_who_has_a_second_factor_signs_in_with_it(mia):
    TOTP.activate(mia, "JBSWY3DPEHPK3PXP")
    client = signed_in(mia)
    assert client.get("/moderation/queue/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert client.get("/moderation/queue/").status_code == 302


def test_an_account_that_was_closed_is_signed_out(client, alice):
    client.force_login(alice)
    Account.objects.update(is_active=False)
    assert client.get("/my/threads/").status_code == 302


def test_a_profile_is_saved_and_shown(client, carol, tags):
    client.force_login(carol)
    form = {
        "display_name": " Carol   Ann ",
        "credential": "LPC",
        "disciplines": [tags["psychologist"].pk],
        "jurisdictions": [tags["us-co"].pk, tags["gb"].pk],
    }
    assert client.post("/my/settings/profile/", form)["Location"] == "/my/settings/profile/?saved"
    carol.refresh_from_db()
    assert (carol.display_name, carol.credential) == ("Carol Ann", "LPC")
    assert set(carol.jurisdictions.all()) == {tags["us-co"], tags["gb"]}
    page = client.get("/my/settings/profile/?saved").content.decode()
    assert "Saved." in page
    assert 'value="Carol Ann"' in page


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": ""},
        {"display_name": "Mo\u202ederator"},
        {"credential": "LP\u200bC"},
        {"disciplines": ["us-co"]},
        {"disciplines": ["999999"]},
        {"credential": "x" * 61},
    ],
)
def test_a_faulty_profile_is_refused(client, carol, change):
    client.force_login(carol)
    answer = client.post("/my/settings/profile/", {"display_name": "Carol", **change})
    assert answer.status_code == 422
    carol.refresh_from_db()
    assert carol.display_name == "Carol"


def test_a_profile_takes_only_tags_of_its_facets(client, carol, tags):
    client.force_login(carol)
    form = {
        "display_name": "Carol",
        "disciplines": [tags["us-co"].pk],
        "is_moderator": "on",
        "is_verified": "on",
    }
    assert client.post("/my/settings/profile/", form).status_code == 422
    del form["disciplines"]
    assert client.post("/my/settings/profile/", form).status_code == 303
    carol.refresh_from_db()
    assert [carol.is_moderator, carol.is_verified] == [False, False]
