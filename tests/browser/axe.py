"""Accessibility: what axe sees, and whether a page fits a narrow window."""

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast"]  # all that another colour scheme can break


def assert_accessible(page: Page) -> None:
    """Fail with axe's report when the page breaks WCAG 2.2 AA or axe's best practice, in light or dark."""
    page.wait_for_load_state()  # before its style sheet has come, all is small and wide
    page.evaluate(Axe().axe_script)
    for scheme, rules in (("light", STANDARD), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        asked = {"runOnly": rules, "resultTypes": ["violations"]}
        found = AxeResults(page.evaluate("asked => axe.run(asked)", asked))
        assert found.violations_count == 0, f"{page.url} in {scheme}\n{found.generate_report()}"
    page.emulate_media(color_scheme="null", reduced_motion="null")


def assert_fits(page: Page) -> None:
    """Fail when a window as wide as this one scrolls sideways (WCAG 1.4.10, Reflow)."""
    page.wait_for_load_state()
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, page.url
