"""A visitor's page, shown again as it was while nothing that it is made of has changed.

To read plain rows takes a fraction of the time that a page takes to render. The rows themselves are the key,
so a change shows at once, in every process, and no deed has to know that pages are kept.
"""

import pickle
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

from forum import demo


def shown_again(
    request: HttpRequest, rows: Callable[[], Any], render: Callable[[], HttpResponse]
) -> HttpResponse:
    """What `render` made earlier from the same `rows`, for whoever is not signed in; else what it makes now.

    `rows` has to hold all that the page shows from the database, but for the names of tags to choose from.
    """
    if request.user.is_authenticated:
        return render()
    pages = caches["pages"]
    made_of = (request.get_full_path(), demo.is_loaded(), rows())
    key = blake2b(pickle.dumps(made_of), digest_size=20).hexdigest()
    if body := pages.get(key):
        return HttpResponse(body)
    response = render()
    if response.status_code == 200 and not response.cookies and "CSRF_COOKIE" not in request.META:
        pages.set(key, response.content)
    return response
