"""What a browser sends for the forms of the site, as a member would fill them in."""

import re
import uuid
from typing import Any

from forum.models import Post
from tests import make

CODE_FIELD = re.compile(r'name="code" value="([A-Z2-7]{26})"')
CANARY = "quokkamarsupial"  # a word that no other text of the tests holds


def question(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "title": make.TITLE,
        "body": make.BODY,
        "asking": "May I see her outside the practice?",
        "discipline": ["professional-counselor"],
        "jurisdiction": ["us-co"],
        "topic": ["friendship-after-termination"],
        "urgency": "soon",
        "identity": "anonymous",
    }
    return _with(fields, changes)


def without_link(page: str, **changes: Any) -> dict[str, Any]:
    """As the ask page sends it that brought this code."""
    code = CODE_FIELD.search(page)
    assert code
    return question(identity="no-link", code=code[1], **changes)


def anew(post: Post, **changes: Any) -> dict[str, Any]:
    """A returned question, sent again from the page that showed this version of it."""
    named = {"deed": "revise", "post": str(post.pk), "version": str(post.version), "identity": None}
    return question(**{**named, **changes})


def reply(**changes: Any) -> dict[str, Any]:
    return _with({"id": str(uuid.uuid4()), "body": make.REPLY}, changes)


def consultation(**changes: Any) -> dict[str, Any]:
    return reply(aspects=["ethical"], **changes)


def _with(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`fields` with `changes`; None leaves a field out."""
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}
