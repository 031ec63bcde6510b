"""Events ("this happened") and notices ("it concerns you"): for accounts by name, for personas by persona,
for who flagged a text by the flag."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from forum.models.follow import Follow, Level
from forum.models.post import Post
from forum.states import READABLE, State
from moderation import intake

UNREAD = (State.PENDING, State.HELD, State.HIDDEN)  # what waits for a moderator


class Happening(models.TextChoices):
    """What a notice is about, with the sentence its reader sees."""

    THREAD = "thread", "A new thread under a tag you follow"
    REPLY = "reply", "A new reply"
    UPDATE = "update", "An update: how it turned out"
    PUBLISHED = "published", "Your text was published"
    RETURNED = "returned", "A moderator returned your text with a note"
    DECLINED = "declined", "Your text was declined, with a reason"
    PROPOSED = "proposed", "A moderator proposes changes to your text"
    EDITED = "edited", "Your changes were published"
    EDIT_RETURNED = "editback", "A moderator returned your changes with a note"
    EDIT_DECLINED = "editno", "Your changes were declined, with a reason"
    CLOSED = "closed", "A moderator closed the thread"
    REOPENED = "reopened", "A moderator opened the thread again"
    MERGED = "merged", "A moderator merged the thread into another that asks the same"
    HIDDEN = "hidden", "What you wrote is hidden for now, with a reason"
    SHOWN = "shown", "What you wrote can be read again"
    REDACTED = "redacted", "A moderator removed words from your text, with a reason"
    WAITING = "waiting", "A text has waited long for a moderator"
    SUGGESTED = "suggested", "A text in the queue is suggested to you"
    UPHELD = "upheld", "A moderator agreed with your flag and acted on it"
    DISMISSED = "dismissed", "A moderator looked at what you flagged, and it stays"
    TAKEN_BACK = "takenback", "What you flagged was taken back before a moderator decided"
    UNMASK = "unmask", "A note about your anonymity"
    CHECKED = "checked", "A moderator has looked up your licence"
    ENDED = "ended", "Your verification has ended"
    SANCTION = "sanction", "Moderators have written to you"
    LIFTED = "lifted", "Moderators let you write again"
    APPEAL = "appeal", "Another moderator has decided about your appeal"
    ANSWERED = "answered", "Another moderator has decided about your appeal"  # of a sanction
    GONE = "gone", "The thread was withdrawn, and your appeal with it"
    UNHEARD = "unheard", "An appeal has waited long for a moderator"
    APPOINTED = "appointed", "You are a moderator of this board now"
    NOT_AGREED = "notagreed", "A colleague did not agree to the removal or suspension that you asked for"


CONCERNS_AUTHOR = (
    Happening.PUBLISHED,
    Happening.RETURNED,
    Happening.DECLINED,
    Happening.PROPOSED,
    Happening.EDITED,
    Happening.EDIT_RETURNED,
    Happening.EDIT_DECLINED,
    Happening.HIDDEN,
    Happening.SHOWN,
    Happening.REDACTED,
    Happening.UNMASK,
    Happening.APPEAL,
    Happening.GONE,
)
PERSONAL = (  # about an account and no post
    Happening.CHECKED,
    Happening.ENDED,
    Happening.SANCTION,
    Happening.LIFTED,
    Happening.ANSWERED,
    Happening.UNHEARD,
    Happening.APPOINTED,
    Happening.NOT_AGREED,
)
# About what waits, of others, or was asked of colleagues.
FOR_MODERATORS = (Happening.WAITING, Happening.SUGGESTED, Happening.UNHEARD, Happening.NOT_AGREED)
FLAG_OUTCOMES = (Happening.UPHELD, Happening.DISMISSED, Happening.TAKEN_BACK)
BY_MODERATORS = (
    Happening.CLOSED,
    Happening.REOPENED,
    Happening.MERGED,
)  # about a question, and done by somebody else
# Of others' deeds, so that a thread that is muted brings none of them.
OF_A_THREAD = (Happening.THREAD, Happening.REPLY, Happening.UPDATE, *BY_MODERATORS)


class EventQuerySet(models.QuerySet["Event"]):
    def untold(self) -> "EventQuerySet":
        return self.filter(told=False).order_by("id")


class Event(models.Model):
    """Written with the deed, in its transaction; told to whom it concerns afterwards, so none is lost."""

    happening = models.CharField(max_length=9, choices=Happening)
    # None of a personal one alone, which is told with its deed and never fanned out.
    post: "models.ForeignKey[Post, Post]" = models.ForeignKey(  # type: ignore[misc]
        "forum.Post", models.CASCADE, null=True, related_name="events"
    )
    hour = models.DateTimeField()
    told = models.BooleanField(default=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="event_of_a_post_or_personal",
                condition=Q(post__isnull=False) ^ Q(happening__in=PERSONAL),
            )
        ]
        indexes = [models.Index(fields=["id"], name="events_untold", condition=Q(told=False))]

    def __str__(self) -> str:
        return f"event {self.pk}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, account, personas: list[uuid.UUID]) -> "NoticeQuerySet":
        """What was written for the account, or for the personas and flags that the vault calls its own."""
        return self.filter(Q(account=account) | Q(persona__in=personas) | Q(flag__in=personas))

    def for_inbox(self, account, personas: list[uuid.UUID]) -> "NoticeQuerySet":
        """What of its own an account is shown.

        A notice goes where its post goes: of what is no longer readable only decisions remain. What waits,
        a moderator is told of who is one still, as of being one; what is suggested to them, while it is. Of a
        thread that the account muted it shows decisions alone, to its personas too.
        """
        readable = Q(event__post__state="published", event__post__thread__state__in=READABLE)
        told = {*CONCERNS_AUTHOR, *FLAG_OUTCOMES, *PERSONAL} - {*FOR_MODERATORS, Happening.APPOINTED}
        readable &= ~Q(event__happening=Happening.SUGGESTED)
        shown = readable | Q(event__happening__in=sorted(told))
        if account.is_moderator:  # also without the second factor, which the desk then asks for
            shown |= Q(event__happening=Happening.APPOINTED)
        if account.acts_as_moderator:
            unread = Q(event__post__state__in=UNREAD) | Q(event__post__thread__state=State.HIDDEN)
            shown |= Q(event__happening__in=(Happening.UNHEARD, Happening.NOT_AGREED))
            shown |= Q(event__happening=Happening.WAITING) & unread
            theirs = intake.posts_suggested_to(account)
            shown |= Q(event__happening=Happening.SUGGESTED, event__post__in=theirs)
        muted = Follow.objects.of(account).filter(level=Level.MUTE, thread__isnull=False)
        silenced = Q(event__happening__in=OF_A_THREAD, event__post__thread__in=muted.values("thread"))
        return self.of(account, personas).filter(shown).exclude(silenced)

    def for_list(self) -> "NoticeQuerySet":
        return self.select_related("event__post__thread").order_by("-id")


class Notice(models.Model):
    """Never changed once it is written: who has read it is sealed in the reader's account (leak 22)."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices")
    persona = models.ForeignKey("forum.Persona", models.CASCADE, null=True, related_name="notices")
    flag = models.ForeignKey("forum.Flag", models.CASCADE, null=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_for_account_xor_flag_xor_persona",
                condition=Q(account__isnull=False, persona=None, flag=None)
                | Q(account=None, persona__isnull=False, flag=None)
                | Q(account=None, persona=None, flag__isnull=False),
            ),
            models.UniqueConstraint(fields=["event", "account"], name="one_notice_per_event_and_account"),
            models.UniqueConstraint(fields=["event", "persona"], name="one_notice_per_event_and_persona"),
            models.UniqueConstraint(fields=["event", "flag"], name="one_notice_per_event_and_flag"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="notices_of_account"),
            models.Index(fields=["persona", "-id"], name="notices_of_persona"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"

    @property
    def title(self) -> str:
        """Of the thread that it is about, if it is about one; none of what was flagged."""
        about = self.event.post if self.event.happening not in FLAG_OUTCOMES else None
        return about.thread.title if about else ""
