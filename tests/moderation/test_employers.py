"""Declared employers: they keep moderators from named colleagues; of a persona's text nothing is compared."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.employers import declare_employers
from accounts.models import Account, Employer
from accounts.models.employer import key_of
from forum.actions.flag import flag
from forum.actions.leave import leave
from moderation.actions.claim import claim, step_back
from moderation.actions.sanction import agree, appeal_sanction, lift, sanction
from moderation.actions.suggest import suggest_what_waits
from moderation.actions.verify import note_check, take
from moderation.models import AuditEvent, QueueItem
from moderation.rules import SameEmployer, kept_from
from tests import make

HOSPITAL = "St. Mary's Hospital"


def works_at(*names: str, who: Account, now) -> None:
    declare_employers(list(names), by=who, now=now)


class TestHandingOver:
    @pytest.fixture
    def now(self):
        return timezone.now()

    def test_who_is_kept_from_it_is_refused_in_one_sentence_whatever_the_reason(self, mia, now):
        tess, uma, eve = make.moderator("Tess"), make.moderator("Uma"), make.moderator("Eve")
        item = make.item(make.thread(author=eve, now=now))
        for who in (eve, uma):
            works_at(HOSPITAL, who=who, now=now)
        step_back(item, by=tess, now=now)
        mias = make.browser(mia)
        mias.post(f"{item.get_absolute_url()}claim/")
        for who in (eve, tess, uma):
            form = {"over-to": who.pk, "over-note": "Please have a look at this one."}
            answer = mias.post(f"{item.get_absolute_url()}hand-over/", form)
            assert answer.status_code == 422
            page = answer.content.decode()
            assert "This can’t be handed over to them. Please choose another colleague." in page
            assert "Please have a look at this one." in page
            assert page.count("<option") > 3  # to choose another from


class TestEmployers:
    @pytest.fixture
    def now(self):
        return timezone.now()

    @pytest.fixture(autouse=True)
    def colleagues(self, alice, mia, now):
        """Alice and Mia work in one hospital, which each of them writes in her own way."""
        works_at(HOSPITAL, "A school", who=alice, now=now)
        works_at("ST MARYS  hospital", who=mia, now=now)

    @pytest.mark.parametrize(
        ("one", "other"), [("Söder-Klinik", "soder klinik"), ("St. Mary’s", "st marys"), ("A & B", "a b")]
    )
    def test_names_are_compared_as_people_type_them(self, one, other):
        assert key_of(one) == key_of(other)

    def test_a_text_by_name_is_a_colleagues(self, pending_item, mia, mo, now):
        with pytest.raises(SameEmployer):
            claim(pending_item, by=mia, now=now)
        claim(pending_item, by=mo, now=now)

    def test_an_anonymous_text_is_everybodys_and_compared_with_nothing(self, alice, mia, now):
        item = make.item(make.thread(author=alice, anonymous=True, now=now))
        with CaptureQueriesContext(connection) as asked:
            assert kept_from(item) == {}
        assert not [query for query in asked if "accounts_employer" in query["sql"]]
        claim(item, by=mia, now=now)

    def test_so_is_an_anonymous_reply_in_a_thread_of_theirs(self, alice, vera, mia, mo, now):
        thread = make.thread("published", author=alice, by=mo, now=now)
        view = make.post(thread, "perspective", author=vera, anonymous=True, state="pending", now=now)
        claim(make.item(view), by=mia, now=now)

    def test_it_is_suggested_to_somebody_else(self, pending_item, mia, mo, now):
        suggest_what_waits(now)
        pending_item.refresh_from_db()
        assert pending_item.suggested_to == mo

    def test_of_an_anonymous_one_nobody_is_passed_over(self, alice, mia, now):
        item = make.item(make.thread(author=alice, anonymous=True, now=now))
        suggest_what_waits(now)
        item.refresh_from_db()
        assert item.suggested_to == mia

    def test_flags_of_a_text_of_theirs(self, alice, carol, mo, mia, now):
        thread = make.thread("published", author=alice, by=mo, now=now)
        flag(make.question(thread), "unkind", account=carol, now=now)
        item = QueueItem.objects.get(kind="flag")
        with pytest.raises(SameEmployer):
            claim(item, by=mia, now=now)
        claim(item, by=mo, now=now)

    def test_sanctions_and_appeals_of_theirs(self, alice, mia, mo, now):
        with pytest.raises(SameEmployer):
            sanction(alice, "warning", make.REASON, by=mia, now=now)
        asked = sanction(alice, "suspension", make.REASON, hours=24, by=mo, now=now)
        with pytest.raises(SameEmployer):
            agree(asked, by=mia, now=now)
        agree(asked, by=make.moderator(), now=now)
        asked.refresh_from_db()
        with pytest.raises(SameEmployer):
            lift(asked, by=mia, now=now)
        appeal_sanction(asked, "I wrote nothing of the kind, please look.", by=alice, now=now)
        with pytest.raises(SameEmployer):
            claim(QueueItem.objects.get(), by=mia, now=now)

    def test_a_licence_of_theirs(self, alice, mia, mo, now):
        asked = make.asked_verification(alice, now=now)
        with pytest.raises(SameEmployer):
            take(asked, by=mia, now=now)
        take(asked, by=mo, now=now)
        works_at("St Mary's Hospital", who=mo, now=now)
        with pytest.raises(SameEmployer):
            note_check(asked, None, by=mo, now=now)
        page = make.browser(mia).get(asked.get_absolute_url()).content.decode()
        assert "may work at the same place" in page
        assert "Take it" not in page
        for each in ("/moderation/queue/", "/moderation/verifications/"):
            listed = make.browser(mia).get(each).content.decode()
            assert "For a colleague" in listed
            assert f"{asked.get_absolute_url()}take/" not in listed

    def test_the_page_of_a_member_offers_no_sanction(self, alice, mia, mo):
        page = f"/moderation/members/{alice.pk}/"
        assert "Write to them, warn" in make.browser(mo).get(page).content.decode()
        mias = make.browser(mia).get(page).content.decode()
        assert "Write to them, warn" not in mias
        assert "may work at the same place" in mias

    def test_what_is_taken_back_counts_no_longer(self, pending_item, mia, now):
        works_at(who=mia, now=now)
        claim(pending_item, by=mia, now=now)

    def test_who_stepped_out_of_the_role_or_left_keeps_nobody(self, alice, now):
        leave(alice, keep_name=False, now=now)
        alice.delete()
        assert not Employer.objects.filter(account=alice.pk).exists()

    def test_a_moderators_change_is_recorded_without_words_and_a_members_is_not(self, alice, mia, now):
        works_at("Another place", who=mia, now=now)
        works_at("Another place", who=mia, now=now)
        works_at("Another place", who=alice, now=now)
        events = AuditEvent.objects.filter(kind="employers.declared")
        assert [event.by for event in events] == [mia, mia]
        assert {event.about for event in events} == {str(mia)}

    def test_nobody_else_reads_them(self, alice, mia, mo, admin, pending_item):
        for viewer in (mo, mia, admin):
            client = make.browser(viewer)
            for address in (f"/moderation/members/{alice.pk}/", pending_item.get_absolute_url(), "/"):
                page = client.get(address).content.decode()
                assert "Mary" not in page
                assert "A school" not in page
        own = make.browser(alice).get("/my/settings/profile/").content.decode()
        assert "A school" in own

    def test_by_the_form(self, carol):
        carols = make.browser(carol)
        profile = {"display_name": "Carol", "credential": ""}
        wrong = carols.post("/my/settings/profile/", {**profile, "employers": "A place\n???"})
        assert wrong.status_code == 422
        assert "letters or figures" in wrong.content.decode()
        assert "A place" in wrong.content.decode()
        many = carols.post("/my/settings/profile/", {**profile, "employers": "\n".join("abcdefghijk")})
        assert "at most 10" in many.content.decode()
        typed = {**profile, "employers": " A  place\n\nAnother\na PLACE "}
        assert carols.post("/my/settings/profile/", typed).status_code == 303
        assert list(carol.employers.order_by("pk").values_list("name", flat=True)) == ["a PLACE", "Another"]
        assert carols.post("/my/settings/profile/", profile).status_code == 303
        assert not carol.employers.exists()
