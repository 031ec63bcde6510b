"""What was moved from one table to another when the desk learned more: where there was any, it is kept."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from moderation.models import Appeal, QueueItem, Redaction, Sanction
from tests import make


def migrate(name: str):
    """Bring the desk's tables to that migration; the models as they were."""
    executor = MigrationExecutor(connection)
    return executor.migrate([("moderation", name)]).apps


@pytest.fixture
def before_appeals(transactional_db):
    latest = max(
        name for app, name in MigrationExecutor(connection).loader.disk_migrations if app == "moderation"
    )
    yield migrate("0013_appeals")
    migrate(latest)


def test_what_members_answered_to_a_sanction_waits_as_an_appeal(before_appeals, vera, mia, now):
    old = before_appeals.get_model("moderation", "Sanction").objects
    given = {"account_id": vera.pk, "by_id": mia.pk, "measure": "warning", "hour": now, "agreed": True}
    answered = old.create(**given, reason=make.REASON, answer="It was another Vera.")
    silent = old.create(**given, reason=make.REASON)
    began = timezone.now()
    migrate("0021_notes_last_until_undoing_is_over")
    appeal = Appeal.objects.get()
    assert (appeal.words, appeal.sanction_id) == ("It was another Vera.", answered.pk)
    item = QueueItem.objects.get()
    assert (item.kind, item.appeal, item.decided, item.post) == ("appeal", appeal, False, None)
    assert item.hour.minute == 0 <= (item.hour - began).days + 1
    assert not hasattr(Sanction.objects.get(pk=silent.pk), "appeal")


def test_of_words_that_were_removed_it_is_known_which_texts_had_them(redacted, published_thread, mo):
    make.post(published_thread, author=mo)
    asked = Redaction.objects.get()
    assert [*asked.posts.all()] == [redacted]
    asked.posts.clear()
    filled = import_module("moderation.migrations.0019_redacted_posts")
    filled.by_the_hour_in_which_their_authors_were_told(apps, None)
    assert [*asked.posts.all()] == [redacted]
