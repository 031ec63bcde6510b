"""A question that leaves no link: asked, its code printed, and come back to from another browser."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible, assert_fits
from tests.browser.conftest import confirm
from tests.browser.test_main_job import choose, clinician, moderator  # noqa: F401

TITLE = "A colleague of mine treats the sister of my client"
BODY = """We share a waiting room, and my client has begun to speak of what his sister hears next door.
I have told nobody that I know. I wonder what I may say to my colleague, and whether I should."""
UPDATE = "We agreed on different days for the two of them, and told each of them why, without a name."


def assert_good_to_look_at(page: Page) -> None:
    """By axe in light and dark, and on a small phone without a sideways scroll."""
    usual = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    assert_fits(page)
    assert_accessible(page)
    page.set_viewport_size(usual)


def test_the_code_is_the_way_back(clinician, moderator, new_browser_context, complaints, tmp_path):  # noqa: F811
    author, desk = clinician.page, moderator.page
    author.goto("/ask/")
    author.get_by_label("Your question in one line").fill(TITLE)
    author.locator("[name=body]").fill(BODY)
    choose(author, "discipline", "professional-counselor")
    choose(author, "jurisdiction", "us-co")
    author.get_by_label("leave no link").check()
    expect(author.locator("main")).to_contain_text("whoever loses the code has lost the thread")
    assert_good_to_look_at(author)
    author.get_by_role("button", name="Send to the moderators").click()
    expect(author.locator("h1")).to_contain_text("This is your code")
    code = author.locator("#code").inner_text()
    assert re.fullmatch(r"([A-Z2-7]{4}\s+){6}[A-Z2-7]{2}", code.strip())
    assert_good_to_look_at(author)

    # Printed, the code and what to do with it are on the paper; in no address, and in no cookie.
    author.emulate_media(media="print")
    expect(author.locator("#code")).to_be_visible()
    expect(author.get_by_text("/return/", exact=False).first).to_be_visible()
    author.screenshot(path=tmp_path / "code-printed.png", full_page=True)
    author.emulate_media(media="screen")
    letters = re.sub(r"\s", "", code)
    assert letters not in author.url + str(author.context.cookies())

    # Reloading sends the same form again: the same code, and one thread.
    author.reload()
    assert author.locator("#code").inner_text().split() == code.split()  # whatever style has come by now
    author.goto("/my/anonymous/")
    confirm(author)
    expect(author.locator("h1")).to_have_text("My anonymous threads")
    expect(author.locator("main")).not_to_contain_text(TITLE)

    desk.goto("/moderation/queue/")
    expect(desk.locator("#queue li", has_text=TITLE)).to_have_count(1)
    desk.locator("#queue li", has_text=TITLE).get_by_role("link", name=TITLE).click()
    desk.get_by_role("button", name="Take it").click()
    desk.get_by_role("button", name="Publish it").click()
    expect(desk.locator("h1")).to_have_text(TITLE)

    # Signed out, and on another machine with scripts off: by keyboard, as copied from paper.
    author.goto("/accounts/logout/")
    author.get_by_role("button", name="Sign out").last.click()
    author.goto("/return/")
    author.get_by_label("Your code").fill(letters)
    author.get_by_label("Your code").press("Enter")
    expect(author.locator("h1")).to_have_text(TITLE)
    author.get_by_text("Add facts or answer a colleague").click()
    clarify = author.locator("form:has(input[value=clarify])")
    clarify.locator("[name=body]").fill("Both of them know that we share the room.")
    clarify.get_by_role("button", name="See it as others will").click()
    expect(author.locator("main")).to_contain_text("This is what others will see")
    assert_good_to_look_at(author)
    paper = new_browser_context(java_script_enabled=False).new_page()
    paper.goto("/")
    paper.get_by_role("link", name="Return with a code").click()
    paper.get_by_label("Your code").fill("not my code")
    paper.get_by_label("Your code").press("Enter")
    expect(paper.locator("#id_code_error")).to_contain_text("No thread opens with this code")
    expect(paper.get_by_label("Your code")).to_have_value("not my code")
    paper.get_by_label("Your code").fill(code.lower())
    paper.get_by_label("Your code").press("Enter")
    expect(paper.locator("h1")).to_have_text(TITLE)
    assert letters not in paper.url
    paper.get_by_text("Say how it turned out").click()
    form = paper.locator("form:has(input[value=update])")
    form.locator("[name=body]").fill(UPDATE)
    form.get_by_label("Talked with the colleague").check()
    form.get_by_role("button", name="Send the update").click()
    expect(paper.locator("main")).to_contain_text("Received.")
    paper.get_by_role("button", name="Back to the tools").click()
    expect(paper.locator("main")).to_contain_text("told each of them why")

    desk.goto("/moderation/queue/")
    desk.locator("#queue li", has_text=TITLE).get_by_role("link", name=TITLE).click()
    desk.get_by_role("button", name="Take it").click()
    desk.get_by_role("button", name="Publish it").click()
    expect(desk.locator("main")).to_contain_text("told each of them why")
    expect(desk.locator("main")).not_to_contain_text(clinician.name)
    complaints.forgive("Failed to load resource")  # the answer to what was no code
