"""A visitor's page, shown again for some seconds while nothing was done on the board since it was rendered.

Whatever is published, withdrawn or decided leaves an audit event, so the number of the last one tells, in
every process and by one look at an index, that a page is out of date. What leaves none (a changed display
name, a renamed tag) shows after KEPT_FOR, and so does a deed that another overtook into PostgreSQL.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

from forum import demo
from moderation import audit

KEPT_FOR = (
    15  # seconds; the words of a withdrawn thread stay in memory no longer, though nobody is shown them
)


def kept_for_visitors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer those who are not signed in with the page that another of them was shown."""

    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        made_of = f"{audit.last()} {demo.is_loaded()} {request.get_full_path()}"
        key = blake2b(made_of.encode(), digest_size=20).hexdigest()
        if body := caches["local"].get(key):
            return HttpResponse(body)
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and "CSRF_COOKIE" not in request.META:
            caches["local"].set(key, response.content, KEPT_FOR)
        return response

    return answer
