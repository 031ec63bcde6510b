"""Standing: what a reply says of its writer, computed when it is published."""

from collections.abc import Container

from accounts.models import Account
from forum.models import Facet, Post, Standing, Tag


def compute_standing(post: Post) -> Standing:
    """The standing of `post`'s author towards its thread: the discipline and jurisdiction that fit best.

    A clinician of Colorado is inside a thread about the United States, and one of the United States inside
    a thread about Colorado: either contains the other.
    """
    account = post.author
    if account is None:
        raise ValueError("A persona has no standing.")
    chosen = Tag.objects.filter(thread_tags__content_object=post.thread, thread_tags__inherited=False)
    own = [*account.disciplines.all(), *account.jurisdictions.all()]
    return standing_of(post, account, own=own, asked=list(chosen), checked=account.checked_disciplines())


def standing_of(
    post: Post, account: Account, *, own: list[Tag], asked: list[Tag], checked: Container[int]
) -> Standing:
    """The standing of `account`, who practises under the tags `own`, in a thread under the tags `asked`.

    Its licences were looked up in the disciplines `checked`: of another one, it says so by itself alone.
    """
    discipline, inside_discipline = _fit(Facet.DISCIPLINE, own, asked)
    jurisdiction, inside_jurisdiction = _fit(Facet.JURISDICTION, own, asked)
    return Standing(
        post=post,
        discipline=discipline,
        outside_discipline=not inside_discipline,
        jurisdiction=jurisdiction,
        outside_jurisdiction=not inside_jurisdiction,
        credential=account.credential,
        level=_level(account, discipline, checked),
    )


def _level(account: Account, discipline: Tag | None, checked: Container[int]) -> str:
    if account.is_moderator:
        return "moderator"
    return "verified" if discipline and discipline.pk in checked else "self-declared"


def _fit(facet: str, own: list[Tag], asked: list[Tag]) -> tuple[Tag | None, bool]:
    """The own tag nearest to those asked about, and whether it is one of them, or above or below one."""
    mine = [tag for tag in own if tag.facet == facet]
    for tag in mine:
        if any(tag.path.startswith(other.path) or other.path.startswith(tag.path) for other in asked):
            return tag, True
    return (mine[0] if mine else None), False
