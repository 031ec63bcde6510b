"""The board's settings as they are, but a password is checked in no time: half a second of each sign-in."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
