"""What was in the tables when the forum learned more, and what is left of it by going back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from forum.actions.notice_settings import give_everybody_settings
from forum.models import Follow, NoticeSettings
from tests import make


def migrate(name: str):
    """Bring the forum's tables to that migration; the models as they were."""
    executor = MigrationExecutor(connection)
    return executor.migrate([("forum", name)]).apps


@pytest.fixture
def back_again(transactional_db):
    latest = max(name for app, name in MigrationExecutor(connection).loader.disk_migrations if app == "forum")
    yield
    migrate(latest)


def test_follows_keep_what_they_meant_and_what_is_muted_is_never_followed(back_again, alice, tags):
    watched, muted = make.thread("published"), make.thread("published")
    Follow.objects.create(account=alice, thread=watched)
    Follow.objects.create(account=alice, thread=muted, level="mute")
    Follow.objects.create(account=alice, tag=tags["us"])
    old = migrate("0024_notices_by_mail").get_model("forum", "Follow").objects
    assert set(old.values_list("thread", "tag")) == {(watched.pk, None), (None, tags["us"].pk)}
    migrate("0025_follow_levels")
    assert set(Follow.objects.values_list("thread", "level")) == {(watched.pk, "watch"), (None, "follow")}


def test_a_time_zone_that_nobody_chose_is_none(back_again, alice, bob, carol):
    give_everybody_settings()
    old = migrate("0026_not_agreed").get_model("forum", "NoticeSettings").objects
    assert set(old.values_list("zone", flat=True)) == {"UTC"}
    old.filter(pk=bob.pk).update(quiet_from=22, quiet_to=7)
    old.filter(pk=carol.pk).update(zone="Europe/Berlin")
    migrate("0027_zone_of_ones_choice")
    chosen = dict(NoticeSettings.objects.values_list("account", "zone"))
    assert chosen == {alice.pk: "", bob.pk: "UTC", carol.pk: "Europe/Berlin"}
