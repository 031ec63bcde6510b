"""The board's settings as they are, but for what takes the time of pages that are opened a thousand times."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a quarter of a second of each sign-in
WHITENOISE_MAX_AGE = 600  # else each page asks for eight files whether they have changed
