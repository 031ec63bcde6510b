"""The WSGI entry point: pages under threaded workers when sockets are served apart."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.postgres import hurry
from config.start import refuse_faults

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# To open an SQLite file costs as much as a page. These workers' threads live on, so their connections may;
# daphne answers each request in a thread of its own. PostgreSQL has its pool.
for database in settings.DATABASES.values():
    if database["ENGINE"].endswith("sqlite3"):
        database["CONN_MAX_AGE"] = 300

hurry(settings.DATABASES["vault"])
refuse_faults()
