"""The pages of appeals: the author's, the desk's, and what both reasons are read on."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum import return_code
from forum.models import Notice
from moderation.actions.appeals import grant, uphold_decision
from moderation.actions.claim import claim
from moderation.actions.sanction import appeal_sanction, sanction
from moderation.actions.silence import mute
from moderation.models import Appeal, Measure, QueueItem
from tests import make
from tests.moderation.appealing import DECLINED, WHY, WORDS, appealed, decided


class TestPages:
    @pytest.fixture
    def now(self):
        return timezone.now()

    def test_the_author_appeals_another_moderator_grants_and_both_reasons_stay(
        self, declined, alice, mia, mo
    ):
        alices, mias, mos = make.browser(alice), make.browser(mia), make.browser(mo)
        page = f"/my/threads/{declined.thread.public_id}/"
        against = re.search(r'name="against" value="([^"]+)"', alices.get(page).content.decode())[1]
        sent = {"deed": "appeal", "against": against}
        short = alices.post(page, {**sent, "words": "Too short."})
        assert short.status_code == 422
        assert "Too short." in short.content.decode()
        assert alices.post(page, {**sent, "words": WORDS}).status_code == 303
        item = QueueItem.objects.waiting().get()
        shown = mos.get(item.get_absolute_url()).content.decode()
        for words in (DECLINED.replace("'", "&#x27;"), WORDS, "Mia", "climbing gym"):
            assert words in shown
        assert "You took part in the first decision" in mias.get(item.get_absolute_url()).content.decode()
        assert mias.post(f"{item.get_absolute_url()}claim/").status_code == 403
        assert mos.post(f"{item.get_absolute_url()}claim/").status_code == 303
        form = {"grant-version": item.version, "grant-reason": WHY}
        granted = mos.post(f"{item.get_absolute_url()}grant/", form)
        assert granted.headers["Location"] == f"{make.item(declined).get_absolute_url()}#decision"
        own = alices.get(page).content.decode()
        for words in (DECLINED.replace("'", "&#x27;"), WORDS, WHY, "Granted", "went back to the moderators"):
            assert words in own
        assert "Mo" not in own.replace("More", "").replace("Moderators", "").replace("Most", "")

    def test_a_persona_appeals_behind_the_password_and_nobody_reads_a_name(self, anonymously, bob, mo):
        unproven = make.browser(bob)
        own = make.signed_in(bob)
        address = re.search(r"/my/anonymous/[0-9a-f]{32}/", own.get("/my/anonymous/").content.decode())[0]
        against = re.search(r'name="against" value="([^"]+)"', own.get(address).content.decode())[1]
        sent = {"deed": "appeal", "against": against, "words": WORDS}
        assert unproven.post(address, sent).status_code == 403
        assert not Appeal.objects.exists()
        assert own.post(address, sent).headers["Location"].startswith(address)
        item = QueueItem.objects.waiting().get()
        assert bob.display_name not in make.browser(mo).get(item.get_absolute_url()).content.decode()

    def test_by_code(self, mia, mo, client, now):
        code = return_code.new()
        thread = make.thread("declined", code=code, by=mia, now=now)
        page = client.post("/return/", {"code": code}).content.decode()
        against = re.search(r'name="against" value="([^"]+)"', page)[1]
        sent = {"code": code, "deed": "appeal", "against": against, "words": WORDS}
        assert "Your appeal" in client.post("/return/", sent).content.decode()
        decided(QueueItem.objects.waiting().get(), uphold_decision, by=mo, now=now)
        assert WHY in client.post("/return/", {"code": code}).content.decode()
        assert not Notice.objects.filter(persona__thread=thread).exists()

    def test_who_is_muted_can_appeal_too(self, anonymously, bob, mo, now):
        mute(anonymously.persona, by=mo, now=now)
        own = make.signed_in(bob)
        address = re.search(r"/my/anonymous/[0-9a-f]{32}/", own.get("/my/anonymous/").content.decode())[0]
        page = own.get(address).content.decode()
        assert "has muted you" in page
        against = re.search(r'name="against" value="([^"]+)"', page)[1]
        assert own.post(address, {"deed": "appeal", "against": against, "words": WORDS}).status_code == 303

    def test_of_a_redaction_it_says_that_nothing_comes_back(self, redacted, third, alice, now):
        decided(appealed(redacted, now=now), grant, by=third, now=now)
        page = make.browser(alice).get(f"/my/threads/{redacted.thread.public_id}/").content.decode()
        assert "can’t come back" in page
        assert WHY in page

    def test_of_a_sanction(self, paused, vera, mo, now):
        veras, mos = make.browser(vera), make.browser(mo)
        answer = veras.post(f"/my/sanctions/{paused.pk}/appeal/", {"words": "Hm."})
        assert (answer.status_code, "Hm." in answer.content.decode()) == (422, True)
        assert veras.post(f"/my/sanctions/{paused.pk}/appeal/", {"words": WORDS}).status_code == 303
        item = QueueItem.objects.waiting().get()
        assert "What moderators said to a member" in mos.get("/moderation/queue/").content.decode()
        shown = mos.get(item.get_absolute_url()).content.decode()
        assert "a colleague a fraud" in shown
        assert "Vera" in shown
        assert item.get_absolute_url() in mos.get(f"/moderation/members/{vera.pk}/").content.decode()
        mos.post(f"{item.get_absolute_url()}claim/")
        form = {"stand-version": 1, "stand-reason": WHY}
        assert (
            mos.post(f"{item.get_absolute_url()}stand/", {**form, "stand-reason": "No."}).status_code == 422
        )
        assert mos.post(f"{item.get_absolute_url()}stand/", form).headers["Location"] == "/moderation/queue/"
        notice = Notice.objects.filter(event__happening="answered").get()
        assert veras.get(f"/inbox/{notice.pk}/").headers["Location"] == "/my/sanctions/"
        own = veras.get("/my/sanctions/").content.decode()
        for words in ("a colleague a fraud", WORDS, WHY, "The decision stands"):
            assert words in own
        assert "appeal decided" in mos.get(f"/moderation/members/{vera.pk}/").content.decode()

    def test_what_granting_does_is_said_of_each_measure(self, paused, vera, mia, mo, now):
        warned = sanction(vera, Measure.WARNING, make.REASON, by=mia, now=now)
        for given, writes_again in ((paused, True), (warned, False)):
            appeal_sanction(given, WORDS, by=vera, now=now)
            item = QueueItem.objects.waiting().get(appeal__sanction=given)
            claim(item, by=mo, now=now)
            page = make.browser(mo).get(item.get_absolute_url()).content.decode()
            assert "taken back from this moment" in page
            assert ("they write again unless something else keeps them from it" in page) is writes_again

    def test_the_queue_shows_appeals_by_their_kind(self, declined, paused, vera, mo, now):
        appealed(declined, now=now)
        appeal_sanction(paused, WORDS, by=vera, now=now)
        make.thread(now=now)
        page = make.browser(mo).get("/moderation/queue/?kind=appeal").content.decode()
        assert "2 waiting that fit" in page

    def test_more_appeals_cost_an_author_and_a_moderator_no_more_queries(self, vera, mia, mo, now):
        veras, mos = make.browser(vera), make.browser(mo)
        counts = []
        for _ in range(2):
            for _ in range(2):
                given = sanction(vera, Measure.WARNING, make.REASON, by=mia, now=now)
                appeal_sanction(given, WORDS, by=vera, now=now)
            pages = [
                (veras, "/my/sanctions/"),
                (mos, "/moderation/queue/"),
                (mos, f"/moderation/members/{vera.pk}/"),
            ]
            costs = []
            for client, address in pages:
                client.get(address)
                with CaptureQueriesContext(connection) as asked:
                    client.get(address)
                costs.append(len(asked))
            counts.append(costs)
        assert counts[0] == counts[1]

    def test_more_decisions_cost_an_author_no_more_queries(self, published_thread, vera, mia, now):
        veras, costs = make.browser(vera), []
        address = f"/my/threads/{published_thread.public_id}/"
        for _ in range(2):
            for _ in range(3):
                view = make.post(
                    published_thread, "perspective", author=vera, state="declined", by=mia, now=now
                )
                make.post(published_thread, "perspective", author=vera, state="declined", by=mia, now=now)
                appealed(view, now=now)
            veras.get(address)
            with CaptureQueriesContext(connection) as asked:
                page = veras.get(address).content.decode()
            costs.append(len(asked))
        assert page.count("Send the appeal") == page.count("Your appeal") == 6
        assert costs[0] == costs[1]
