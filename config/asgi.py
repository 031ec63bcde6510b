"""The ASGI entry point: pages and the live socket under daphne."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # before the imports below: they need the app registry

from django.conf import settings

from config.postgres import hurry
from config.routing import application
from config.start import refuse_faults

__all__ = ["application"]

hurry(settings.DATABASES["vault"])
refuse_faults()
