"""A board with faults that a test switches on: each raises an error that quotes everything it was handed."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings

SWITCH = "faults"  # a file of this name in DATA_DIR turns them on


class Faults(AppConfig):
    name = "tests.privacy.faults"

    def ready(self) -> None:
        from anonymity import rows
        from forum.actions import ask
        from forum.live import frames
        from forum.notices import fanout

        for module, function in ((ask, "write"), (rows, "personas"), (fanout, "tell_all"), (frames, "parse")):
            setattr(module, function, faulty(getattr(module, function)))


def faulty(function):
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if (settings.DATA_DIR / SWITCH).exists():
            quoted = f"{args} {kwargs} {[vars(each) for each in args if hasattr(each, '__dict__')]}"
            try:
                raise KeyError(quoted)
            except KeyError as cause:
                raise ValueError(quoted) from cause
        return function(*args, **kwargs)

    return wrapped
