"""Refusing to start: a server with the wrong key file would leave every anonymous author without a thread.

Django's commands run the checks by themselves; a web server does so here, before it answers anybody.
"""

import sys

from django.core.checks import run_checks
from django.db import connections

NOT_AGAIN = 3  # gunicorn starts a worker anew that ends with another code, for ever


def refuse_faults() -> None:
    """Exit with a sentence on standard error when the vault's key file, or the record's, is out of order."""
    faults = [fault for fault in run_checks(tags=["anonymity", "audit"]) if fault.is_serious()]
    connections.close_all()
    if faults:
        sys.stderr.writelines(f"{fault.msg} {fault.hint or ''}".strip() + "\n" for fault in faults)
        raise SystemExit(NOT_AGAIN)
