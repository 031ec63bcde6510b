"""What the log may say: what kind of thing failed and where in the code, never on what (T-LOG, T-EXC).

An author's own pages are among the addresses, and the text of an error may quote a row, a form or a mail.
"""

import logging
import re
import traceback

OURS = ("accounts", "anonymity", "config", "forum", "moderation")
CONSTANT = re.compile(r"[^%:{}'\"\n]*")


class WithoutWords(logging.Formatter):
    """Our own lines as they are, the constant beginning of all others; errors by kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] in OURS
        said = record.getMessage() if ours else constant_part(record)
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([f"{record.levelname} {record.name} {said}", *(places_of(error) if error else [])])


def constant_part(record: logging.LogRecord) -> str:
    """Django's own on requests begin with what varies, so their status has to do."""
    found = CONSTANT.match(str(record.msg))
    return (found[0].strip(" (") if found else "") or f"status {getattr(record, 'status_code', 'unknown')}"


def places_of(error: BaseException) -> list[str]:
    """Line by line, through which code `error` and what caused it went."""
    lines: list[str] = []
    seen: set[int] = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)
        lines[:0] = [f"  {each.filename}:{each.lineno} {each.name}" for each in frames]
        lines.insert(len(frames), f"  {kind_of(error)}")
        error = cause_of(error)  # type: ignore[assignment]
    return lines


def kind_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def cause_of(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)
