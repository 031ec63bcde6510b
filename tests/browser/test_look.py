"""What must hold on narrow screens and for long texts: nothing off the screen, on top of another, cut."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_live import board, browser_of  # noqa: F401

PHONES = (320, 390)
LAP_OVER = """labels => {
    const boxes = labels.map((label) => label.getBoundingClientRect());
    return boxes.filter((box, place) => place && box.top < boxes[place - 1].bottom - 0.5).length;
}"""


def phone(page: Page, width: int) -> Page:
    page.set_viewport_size({"width": width, "height": 800})
    return page


@pytest.mark.parametrize("width", PHONES)
@pytest.mark.parametrize("name", ["alice", "mia"])
def test_the_account_menu_stays_on_the_screen(browser_of, name, width):  # noqa: F811
    page = phone(browser_of(name).new_page(), width)
    page.goto("/")
    page.locator(".menu > summary").click()
    sheet = page.locator(".menu-sheet").bounding_box()
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= width


@pytest.mark.parametrize("width", PHONES)
def test_tags_to_choose_from_do_not_lie_on_each_other(browser_of, width):  # noqa: F811
    page = phone(browser_of("alice").new_page(), width)
    page.goto("/ask/")
    for list_of_tags in page.locator("[data-picker] .scroller").all():
        assert list_of_tags.locator(".choice").evaluate_all(LAP_OVER) == 0


def test_a_text_that_is_too_long_is_counted_not_cut(browser_of):  # noqa: F811
    page = browser_of("alice").new_page()
    page.goto("/ask/")
    for name, most in (("title", 150), ("body", 8000), ("asking", 300)):
        box = page.locator(f"[name={name}]")
        box.fill("")
        box.focus()
        page.keyboard.insert_text("x" * (most + 70))
        assert len(box.input_value()) == most + 70
        expect(box.locator("xpath=../*[contains(@class, 'counter')]")).to_contain_text("70 too many")
        expect(box.locator("xpath=../*[@role='status']")).to_have_text("70 too many characters")


def test_topics_end_at_three_and_enter_takes_the_one_that_is_left(browser_of):  # noqa: F811
    page = browser_of("alice").new_page()
    page.goto("/ask/")
    topics = page.locator("[data-picker][data-most]")
    find, said = topics.locator("input[type=search]"), topics.get_by_role("status")
    find.fill("no such topic")
    expect(said).to_contain_text("Nothing found")
    names = topics.locator(".choice").all_inner_texts()
    alone = [name for name in names if sum(name.lower() in other.lower() for other in names) == 1]
    for name in alone[:3]:
        find.fill(name)
        find.press("Enter")
    expect(topics.locator(".picked li")).to_have_count(3)
    expect(said).to_have_text("3 of 3 chosen.")
    expect(topics.locator(".choice input:enabled")).to_have_count(3)
