"""What may cross the live socket: three constants outwards, three short requests inwards."""

import json

LONGEST = 1024  # bytes of one request
REQUESTS = {"ping": {"t"}, "watch": {"t", "thread"}, "unwatch": {"t", "thread"}}


def parse(text: str | None) -> dict[str, str] | None:
    """The request in `text`; None for binary, too long, no JSON, or any shape but those in REQUESTS."""
    if text is None or len(text.encode("utf-8", "replace")) > LONGEST:
        return None
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):  # RecursionError: hundreds of opening brackets
        return None
    # All values are strings, so nothing nested gets past this line.
    if not isinstance(request, dict) or not all(isinstance(value, str) for value in request.values()):
        return None
    return request if REQUESTS.get(request.get("t", "")) == request.keys() else None


def wire(frame: dict[str, str]) -> str:
    """The text of a frame for the browser, built here from constants: the same bytes for everybody.

    Anything but "your inbox", "this thread" and "the queue" is a fault of ours, and raises ValueError.
    """
    match frame:
        case {"t": "n", **rest} if not rest:
            return '{"t":"n"}'
        case {"t": "q", **rest} if not rest:
            return '{"t":"q"}'
        case {"t": "p", "thread": str(public_id), **rest} if not rest and public_id.isalnum():
            return f'{{"t":"p","thread":"{public_id}"}}'
    raise ValueError("not a frame of the live socket")
