"""Every page, as a visitor, a clinician and a moderator meet it.

No violation by axe in light or dark, no sideways scroll at 320 pixels, no error in the console.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import assert_accessible, assert_fits
from tests.browser.conftest import confirm

BOARD = """
import json
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from forum.actions.appeal import appeal
from forum.actions.flag import flag
from forum.actions.proposal import refuse
from forum.models import Tag
from forum.notices import fanout
from moderation import intake
from moderation.actions.claim import claim, step_back
from moderation.actions.decide import hold, publish
from moderation.actions.duty import go_away
from moderation.actions.merge import merge
from moderation.actions.note import note
from moderation.actions.redact import ask_to_redact
from moderation.actions.sanction import appeal_sanction, sanction
from moderation.actions.silence import mute, pause_author
from moderation.actions.suggest import suggest_what_waits
from moderation.actions.verify import take
from moderation.models import QueueItem
from tests import make

def session(account):
    browser = Client()
    browser.force_login(account)
    return browser.cookies["sessionid"].value

vera = make.account("Vera", email=f"vera-{nonce}@example.org", is_verified=True)
mo = make.moderator("Mo", email=f"mo-{nonce}@example.org")
thread = make.thread("published", author=vera, by=mo)
make.post(thread, author=mo, red_flag="Say this aloud to somebody first.", aspects=["ethical"])
make.post(thread, "update", by=mo, outcomes=["went-badly"])
returned = make.thread("returned", author=vera, by=mo, title="A text that came back with a note")
make.job_failure()
waiting = make.thread(author=vera, title="A question that waits for a moderator")
tomorrow = make.NOW + timedelta(days=1)
gone = make.thread("withdrawn", author=vera, by=mo, now=tomorrow, title="A thread that was withdrawn")
held = make.item(make.thread(author=vera, now=tomorrow, title="A question that is held"))
hold(held, "Waiting for somebody who knows schools.", version=1, by=mo, now=timezone.now())
claim(held, by=mo, now=timezone.now())
pat = make.account("Pat", email=f"pat-{nonce}@example.org", is_verified=True)
asked = make.thread("published", author=pat, anonymous=True, by=mo, title="A question of somebody paused")
replied = make.post(asked, "perspective", author=vera, anonymous=True, by=mo)
pause_author(make.opener(asked), days=30, by=mo, now=timezone.now())
mute(replied.persona, by=mo, now=timezone.now())
named = make.thread("published", author=pat, by=mo, title="A question with a name", now=tomorrow)
ask_to_redact(named, "with a name", make.REASON, hidden=False, by=make.moderator(), now=timezone.now())
flagged = make.thread("published", author=vera, by=mo, now=tomorrow, title="A thread with a flagged reply")
reply = make.post(flagged, "perspective", author=pat, by=mo, now=tomorrow)
flag(reply, "identifies", "It says where she climbs.", at_once=True, account=pat, now=tomorrow)
flags = QueueItem.objects.waiting().get(post=reply)
mia = make.moderator("Mia", email=f"mia-{nonce}@example.org")
claim(flags, by=mia, now=timezone.now())
later = {"author": vera, "by": mo, "now": tomorrow + timedelta(days=1)}
eve = make.account("Eve", email=f"eve-{nonce}@example.org")
plain = make.BODY.replace("the climbing gym", "a place we both go to")
edited = make.thread("published", author=eve, by=mo, title="A question whose author edits it")
edit = make.edit(make.question(edited), title="A question that was edited", body=plain)
claim(edit, by=mia, now=timezone.now())
proposed = make.thread(author=eve, title="A question with changes proposed")
make.proposal(proposed, body=plain, note="The gym is known.", by=mo)
unwanted = make.thread(author=eve, title="A question as its author wrote it")
changes = make.proposal(unwanted, body=plain, note="The gym is known.", by=mo)
refuse(make.question(unwanted), "The place matters.", version=changes.version, by=eve, now=timezone.now())
claim(make.item(unwanted), by=mia, now=timezone.now())
moderated = [make.thread(each, title=f"A thread that is {each}", **later) for each in ("closed", "hidden")]
asking = make.account("Ada", email=f"ada-{nonce}@example.org")
asked_for = make.asked_verification(asking)
own = make.asked_verification(vera, "psychologist")
taken = make.asked_verification(pat)
take(taken, by=mo, now=timezone.now())
note(vera, "Was asked twice to write more kindly.", by=mo, now=timezone.now())
on = tomorrow + timedelta(days=2)
refused, fresh = (make.thread("declined", author=vera, by=mo, now=on) for _ in range(2))
[declined] = intake.decided_about(refused.posts.all())
said = "I wrote nothing of the kind. Please look at it again."
appeal(declined, said, by=vera, now=timezone.now())
heard = QueueItem.objects.waiting().get(kind="appeal", thread=refused)
claim(heard, by=mia, now=timezone.now())
step_back(make.item(waiting), by=mia, now=timezone.now())
warned = sanction(vera, "warning", make.REASON, by=mo, now=timezone.now())
appeal_sanction(warned, said, by=vera, now=timezone.now())
unheard = QueueItem.objects.waiting().get(appeal__sanction=warned)
sanction(vera, "pause", make.REASON, hours=72, by=mo, now=timezone.now())
sanction(vera, "suspension", make.REASON, hours=24, by=make.moderator(), now=timezone.now())
merged = [make.thread("published", by=mo, now=tomorrow, title=f"Asked {each}") for each in ("again", "first")]
merge(*merged, by=mo, now=timezone.now())
colleague = Tag.objects.filter(slug="colleague-conduct").first() or make.tag("topic", "colleague-conduct")
tags = ["professional-counselor", "us-co", colleague]
conduct = make.item(make.thread(title="A question about a colleague", now=tomorrow, tags=tags))
publish(conduct, version=1, by=mo, now=timezone.now())
days = {"first": timezone.now().date(), "last": timezone.now().date() + timedelta(days=9)}
go_away(**days, cover=mia, pass_on=False, by=mo, now=timezone.now())
suggest_what_waits(timezone.now())
root = make.account("Root", email=f"root-{nonce}@example.org", is_administrator=True)
fanout.tell_all()
print(json.dumps({
    "root": session(root), "member": f"/moderation/members/{vera.pk}/",
    "asked_for": asked_for.get_absolute_url(), "taken": taken.get_absolute_url(),
    "vera": session(vera), "mo": session(mo), "pat": session(pat),
    "author": f"/moderation/posts/{make.question(asked).pk}/author/", "asked": asked.get_absolute_url(),
    "muted": f"/moderation/posts/{replied.pk}/author/",
    "thread": thread.get_absolute_url(), "gone": gone.get_absolute_url(),
    "mine": f"/my/threads/{thread.public_id}/", "returned": f"/my/threads/{returned.public_id}/",
    "moderated": [f"/moderation/threads/{each.public_id}/" for each in [thread, *moderated]],
    "named": f"/moderation/threads/{named.public_id}/",
    "flag": f"/posts/{make.question(flagged).pk}/flag/", "mia": session(mia),
    "flags": flags.get_absolute_url(),
    "heard": heard.get_absolute_url(), "unheard": unheard.get_absolute_url(),
    "refused": f"/my/threads/{refused.public_id}/", "fresh": f"/my/threads/{fresh.public_id}/",
    "eve": session(eve), "edit": edit.get_absolute_url(), "answered": make.item(unwanted).get_absolute_url(),
    "edited": f"/my/threads/{edited.public_id}/", "proposed": f"/my/threads/{proposed.public_id}/",
    "care": f"/moderation/threads/{flagged.public_id}/",
    "closed": moderated[0].get_absolute_url(), "hidden": f"/my/threads/{moderated[1].public_id}/",
    "merged": [each.get_absolute_url() for each in merged],
    "merging": [f"/moderation/threads/{each.public_id}/" for each in merged],
    "conduct": conduct.get_absolute_url(),
    "held": held.get_absolute_url(), "item": make.item(waiting).get_absolute_url(),
}))
"""
PAGES = {
    None: [
        "/", "/?discipline=psychologist&sort=active", "{thread}", "{gone}", "/tags/",
        "/tags/jurisdiction/us/", "/search/", "/search/?q=gym", "/accounts/login/",
        "/accounts/signup/", "/accounts/password/reset/", "/anonymity/", "/transparency/", "/my/delete/done/",
        "/return/", "/no/such/page/", "/digest/unsubscribe/of-nobody/",
    ],
    "vera": [
        "/", "{thread}", "/ask/", "/ask/sent/", "/inbox/", "/my/threads/", "{mine}", "{returned}",
        "{closed}", "{hidden}", "{refused}", "{fresh}",
        "/my/anonymous/", "/my/settings/profile/", "/my/settings/verification/", "/my/sanctions/",
        "/my/settings/notices/",
    "/my/settings/digest/", "/my/settings/digest/preview/",
        "/accounts/email/", "/accounts/password/change/",
        "/accounts/logout/", "/my/export/", "/my/delete/",
    ],
    "mo": [
        "{thread}", "/moderation/queue/", "/moderation/duty/",
        "/moderation/queue/?kind=update&age=24", "/moderation/log/",
        "{conduct}", "/moderation/insight/", "/moderation/insight/?first=2026-03-01&last=2026-03-31&by=month",
        "/moderation/insight/?first=tomorrow",
        "{item}", "{held}", "{heard}", "{closed}", "{moderated[0]}", "{moderated[1]}",
        "{moderated[2]}", "{named}", "{moderated[1]}redact/", "/moderation/redactions/",
        "{asked}", "{author}", "{muted}", "{mine}",
        "{merged[0]}", "{merged[1]}", "{merging[0]}", "{merging[1]}",
        "/moderation/members/?q=vera", "{member}",
        "/moderation/verifications/", "{asked_for}", "{taken}",
    ],
    "root": ["{member}", "/moderation/members/", "/moderation/insight/"],
    "pat": ["/ask/", "{flag}", "/posts/flagged/"],
    "mia": [
        "{flags}", "{care}", "/moderation/queue/?to=you", "{heard}", "{unheard}",
        "/moderation/queue/", "{item}", "{edit}", "{answered}",
    ],
    "eve": ["{edited}", "{proposed}"],
}  # fmt: skip


# Who has few pages looks with others, since each test makes a board of its own.
MANY = ["mo", "vera", "mia"]
TOGETHER = [[who for who in PAGES if who not in MANY], *([who] for who in MANY)]


@pytest.mark.parametrize("viewers", TOGETHER, ids=str)
def test_every_page_is_accessible_in_light_and_dark_and_fits_a_small_phone(
    site, new_browser_context, complaints, viewers
):
    board = site.make(BOARD)
    for who in viewers:
        context = new_browser_context(reduced_motion="reduce", viewport={"width": 320, "height": 700})
        if who:
            context.add_cookies([{"name": "sessionid", "value": board[who], "url": site.url}])
        page = context.new_page()
        for address in PAGES[who]:
            page.goto(address.format(**board))
            check(page)
            if address == "/my/anonymous/":
                confirm(page)
                check(page)
    complaints.forgive("Failed to load resource")  # the pages of what is not there, or not any more


def check(page: Page) -> None:
    assert_fits(page)
    assert_accessible(page)
