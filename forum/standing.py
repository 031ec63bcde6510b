"""Standing: what a reply says of its writer, computed when it is published."""

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
    disciplines = _fit(list(account.disciplines.all()), list(chosen.of(Facet.DISCIPLINE)))
    jurisdictions = _fit(list(account.jurisdictions.all()), list(chosen.of(Facet.JURISDICTION)))
    return Standing(
        post=post,
        discipline=disciplines[0],
        outside_discipline=not disciplines[1],
        jurisdiction=jurisdictions[0],
        outside_jurisdiction=not jurisdictions[1],
        credential=account.credential,
        level=account.level,
    )


def _fit(own: list[Tag], asked: list[Tag]) -> tuple[Tag | None, bool]:
    """The own tag nearest to those asked about, and whether it is one of them, or above or below one."""
    for tag in own:
        if any(tag.path.startswith(other.path) or other.path.startswith(tag.path) for other in asked):
            return tag, True
    return (own[0] if own else None), False
