"""The main job, played as people would: ask anonymously, review, reply, hear of it, come back, be found."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import assert_accessible, assert_fits
from tests.browser.conftest import PASSWORD, confirm

TITLE = "A client from my choir wants to sing a duet with me"
BODY = """I sing in a large choir, and last term a client joined it. We agreed in session not to talk there.

Now the conductor, who knows nothing of it, has asked us both to sing a duet. My client would
love to. I have not answered, and I notice that I am flattered. Saying no will need a reason."""
REPLY = """Thank you for bringing this before you answered the conductor. What the rules say on dual
relationships depends on your state; what your code asks about is foreseeable harm, not music."""
UPDATE = """I told the conductor that I had too much on this term, and raised it with my client in our hour.
She was disappointed, then relieved. We spoke about what it is to be seen in two places at once."""


class Person:
    """Somebody at their own browser, with an account made by the pages of the site."""

    def __init__(self, site, context: BrowserContext, name: str) -> None:
        self.site, self.page, self.name = site, context.new_page(), name
        self.email = f"{name.lower()}-{time.monotonic_ns()}@example.org"

    def join(self) -> "Person":
        self.page.goto("/accounts/signup/")
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Display name").fill(self.name)
        self.page.get_by_label("Password").first.fill(PASSWORD)
        self.page.get_by_role("button", name="Join").click()
        expect(self.page.locator("input[name=code]")).to_be_visible()
        self.page.locator("input[name=code]").fill(self.code())
        self.page.locator("form:has(input[name=code]) button").first.click()
        expect(self.page.get_by_text(self.name).first).to_be_attached()
        return self

    def code(self) -> str:
        """The code of the newest mail to this person."""
        mails = sorted(Path(self.site.environment["DATA_DIR"], "mail").glob("*.log"))
        ours = [text for mail in mails if self.email in (text := mail.read_text())]
        found = re.findall(r"^([A-Z0-9-]{6,9})$", ours[-1], re.MULTILINE)
        return found[-1]


@pytest.fixture
def clinician(site, new_browser_context) -> Person:
    return Person(site, new_browser_context(), "Kit").join()


@pytest.fixture
def moderator(site, new_browser_context) -> Person:
    person = Person(site, new_browser_context(), "Rosalind").join()
    site.manage(
        "appoint", person.email, "moderator", "--discipline", "psychologist", "--jurisdiction", "US-OR"
    )
    return person


def connected(page: Page) -> None:
    expect(page.locator("#live-connection")).to_have_attribute("data-state", "open")


def test_the_main_job(site, clinician, moderator, new_browser_context, complaints):
    author, desk = clinician.page, moderator.page
    title = f"{TITLE} {time.monotonic_ns()}"  # another one when this is tried again
    desk.goto("/moderation/queue/")
    connected(desk)
    assert_accessible(desk)

    # One clinician asks anonymously in one browser ...
    author.goto("/ask/")
    author.get_by_label("Your question in one line").fill(title)
    author.locator("[name=body]").fill(BODY)
    author.get_by_label("What are you asking?").fill("May we sing together, and what do I say if not?")
    choose(author, "discipline", "professional-counselor")
    choose(author, "jurisdiction", "us-co")
    author.locator("[name=identity][value=anonymous]").check()
    assert_accessible(author)
    author.get_by_role("button", name="Send to the moderators").click()
    expect(author).to_have_url(re.compile(r"/ask/sent/$"))
    assert_accessible(author)

    # ... a moderator in another sees the queue change without reloading, takes it and publishes it ...
    row = desk.locator("#queue li", has_text=title)
    expect(row).to_be_visible()
    expect(desk.locator("#queue")).not_to_contain_text(clinician.name)
    row.get_by_role("link", name=title).click()
    desk.get_by_role("button", name="Take it").click()
    expect(desk.locator("main")).to_contain_text("flattered")
    assert_accessible(desk)
    connected(author)
    desk.get_by_role("button", name="Publish it").click()
    expect(desk.locator("h1")).to_have_text(title)
    expect(author.locator("#inbox-badge")).to_have_text("1")

    # ... and replies; the clinician's page shows a live notice, and the reply is there with its standing ...
    thread_address = desk.url
    author.goto(thread_address)
    connected(author)
    desk.locator("form[action$='/act/consult/'] [name=body]").fill(REPLY)
    desk.get_by_label("Ethical").check()
    desk.get_by_label("Red flag").fill("You are flattered: say that aloud to somebody first.")
    desk.get_by_role("button", name="Publish the consultation").click()
    expect(desk.locator("#posts")).to_contain_text("dual")
    expect(author.locator("#toasts")).to_contain_text("Something new in your inbox")
    author.get_by_role("button", name="1 new reply, show").click()
    reply = author.locator("#posts li").first
    expect(reply).to_contain_text("Rosalind")
    expect(reply).to_contain_text("outside own discipline", ignore_case=True)
    expect(reply).to_contain_text("You are flattered")
    assert_accessible(author)

    # ... the clinician comes back with an update, which is reviewed like everything else ...
    author.goto("/inbox/")
    expect(author.locator("main")).to_contain_text(title)
    assert_accessible(author)
    author.goto("/my/anonymous/")
    assert_accessible(author)
    confirm(author)
    assert_accessible(author)
    author.get_by_role("link", name=title).click()
    assert_accessible(author)
    author.get_by_text("Say how it turned out").click()
    form = author.locator("form:has(input[value=update])")
    form.locator("[name=body]").fill(UPDATE)
    form.get_by_label("Talked with the client").check()
    author.context.clear_cookies(name="confirmed")  # as if it had taken longer than ten minutes
    form.get_by_role("button", name="Send the update").click()
    expect(author.get_by_label("Text", exact=True)).to_have_value(UPDATE)
    assert_accessible(author)
    confirm(author)
    expect(author).to_have_url(re.compile(r"/ask/sent/$"))
    complaints.forgive("status of 403")  # the page that asks first
    desk.goto("/moderation/queue/")
    desk.locator("#queue li", has_text=title).get_by_role("link", name=title).click()
    desk.get_by_role("button", name="Take it").click()
    desk.get_by_role("button", name="Publish it").click()

    # ... and a reader without an account finds the thread under its discipline and jurisdiction.
    reader = new_browser_context(java_script_enabled=False).new_page()
    reader.goto("/?discipline=professional-counselor&jurisdiction=us")
    reader.get_by_role("link", name=title).click()
    expect(reader.locator("main")).to_contain_text("seen in two places at once")
    expect(reader.locator("main")).not_to_contain_text(clinician.name)
    expect(reader.locator("main")).to_contain_text("Anonymous author", ignore_case=True)


def choose(page: Page, facet: str, slug: str) -> None:
    """Tick or select a tag, whichever the form offers."""
    field = page.locator(f"[name={facet}]")
    if field.first.evaluate("element => element.tagName") == "SELECT":
        field.select_option(slug)
    else:
        box = page.locator(f"input[name={facet}][value={slug}]")
        for closed in page.locator(f"details:has(input[name={facet}]):not([open]) > summary").all():
            closed.click()
        box.check()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_others_will_see_is_shown_before_it_is_sent(site, clinician, new_browser_context, scripts):
    context = new_browser_context(
        java_script_enabled=scripts, reduced_motion="reduce", viewport={"width": 320, "height": 700}
    )
    context.add_cookies(clinician.page.context.cookies())
    page = context.new_page()
    page.goto("/ask/")
    page.get_by_label("Your question in one line").fill(f"{TITLE} – “soon”…")
    page.locator("[name=body]").fill(BODY)
    page.get_by_label("Your question in one line").press("Enter")  # shows, never sends
    panel = page.get_by_role("region", name="This is what others will see")
    expect(panel).to_be_focused()
    expect(panel.locator(".entry")).to_contain_text(f'{TITLE} - "soon"...')
    expect(panel.locator(".post")).to_contain_text("Anonymous author")
    expect(panel).not_to_contain_text(clinician.name)
    expect(panel).to_contain_text("Please choose at least one")
    choose(page, "discipline", "professional-counselor")
    choose(page, "jurisdiction", "us-co")
    page.get_by_label(f"As {clinician.name}").check()
    if not scripts:  # with them, the panel follows by itself
        page.get_by_role("button", name="See it as others will").click()
    expect(panel.locator(".post")).to_contain_text(clinician.name)
    expect(panel.locator(".entry")).to_contain_text(f"{TITLE} – “soon”…")
    expect(panel.locator(".entry")).to_contain_text("Colorado")
    expect(panel).not_to_contain_text("Please choose")
    assert_fits(page)
    if scripts:  # axe itself is one
        assert_accessible(page)
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page).to_have_url(re.compile(r"/ask/sent/$"))


def test_signed_out_meanwhile_the_text_is_kept_when_it_is_looked_at(clinician, complaints):
    page = clinician.page
    page.goto("/ask/")
    page.locator("[name=body]").fill(BODY)
    page.context.clear_cookies(name="sessionid")
    complaints.forgive("401")
    with page.expect_response(lambda response: response.status == 401):
        page.get_by_role("button", name="See it as others will").click()
    expect(page.locator("textarea")).to_have_value(BODY)
