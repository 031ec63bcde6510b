"""The settings of a production (DEBUG is off by the environment), with one page more: the floor."""

from config.settings import *  # noqa: F403
from config.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "benchmarks" / "templates")
SECOND_FACTOR_FOR_MODERATORS = False  # a moderator here has no telephone at hand
