"""What the queue says once after a deed, in the words of a table; which of them, stands in a cookie."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

COOKIE, PATH = "told", "/moderation/"
WITHIN = 60  # seconds
SENTENCES = {
    "put-back": "You have put it back for a colleague.",
    "stepped-back": "You have stepped back from it. Colleagues decide.",
    "handed-over": "You have handed it over. Your colleague holds it now, and reads your note.",
    "held": "It is held. It stays in the queue, for whoever takes it next.",
    "returned": "You have returned it with your note.",
    "declined": "You have declined it. Its author reads your reason.",
    "proposed": "You have asked its author to agree to your changes.",
    "flags": "You have decided about the flags. Whoever sent them reads what you decided.",
    "appeal": "You have decided about the appeal. Whoever made it reads what you decided and why.",
}


def back_to_queue(telling: str) -> HttpResponse:
    """To the list, which then tells one of the SENTENCES."""
    response = redirect("moderation:queue")
    response.set_cookie(
        COOKIE,
        telling,
        max_age=WITHIN,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def told(request: HttpRequest) -> str:
    return SENTENCES.get(request.COOKIES.get(COOKIE, ""), "")


def once(response: HttpResponse) -> HttpResponse:
    """The page that has told it."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return response
