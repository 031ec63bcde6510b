"""Renders Markdown as the pages do: JSON lines {"id", "text"} in, JSON lines {"id", "html"} out."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from forum.text.markdown import render


class Command(BaseCommand):
    help = 'Read JSON lines {"id", "text"}, write JSON lines {"id", "html"} in the same order.'
    requires_system_checks = []  # needs no database and no key, so it runs where neither is set up

    def handle(self, *args, **options):
        failed = 0
        for line in sys.stdin.buffer:
            if line.strip():
                answer = rendered(line)
                failed += "error" in answer
                self.stdout.write(json.dumps(answer))
        if failed:
            raise CommandError(f"{failed} {'line' if failed == 1 else 'lines'} could not be rendered.")


def rendered(line: bytes) -> dict:
    """The answer to one line; a line that makes no sense gets an `error` in place of `html`."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "This line is not JSON."}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return {"id": _id_of(asked), "error": 'This line has no "text" that is a string.'}
    try:
        return {"id": _id_of(asked), "html": render(asked["text"])}
    except ValueError as refusal:
        return {"id": _id_of(asked), "error": str(refusal)}


def _id_of(asked: object) -> object:
    return asked.get("id") if isinstance(asked, dict) else None
