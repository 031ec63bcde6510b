"""What a moderator may do with an item or a thread, and who is kept from which."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from accounts.access import NotAllowed, may_moderate, may_see_members
from accounts.models import Account, Employer
from forum.models import Kind, Post, Thread
from moderation.models import Appeal, Decision, QueueItem, Recusal, Sanction, Verdict
from moderation.models.appeal import FIRST_DECISION
from moderation.models.queue import FLAG, NO_TEXTS

Kept = dict[int, type[NotAllowed]]  # by account: why it does not decide
Key = TypeVar("Key")
Sets = defaultdict[Key, set[int]]  # of accounts


class Party(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You are party to this thread, so a colleague decides about it.")


class DecidedBefore(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You took part in the first decision about this, so a colleague decides now.")


class SteppedBack(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You stepped back from this, so a colleague decides about it.")


class SameEmployer(NotAllowed):
    def __init__(self) -> None:
        super().__init__("You may work at the same place as whom this is about, so a colleague decides.")


def may_decide(moderator: Account, item: QueueItem) -> bool:
    return may_moderate(moderator) and moderator.pk not in kept_from(item)


def require_item(moderator: Account, item: QueueItem) -> None:
    if not may_moderate(moderator):
        raise NotAllowed("Only moderators can do this.")
    if why := kept_from(item).get(moderator.pk):
        raise why()


def kept_from(item: QueueItem) -> Kept:
    """Which accounts do not decide about `item`, and why."""
    return kept_from_each([item])[item.pk]


def kept_from_each(items: Iterable[QueueItem]) -> dict[UUID, Kept]:
    """The same of several, in a constant number of queries.

    Never by their name in a thread or on a text of their own, nor twice about one thing, nor about whoever
    declares the same employer. Of an anonymous text nobody knows whose it is, of a flag nobody who sent it:
    to be kept from it would tell. So for those nothing is compared.
    """
    items = list(items)
    about = {item.pk: _about(item) for item in items}
    work_with, stepped_back, decided = _works_with(about.values()), _stepped_back(items), _decided(items)
    kept: dict[UUID, Kept] = {}
    for item in items:
        # Of several reasons the last one here is told.
        kept[item.pk] = dict.fromkeys(work_with[about[item.pk]], SameEmployer)
        kept[item.pk] |= dict.fromkeys(stepped_back[item.pk] | stepped_back[item.post_id], SteppedBack)
        kept[item.pk] |= dict.fromkeys(decided[item.pk], DecidedBefore)
        party = {about[item.pk], item.post.thread.author_id if item.post_id else None}
        kept[item.pk] |= {account: Party for account in party if account}
    return kept


def left_to_colleagues(moderator: Account) -> Case:
    """Whether `moderator` is kept from an item of the queue: `kept_from` as a condition on its row, so that
    who lists the rows reads no author."""
    work_with = _accounts_at_work_with(moderator)
    left = Recusal.objects.filter(moderator=moderator)
    declined = Decision.objects.filter(
        by=moderator, verdict=Verdict.DECLINE, appeal__item__decision__verdict=Verdict.GRANT
    )
    brought_back = Q(post__in=declined.values("appeal__post"))
    conditions = [
        Q(post__author=moderator) | Q(post__thread__author=moderator),
        Q(post__author__in=work_with),
        Q(appeal__sanction__account=moderator) | Q(appeal__sanction__account__in=work_with),
        Q(pk__in=left.values("item")),
        Q(post__in=left.filter(item__post__isnull=False).values("item__post")),
        *(Q(**{f"appeal__{path}": moderator}) for path in FIRST_DECISION),
        brought_back & (~Q(kind__in=NO_TEXTS) | Q(appeal__decision__isnull=False)),
    ]
    return Case(*(When(each, then=True) for each in conditions), default=False)


def licence_left_to_colleagues(moderator: Account) -> Case:
    """The same of a licence: nobody verifies themself, nor whoever declares the same employer."""
    kept = Q(account=moderator) | Q(account__in=_accounts_at_work_with(moderator))
    return Case(When(kept, then=True), default=False)


def _accounts_at_work_with(moderator: Account) -> QuerySet:
    keys = Employer.objects.filter(account=moderator).values("key")
    return Employer.objects.filter(key__in=keys).exclude(account=moderator).values("account")


def _about(item: QueueItem) -> int | None:
    """Whom it is about, if it is under a name."""
    return item.appeal.sanction.account_id if item.appeal and item.appeal.sanction else item.post.author_id


def _works_with(accounts: Iterable[int | None]) -> Sets[int | None]:
    """By account: moderators and administrators who declare an employer that it declares, too."""
    found: Sets[int | None] = defaultdict(set)
    declared = Employer.objects.filter(account__in={account for account in accounts if account})
    by_key = defaultdict(list)
    for account, key in declared.values_list("account", "key"):
        by_key[key].append(account)
    roles = Q(account__is_moderator=True) | Q(account__is_administrator=True)
    others = Employer.objects.filter(roles, key__in=by_key).values_list("key", "account")
    for key, other in others:
        for account in by_key[key]:
            if account != other:
                found[account].add(other)
    return found


def kept_apart(by: Account, account: Account) -> NotAllowed | None:
    """Why `by` neither sanctions nor verifies `account`, if both declare one employer."""
    return SameEmployer() if by.pk in _works_with([account.pk])[account.pk] else None


def require_apart(by: Account, account: Account) -> None:
    if why := kept_apart(by, account):
        raise why


def _stepped_back(items: list[QueueItem]) -> Sets[UUID | None]:
    """By item and by post, since it counts for all that waits about the same text."""
    found: Sets[UUID | None] = defaultdict(set)
    posts = [item.post_id for item in items if item.post_id]
    rows = Recusal.objects.filter(Q(item__in=items) | Q(item__post__in=posts))
    for item, post, moderator in rows.values_list("item", "item__post", "moderator"):
        found[item].add(moderator)
        if post:
            found[post].add(moderator)
    return found


def _decided(items: list[QueueItem]) -> Sets[UUID]:
    """Who made the decision that is appealed; and of a text that an appeal brought back, who declined it."""
    found: Sets[UUID] = defaultdict(set)
    appeals = [item.appeal_id for item in items if item.appeal_id]
    made = Appeal.objects.filter(pk__in=appeals).select_related("item", *FIRST_DECISION)
    for appeal in made if appeals else ():
        found[appeal.item.pk] = {each.pk for each in appeal.deciders}
    texts = defaultdict(list)
    for item in items:
        if item.is_text or (item.appeal and item.appeal.decision_id):
            texts[item.post_id].append(item.pk)
    brought_back = Decision.objects.filter(
        verdict=Verdict.DECLINE, appeal__post__in=texts, appeal__item__decision__verdict=Verdict.GRANT
    )
    for post, by in brought_back.values_list("appeal__post", "by") if texts else ():
        for each in texts[post]:
            found[each].add(by)
    return found


def too_few_may_decide(item: QueueItem, kept: Kept) -> bool:
    """Whether `item` waits in vain for moderators who are not kept from it, two where two have to agree."""
    free = Account.objects.moderators().exclude(pk__in=kept).values_list("pk", flat=True)
    first = {item.agreed_by_id} if item.agreed else set()
    return not item.decided and len({*free, *first}) < (2 if item.takes_two else 1)


def kept_from_posts(moderator: Account, posts: Iterable[Post]) -> dict[UUID, NotAllowed]:
    """By post that `moderator` leaves to colleagues, why: as of flags of it, also while nothing waits."""
    items = {post.pk: QueueItem(post=post, thread_id=post.thread_id, kind=FLAG) for post in posts}
    kept = kept_from_each(items.values())
    return {post: why() for post, item in items.items() if (why := kept[item.pk].get(moderator.pk))}


def require_asker(account_id: int) -> None:
    """NotAllowed when the moderator who asked for what takes two is none any more."""
    if not may_moderate(Account.objects.get(pk=account_id)):
        raise NotAllowed("Whoever asked is no moderator any more. Refuse it, and ask for it yourself.")


def require_posts(moderator: Account, posts: Iterable[Post]) -> None:
    if not may_moderate(moderator):
        raise NotAllowed("Only moderators can do this.")
    for why in kept_from_posts(moderator, posts).values():
        raise why


def require_thread(moderator: Account, thread: Thread) -> None:
    """What is done with a thread is done with its question."""
    require_posts(moderator, thread.posts.filter(kind=Kind.QUESTION))


def may_verify(by: Account, account: Account) -> bool:
    """Nobody verifies, notes or reads notes about themself."""
    return may_see_members(by) and by.pk != account.pk


def may_sanction(moderator: Account, account: Account) -> bool:
    return may_moderate(moderator) and moderator.pk != account.pk


def may_second(moderator: Account, asked: Sanction) -> bool:
    """Somebody else than who asked, and not the one whom it is about."""
    return may_sanction(moderator, asked.account) and moderator.pk != asked.by_id
