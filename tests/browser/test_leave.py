"""Leaving in a real window: from the settings to being nobody here."""

from playwright.sync_api import expect

from tests.browser.test_main_job import PASSWORD, clinician  # noqa: F401


def test_a_member_deletes_the_account_and_can_not_come_back(clinician):  # noqa: F811
    page = clinician.page
    page.goto("/my/settings/profile/")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Your data").click()
    page.get_by_label("Your password").fill(PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    assert clinician.email in download.value.path().read_text()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Delete account").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Yes, delete my account").check()
    page.get_by_role("button", name="Delete my account").click()
    expect(page.locator("h1")).to_have_text("You are signed out, and your account is locked")
    page.goto("/my/threads/")
    page.get_by_label("Email").fill(clinician.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("main")).to_contain_text("not correct")
