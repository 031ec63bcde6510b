"""The export: what the board holds of somebody, for that person alone. Made for one answer and kept nowhere.

Two files that never meet: what is under the account's name, and what its personas wrote.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Q

from accounts.models import Account, Verification
from forum.models import (
    FOR_MODERATORS,
    Digest,
    Edit,
    Happening,
    Notice,
    NoticeSettings,
    Post,
    Tag,
    Thread,
)
from forum.models.edit import edit_of
from forum.models.post import PostQuerySet
from forum.states import READABLE

Words = dict[str, Any]


def by_name(account: Account) -> Words:
    """Everything under the name of `account`, and nothing of what it wrote anonymously."""
    posts = Post.objects.written_by(account)
    notices = Notice.objects.for_inbox(account, personas=[]).for_list()
    notices = notices.exclude(event__happening__in=FOR_MODERATORS)  # about what others wrote, not public yet
    decisions = account.decisions.select_related("item__post__thread").order_by("hour", "pk")
    sanctions = account.sanctions.given().select_related("appeal").order_by("hour", "id")
    follows = account.follows.select_related("thread", "tag").order_by("pk")
    return {
        "profile": profile(account),
        "threads": written(posts, opened=Q(author=account)),
        "verifications": [verification(each) for each in account.verifications.order_by("hour", "id")],
        "sanctions": [sanction(each) for each in sanctions],
        "hears of": hears_of(getattr(account, "notice_settings", None)),
        "digest": digest(getattr(account, "digest", None)),
        "duty": duty(getattr(account, "duty", None)),
        "away": [
            {"first": each.first.isoformat(), "last": each.last.isoformat()}
            for each in account.absences.in_order()
        ],
        "notes of moderators": [
            {"note": note.text, "hour": note.hour.isoformat()}
            for note in account.notes.order_by("hour", "id")
        ],
        "follows": {
            "threads": [
                {"thread": address(each.thread), "level": each.level} for each in follows if each.thread
            ],
            "tags": [{"tag": named(each.tag), "level": each.level} for each in follows if each.tag],
        },
        "notices": [
            {
                "about": Happening(notice.event.happening).label,
                "thread": address(notice.event.post.thread) if notice.event.post else "",
                "hour": notice.event.hour.isoformat(),
            }
            for notice in notices
        ],
        "decisions": [
            {
                "decision": decision.get_verdict_display(),
                "note": decision.note,
                "kind of text": decision.item.kind,
                "thread": address(decision.item.post.thread) if decision.item.post else "",
                "hour": decision.hour.isoformat(),
            }
            for decision in decisions
        ],
    }


def by_personas(personas: list[UUID]) -> Words:
    """What these personas wrote. Neither their ids nor anything that joins them outside of this file."""
    posts = Post.objects.filter(persona__in=personas)
    return {"threads": written(posts, opened=Q(personas__in=personas, personas__is_op=True))}


def profile(account: Account) -> Words:
    roles = ["verified", "moderator", "administrator"]
    return {
        "display name": account.display_name,
        "addresses": list(EmailAddress.objects.filter(user=account).values_list("email", flat=True)),
        "credential": account.credential,
        "disciplines": [named(tag) for tag in account.disciplines.order_by("name")],
        "jurisdictions": [named(tag) for tag in account.jurisdictions.order_by("name")],
        "employers": list(account.employers.order_by("pk").values_list("name", flat=True)),
        "roles": [role for role in roles if getattr(account, f"is_{role}")],
    }


def verification(asked: Verification) -> Words:
    """Without whoever looked it up."""
    return {
        "discipline": named(asked.discipline),
        "jurisdiction": named(asked.jurisdiction) if asked.jurisdiction else "",
        "board": asked.board,
        "licence": asked.licence_type,
        "hour": asked.hour.isoformat(),
        "checked on": asked.checked_on.isoformat() if asked.checked_on else "",
        "result": asked.get_result_display(),
        "counts until": asked.valid_until.isoformat() if asked.valid_until else "",
    }


def sanction(given: Any) -> Words:
    """Without the moderators' names, as its member reads it."""
    return {
        "measure": given.get_measure_display(),
        "reason": given.reason,
        "hour": given.hour.isoformat(),
        "until": given.until.isoformat() if given.until else "",
        "lifted": given.lifted_hour.isoformat() if given.lifted_hour else "",
        "appeal": given.appeal.words if hasattr(given, "appeal") else "",
    }


