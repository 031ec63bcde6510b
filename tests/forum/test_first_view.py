"""The first view stays small: the page with its style sheets and scripts, each compressed, under 60 KB."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

pytestmark = pytest.mark.embedded

FIRST_VIEW = 60_000
LINKED = re.compile(r'<(?:link[^>]*rel="stylesheet"[^>]*href|script[^>]*src)="/static/([^"?]+)')


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def first_view(page: bytes) -> int:
    files = LINKED.findall(page.decode())
    assert any(name.endswith(".css") for name in files)
    return compressed(page) + sum(compressed(Path(finders.find(name)).read_bytes()) for name in files)


@pytest.mark.parametrize("who", [None, "vera", "mia"])
@pytest.mark.parametrize("address", ["/", "/threads/{}/{}/", "/ask/", "/tags/", "/moderation/queue/"])
def test_the_first_view_is_under_sixty_kilobytes(
    client, request, published_thread, consultation, address, who
):
    if who:
        client.force_login(request.getfixturevalue(who))
    page = client.get(address.format(published_thread.public_id, published_thread.slug), follow=True)
    assert first_view(page.content) < FIRST_VIEW
