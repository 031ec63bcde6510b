"""Deeds in processes of their own, which may be killed at any step."""

import os
import signal
import smtplib
from collections.abc import Callable
from itertools import count

from django.db import connections


def in_a_process_of_its_own(deed: Callable[[], None]) -> int:
    """Fork; the child does `deed` and ends. Returns its pid."""
    for connection in connections.all():
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            deed()
            code = 0
        finally:
            os._exit(code)
    return pid


def was_killed(pid: int) -> bool:
    """Whether it was, once it has ended; it must not have failed by itself."""
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def die_at(step: int) -> None:
    """SIGKILL this process before or after one of its statements, its commits or its mails."""
    steps = count(1)

    def tick() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for connection in connections.all():
        connection._commit = ticking(tick, connection._commit)
        connection.execute_wrappers.append(lambda execute, *call: ticking(tick, execute)(*call))
    smtplib.SMTP.sendmail = ticking(tick, smtplib.SMTP.sendmail)  # type: ignore[method-assign]


def ticking(tick: Callable[[], None], function: Callable) -> Callable:
    """`function` with a `tick` before and after it."""

    def ticked(*args, **kwargs):
        tick()
        answer = function(*args, **kwargs)
        tick()
        return answer

    return ticked
