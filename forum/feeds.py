"""Atom feeds of the newest threads: all of them, or those under one tag. Times are no finer than the hour."""

from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from anonymity.hour import hour_of
from forum.listing import Selection, list_threads
from forum.models import Kind, Post, Tag, Thread

NEWEST = 30


class AtomWithContent(Atom1Feed):
    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})

    def latest_post_date(self) -> datetime:
        # An empty feed would otherwise say to the microsecond when it was fetched.
        return hour_of(super().latest_post_date() if self.items else timezone.now())


class ThreadsFeed(Feed):
    """The newest threads; of one tag where there is one. An item is the question of its thread."""

    feed_type = AtomWithContent
    subtitle = "Professional-boundary dilemmas, put to seasoned colleagues"
    # Every Atom entry wants an author; this one stands in where the question has a persona.
    author_name = "Sounding Board"

    def title(self, tag: Tag | None) -> str:
        return f"Sounding Board: {tag.name}" if tag else "Sounding Board"

    def link(self, tag: Tag | None) -> str:
        return settings.SITE_URL + (tag.get_absolute_url() if tag else reverse("forum:home"))

    def feed_url(self, tag: Tag | None) -> str:
        path = reverse("forum:tag-feed", args=[tag.facet, tag.slug]) if tag else reverse("forum:feed")
        return settings.SITE_URL + path

    def items(self, tag: Tag | None) -> list[Post]:
        return _questions(list_threads(Selection(tags=[tag] if tag else []), size=NEWEST).items)

    def item_title(self, question: Post) -> str:
        return question.thread.title

    def item_link(self, question: Post) -> str:
        return settings.SITE_URL + question.thread.get_absolute_url()

    def item_guid(self, question: Post) -> str:
        return f"urn:uuid:{question.thread_id}"

    def item_pubdate(self, question: Post) -> datetime:
        return question.thread.hour

    def item_updateddate(self, question: Post) -> datetime:
        return question.edited_hour or question.hour

    def item_author_name(self, question: Post) -> str | None:
        return question.thread.author.display_name if question.thread.author else None

    def item_categories(self, question: Post) -> list[str]:
        return [row.tag.name for row in question.thread.chosen_tags]

    def item_description(self, question: Post) -> str:
        return escape(question.thread.excerpt)  # Django declares it as HTML

    def item_extra_kwargs(self, question: Post) -> dict[str, str]:
        return {"content": question.html}


class TagFeed(ThreadsFeed):
    """The newest threads under one tag or any of its descendants."""

    def get_object(self, request: HttpRequest, facet: str, slug: str) -> Tag:
        return Tag.objects.of(facet).get(slug=slug)


def _questions(threads: list[Thread]) -> list[Post]:
    """The question of each of the threads, in their order."""
    by_thread = {
        question.thread_id: question
        for question in Post.objects.published().filter(kind=Kind.QUESTION, thread__in=threads)
    }
    questions = []
    for thread in threads:
        if question := by_thread.get(thread.pk):
            question.thread = thread
            questions.append(question)
    return questions
