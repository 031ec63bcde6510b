"""T-DEPS: nothing is installed that writes down who did what, or lets staff be somebody else."""

from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).resolve().parents[2]

KEEP_RECORDS = ["simple_history", "reversion", "auditlog", "actstream", "easyaudit", "request_logging"]
BE_SOMEBODY_ELSE = ["hijack", "loginas", "su", "impersonate"]
KEEP_REQUESTS = ["silk", "debug_toolbar", "sentry_sdk", "opentelemetry", "prometheus", "axes", "defender"]
KEEP_MAILS = ["post_office", "mailer", "anymail"]
OURS_WOULD_LEAK = ["usersessions", "django.contrib.admin", "django.contrib.messages", "ConditionalGet"]
REFUSED = KEEP_RECORDS + BE_SOMEBODY_ELSE + KEEP_REQUESTS + KEEP_MAILS + OURS_WOULD_LEAK


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_not_installed(name):
    for each in [*settings.INSTALLED_APPS, *settings.MIDDLEWARE]:
        assert name not in each.split(".")
        assert len(name) == 2 or name.lower() not in each.lower()


@pytest.mark.parametrize("name", [name for name in REFUSED if "." not in name and len(name) > 2])
def test_it_is_not_even_required(name):
    required = (ROOT / "requirements.txt").read_text().lower().replace("-", "_")
    assert name.lower() not in required


def test_nothing_is_mailed_about_errors():
    assert not settings.ADMINS
    assert not settings.MANAGERS
    assert "mail_admins" not in settings.LOGGING["handlers"]


def test_no_result_of_a_task_is_kept():
    assert settings.HUEY["results"] is False
