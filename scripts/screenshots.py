"""Takes the README's screenshots: the demonstration under a server of its own, in Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")  # or else Playwright's own
SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
# name, role that is signed in, address or title of a thread, device, colours
SHOTS = [
    ("home", None, "/", "desktop", "light"),
    ("thread", None, "A former client at my climbing gym", "desktop", "light"),
    ("ask", "clinician", "/ask/", "phone", "dark"),
    ("queue", "moderator", "/moderation/queue/", "desktop", "light"),
]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        environment = os.environ | {"DATA_DIR": data, "PORT": str(port)}
        environment |= {"SITE_URL": f"http://127.0.0.1:{port}"}
        server = subprocess.Popen([sys.executable, "scripts/run.py"], cwd=ROOT, env=environment)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", server)
            set_up_django(data)
            take_all(f"http://127.0.0.1:{port}")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


def set_up_django(data: str) -> None:
    """For the demonstration's log-ins, which the code of the board knows."""
    sys.path.insert(0, str(ROOT))
    os.environ |= {"DATA_DIR": data, "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django

    django.setup()


def take_all(site: str) -> None:
    arguments = ["--font-render-hinting=none"]  # letters stand where a screen of today has them
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for name, role, address, device, colours in SHOTS:
            page = open_page(browser, site, role, device, colours)
            go(page, address)
            path = FOLDER / f"{name}-{device}-{colours}.png"
            page.screenshot(path=path)
            print(path.relative_to(ROOT))
        browser.close()


def open_page(browser: Browser, site: str, role: str | None, device: str, colours: str) -> Page:
    context = browser.new_context(base_url=site, viewport=SIZES[device], color_scheme=colours)
    page = context.new_page()
    if role:
        from forum.demo import LOGINS, PASSWORD

        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(LOGINS[role])
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("form:has(input[name=password]) button").first.click()
        page.wait_for_url(f"{site}/")
    return page


def go(page: Page, address: str) -> None:
    if address.startswith("/"):
        page.goto(address)
        return
    page.goto(f"/search/?q={address}")
    page.locator("main").get_by_role("link", name=address).first.click()
    page.wait_for_load_state()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(600):
        if server.poll() is not None:
            sys.exit("The board did not start.")
        try:
            urllib.request.urlopen(url, timeout=1)  # noqa: S310  the address is ours
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The board did not answer within a minute.")


if __name__ == "__main__":
    main()
