"""What a moderator proposes: the author lets their text be published with those changes, or does not."""

from datetime import datetime

from forum import lifecycle
from forum.actions.compose import Author, clean_body, hold_thread, require_writer
from forum.models import Edit, Kind, Post, Thread, Urgency
from forum.publishing import make_public, put_in_words
from forum.silence import require_free_to_write
from forum.states import State
from moderation import audit, intake


@audit.deed()
def accept(post: Post, *, version: int, by: Author, now: datetime) -> None:
    """Publish the text in the words of that `version` of the proposal. IllegalMove when it is another."""
    proposal, thread = _taken_up(post, version=version, by=by, now=now)
    put_in_words(post, proposal.wording)
    _wait_again(post, thread)
    make_public(Post.objects.get(pk=post.pk), now=now)
    audit.record(f"{Kind(post.kind).value}.rewording-accepted", about=post, now=now)


@audit.deed()
def refuse(post: Post, words: str, *, version: int, by: Author, now: datetime) -> None:
    """Put the text before the moderators again as its author wrote it, with `words` about the proposal."""
    proposal, thread = _taken_up(post, version=version, by=by, now=now)
    answer = clean_body(words, by)
    lifecycle.move(proposal, State.DECLINED, note=answer)
    _wait_again(post, thread)
    urgent = post.kind == Kind.QUESTION and thread.urgency == Urgency.URGENT
    intake.enqueue(post, now=now, urgent=urgent, answer=answer)
    audit.record(f"{Kind(post.kind).value}.rewording-refused", about=post, now=now)


def _taken_up(post: Post, *, version: int, by: Author, now: datetime) -> tuple[Edit, Thread]:
    require_writer(post, by)
    require_free_to_write(by, now=now)
    thread = hold_thread(post)
    proposed = Edit.objects.filter(post=post, proposed=True, state=State.PENDING, version=version)
    if not (proposal := proposed.first()):
        raise lifecycle.IllegalMove("This has changed meanwhile. Reload the page to see how it stands.")
    return proposal, thread


def _wait_again(post: Post, thread: Thread) -> None:
    lifecycle.move(post, State.PENDING, out_of=[State.RETURNED], note="")
    if post.kind == Kind.QUESTION:
        lifecycle.move(thread, State.PENDING, out_of=[State.RETURNED])