def hears_of(kept: NoticeSettings | None) -> Words:
    """Of which kinds of notices the member hears where, and when of none."""
    if kept is None:
        return {}
    return {
        "in the inbox": kept.inbox,
        "on open pages": kept.live,
        "by mail": kept.mail,
        "quiet from": kept.quiet_from,
        "quiet until": kept.quiet_to,
        "time zone": kept.zone,
        "discreet": kept.discreet,
        "mails refused in a row": kept.refusals,
        "mails ended": kept.get_mail_end_display(),
    }


def digest(kept: Digest | None) -> Words:
    """What was chosen, and what became of the last one."""
    if kept is None:
        return {}
    return {
        "how often": kept.get_every_display(),
        "weekday": kept.get_weekday_display(),
        "hour": kept.get_at_hour_display(),
        "time zone": kept.zone,
        "about": kept.get_about_display(),
        "shows": kept.get_shows_display(),
        "last one": kept.get_last_display(),
        "last on": kept.last_on.isoformat() if kept.last_on else "",
        "last signed in by": kept.seen_week.isoformat(),
    }


def duty(kept: Any) -> Words:
    """What a moderator says of how much they take on, if they did."""
    if kept is None:
        return {}
    topics = [named(tag) for tag in kept.topics.order_by("name")]
    return {"on duty": kept.on_duty, "at most": kept.at_most, "topics": topics}


def written(posts: PostQuerySet, *, opened: Q) -> list[Words]:
    """The posts by thread. Of a thread that somebody else opened, no more than where it is."""
    by_thread: dict[UUID, list[Post]] = defaultdict(list)
    for post in posts.select_related("edit").in_order().prefetch_related("appeals"):
        by_thread[post.thread_id].append(post)
    threads = Thread.objects.filter(pk__in=by_thread).for_list().order_by("hour", "id")
    own = set(threads.filter(opened).values_list("pk", flat=True))
    return [
        {
            **(question(thread) if thread.pk in own else {"thread": address(thread)}),
            "posts": [contribution(post) for post in by_thread[thread.pk]],
        }
        for thread in threads
    ]


def question(thread: Thread) -> Words:
    return {
        "title": thread.title,
        "asking": thread.asking,
        "urgency": thread.urgency,
        "state": thread.state,
        "tags": [named(row.tag) for row in thread.chosen_tags],
        "thread": address(thread),
    }


def contribution(post: Post) -> Words:
    """A post as its author wrote it. A moderator's note about it is the moderator's."""
    texts = {"red flag": post.red_flag, "depends on": post.contingent_on}
    lists = {"aspects": post.aspect_labels, "outcomes": post.outcome_labels}
    lists["appeals"] = [appeal.words for appeal in post.appeals.all()]
    return {
        "kind": post.kind,
        "state": post.state,
        "hour": post.hour.isoformat(),
        "text": post.body,
        **{name: value for name, value in {**texts, **lists}.items() if value},
        **(edit(found) if (found := edit_of(post)) else {}),
    }


def edit(found: Edit) -> Words:
    """What its author would have said instead. Of a moderator's proposal, what they answered."""
    if found.proposed:
        return {"about changes that a moderator proposed": found.note} if found.note else {}
    words = {"title": found.title, "asking": found.asking, "text": found.body, "state": found.state}
    return {"edit": {name: value for name, value in words.items() if value}}


def address(thread: Thread) -> str | None:
    """Where everybody may read the thread; None where not."""
    return settings.SITE_URL + thread.get_absolute_url() if thread.state in READABLE else None


def named(tag: Tag) -> str:
    return f"{tag.facet}: {tag.name}"
