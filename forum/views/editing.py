"""What an author presses about an edit of theirs, and about changes that a moderator proposes."""

from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import Account
from forum.actions.edit import NothingChanged, edit, edit_consultation, take_back_edit
from forum.actions.proposal import accept, refuse
from forum.lifecycle import IllegalMove
from forum.models import Kind
from forum.silence import Silenced, require_unpaused
from forum.views.own import Mine, Own

DEEDS = ("edit", "drop-edit", "accept", "refuse")
TO_MODERATORS = ("edit", "refuse")


def do(request: HttpRequest, mine: Mine) -> Own:
    """Do what was pressed, to the text that the form names.

    Its `status` is another than 200 when the form has to be put right first.
    """
    now, deed = timezone.now(), request.POST["deed"]
    found = _named(request, mine)
    if deed == "drop-edit":
        take_back_edit(found.post, by=mine.by, now=now)
        return found
    form = found.form if deed == "edit" else found.answer_form
    if form is None:
        raise IllegalMove("The text has changed meanwhile, so nothing was sent.")
    if not form.is_valid():
        found.status = 422
        return found
    try:
        if mine.account:
            require_unpaused(mine.account, now=now)
        if deed == "edit":
            _edit(found, mine, seen=request.POST.get("seen", ""), now=now)
        elif deed == "accept":
            accept(found.post, version=form.cleaned_data["version"], by=mine.by, now=now)
        else:
            refuse(found.post, **form.cleaned_data, by=mine.by, now=now)
    except NothingChanged as refusal:
        form.add_error("body", str(refusal))
        found.status = 422
    except Silenced as refusal:
        form.add_error(None, str(refusal))
        found.status = refusal.status
    return found


def _named(request: HttpRequest, mine: Mine) -> Own:
    for each in mine.own(silenced=False, data=request.POST):
        if str(each.post.pk) == request.POST.get("post"):
            return each
    raise Http404


def _edit(found: Own, mine: Mine, *, seen: str, now) -> None:
    words = found.form.wording()
    if found.post.kind == Kind.CONSULTATION and isinstance(mine.by, Account):
        also = {name: value for name, value in found.form.cleaned_data.items() if name != "body"}
        edit_consultation(found.post, words, also, seen=seen, by=mine.by, now=now)
    else:
        edit(found.post, words, seen=seen, by=mine.by, now=now)
