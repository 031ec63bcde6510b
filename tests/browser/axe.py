"""Accessibility as axe sees it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def assert_accessible(page: Page) -> None:
    """Fail with axe's report when the page breaks WCAG 2.2 AA or axe's best practice."""
    found = Axe().run(page, options=STANDARD)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
