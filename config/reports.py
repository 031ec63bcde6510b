"""Error reports: through which code an error went, and nothing of what was in it (T-EXC).

Django's own hold the request with its form, cookies and address, who is signed in, every local variable
of every function, all settings, and the text of the error, which may quote a row.
"""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter

from config.logs import kind_of

TEXTS = {"exception_value": "", "exception_notes": "", "unicode_hint": ""}
PLACES: dict[str, Any] = {"settings": {}, "sys_path": []}


class WithoutWords(ExceptionReporter):
    def __init__(self, request: HttpRequest | None, exc_type, exc_value, tb, is_email=False) -> None:
        super().__init__(None, exc_type, exc_value, tb, is_email)
        if self.template_info:  # lines of a template, and the text of the error
            self.template_info = {**self.template_info, "message": ""}

    def get_traceback_data(self) -> dict[str, Any]:
        return super().get_traceback_data() | TEXTS | PLACES

    def get_exception_traceback_frames(self, exc_value, tb) -> Iterator[dict[str, Any]]:
        for frame in super().get_exception_traceback_frames(exc_value, tb):
            cause = frame["exc_cause"]
            yield {**frame, "exc_cause": kind_of(cause) if cause else None, "vars": []}
