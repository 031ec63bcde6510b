"""What the log may say of a request: that one failed, never which address it was about."""

import logging

OF_REQUESTS = ("django.request", "django.security")


class WithoutAddresses(logging.Filter):
    """Cuts paths and hosts from Django's lines on requests: an author's own pages are among them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(OF_REQUESTS):
            record.msg, record.args = str(record.msg).partition("%")[0].rstrip(" (:"), ()
        return True
