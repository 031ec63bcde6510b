"""What the other tests rely on: each look of text is judged, on whatever page it comes first."""

import pytest

from tests.browser.axe import assert_accessible

PAGE = """<html lang="en"><head><title>A page</title><style>
@media (prefers-color-scheme: dark) { .night { background: #111; color: #222 } }
</style></head><body style="background: white"><main><h1>A page</h1>%s</main></body></html>"""
GOOD = '<p style="color: #333">Some words</p>'


def judge(page, words: str) -> None:
    page.set_content(PAGE % words)
    assert_accessible(page)


def test_a_page_that_is_fine_passes_again_and_again(page):
    for _ in range(2):
        judge(page, GOOD)


@pytest.mark.parametrize(
    "words",
    [
        '<p style="color: #ccc">Some words</p>',
        f'<div style="background: #555">{GOOD}</div>',
        f'<div style="opacity: .4">{GOOD}</div>',
        '<p class="night">Some words</p>',
        '<label>A word <input style="color: #ccc" value="typed"></label>',
    ],
    ids=["its own colour", "what lies behind it", "seen through", "in the dark", "a field"],
)
def test_faint_text_is_found_though_a_look_like_it_passed_before(page, words):
    judge(page, GOOD + '<label>A word <input style="color: #333" value="typed"></label>')
    with pytest.raises(AssertionError, match="color-contrast"):
        judge(page, GOOD + words)
    with pytest.raises(AssertionError, match="color-contrast"):  # what failed is judged again
        judge(page, GOOD + words)


@pytest.mark.parametrize(
    "undecided", ["<p>1</p>" * 3, "<button disabled>A word</button>" * 3], ids=["too short", "disabled"]
)
def test_faint_text_is_found_though_axe_can_not_tell_of_three_like_it(page, undecided):
    faint = "<p>Some words</p><button>A word</button>"
    with pytest.raises(AssertionError, match="color-contrast"):
        judge(
            page, f'<div style="color: #ccc">{undecided}{faint}</div><style>button {{ color: #ccc }}</style>'
        )


def test_what_axe_lets_pass_unseen_counts_as_unjudged(page):
    field = '<textarea aria-label="A word" style="color: #ccc; background: white">typed</textarea>'
    judge(page, f"<div>Some words <details><summary>More</summary>{field}</details></div>")
    with pytest.raises(AssertionError, match="color-contrast"):
        judge(page, f"<div>Some words <details open><summary>More</summary>{field}</details></div>")


def test_other_rules_are_asked_of_every_page(page):
    judge(page, GOOD)
    with pytest.raises(AssertionError, match="button-name"):
        judge(page, f"{GOOD}<button></button>")
