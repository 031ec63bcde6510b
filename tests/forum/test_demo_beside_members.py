"""The demonstration beside what members wrote: it leaves nothing of theirs changed."""

import pytest

from forum import demo
from forum.models import Tag, Thread
from forum.notices import fanout
from moderation.demo.load import load
from moderation.demo.remove import remove
from tests.tables import rows

pytestmark = pytest.mark.embedded


def test_removal_leaves_what_was_there_before(now, tags, published_thread, anonymous_thread, consultation):
    fanout.tell_all()
    before, counts = rows(), dict(Tag.objects.values_list("slug", "thread_count"))
    load(now=now)
    remove()
    after = rows()
    kept = {"moderation.AuditEvent", "accounts.Account", "forum.Tag"}
    assert {name: n for name, n in after.items() if n != before[name]}.keys() <= kept
    assert dict(Tag.objects.filter(slug__in=counts).values_list("slug", "thread_count")) == counts
    assert set(Thread.objects.all()) == {published_thread, anonymous_thread}
    assert not demo.is_loaded()
