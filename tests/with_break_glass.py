"""The settings of a board with break-glass: for mypy, which looks up the models of every app."""

import os

os.environ["ANON_BREAK_GLASS"] = "1"

from config.settings import *  # noqa: F403
