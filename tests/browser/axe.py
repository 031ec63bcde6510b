"""Accessibility: what axe sees, and whether a page fits a narrow window."""

from pathlib import Path

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARD = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast": {"enabled": False}},  # half of the time, for looks that most pages share
    "resultTypes": ["violations"],
}
CONTRAST = Path(__file__).with_name("contrast.js").read_text()

_judged: set[str] = set()  # looks of text whose contrast is enough, whatever page they were on


def assert_accessible(page: Page) -> None:
    """Fail with axe's report when the page breaks WCAG 2.2 AA or axe's best practice, in light or dark."""
    page.wait_for_load_state()  # before its style sheet has come, all is small and wide
    page.evaluate(Axe().axe_script)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = page.evaluate("asked => axe.run(asked)", STANDARD)["violations"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        violations, passed = page.evaluate(CONTRAST, list(_judged))
        found += [{**each, "help": f"{each['help']} (in {scheme})"} for each in violations]
        _judged.update(passed)
    page.emulate_media(color_scheme="null", reduced_motion="null")
    assert not found, f"{page.url}\n{AxeResults({'violations': found}).generate_report()}"


def assert_fits(page: Page) -> None:
    """Fail when a window as wide as this one scrolls sideways (WCAG 1.4.10, Reflow)."""
    page.wait_for_load_state()
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, page.url
