"""Menus by the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.test_live import board, browser_of  # noqa: F401


def opened(page: Page, address: str) -> tuple:
    page.goto(address)
    menu = page.locator(".follow-menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    return menu, menu.get_by_role("button")


def test_a_menu_closes_when_the_focus_goes_on(browser_of):  # noqa: F811
    page = browser_of("alice").new_page()
    menu, choices = opened(page, "/tags/topic/dual-relationships/")
    for choice in choices.all():
        page.keyboard.press("Tab")
        expect(choice).to_be_focused()
    page.keyboard.press("Tab")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator(":focus")).to_have_count(0)


def test_what_was_chosen_has_the_focus(browser_of):  # noqa: F811
    page = browser_of("alice").new_page()
    menu, choices = opened(page, "/tags/topic/dual-relationships/")
    choices.filter(has_text="Mute").press("Enter")
    expect(menu.locator("summary")).to_have_text("Muted")
    expect(menu.locator("summary")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


def test_escape_closes_a_menu_and_gives_the_focus_back(browser_of):  # noqa: F811
    page = browser_of("alice").new_page()
    menu, _ = opened(page, "/tags/topic/dual-relationships/")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
