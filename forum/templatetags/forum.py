"""The words of the templates: a post's html as rendered, days instead of hours, kept addresses."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache

from django import template
from django.core.cache import caches
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from forum.models import Facet, Tag, ThreadTag
from forum.text.markdown import trusted

register = template.Library()

AWAY = re.compile(r'<a ([^>]*href="[^#"])')


@register.filter
def rendered(html: str) -> SafeString:
    """HTML that the one renderer made and the database kept."""
    return trusted(html)


@register.filter
def beside(html: SafeString) -> SafeString:
    """The same with links that open beside this page, and not in the place of what is being typed."""
    return trusted(AWAY.sub(r'<a target="_blank" \1', html))


@register.filter
def day(instant: datetime) -> str:
    """Shown times are no finer than the day."""
    return f"{instant.day} {instant:%B %Y}"


@register.filter
def dated(instant: datetime) -> SafeString:
    """The day as a <time> element."""
    return _time_element(instant.date())


@register.filter
@lru_cache(maxsize=4096)
def to_the_hour(instant: datetime) -> str:
    """When something is due, with its weekday. The date filter took a tenth of the queue's time."""
    return f"{instant:%A} {instant.day} {instant:%B, %H:%M} UTC"


@lru_cache(maxsize=4096)
def _time_element(day_of: date) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', day_of.isoformat(), f"{day_of.day} {day_of:%B %Y}")


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: str) -> str:
    """The present address's query with `changes`; an empty value removes its name."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A symbol of static/icons.svg. Each page has a dozen, too many to read a template for each."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def tag_options(facet: str) -> SafeString:
    """The <option>s of all tags of `facet`: the same for everybody, so made once in a while."""
    if (options := caches["local"].get("tag-options")) is None:
        options = _tag_options()
        caches["local"].set("tag-options", options, 300)
    return trusted(options[facet])


def _tag_options() -> dict[str, str]:
    tags = list(Tag.objects.in_order().only("facet", "slug", "name", "parent"))
    return {facet: "".join(_option(tag) for tag in tags if tag.facet == facet) for facet in Facet.values}


def _option(tag: Tag) -> str:
    lead = "\N{EN DASH} " if tag.parent_id else ""
    return format_html('<option value="{}">{}{}</option>', tag.slug, lead, tag.name)


@register.simple_tag
def chips(rows: Iterable[ThreadTag]) -> SafeString:
    """The chosen tags of a thread as links. As template code these took half the time of a list."""
    return format_html_join("", "{}", ((_chip(row.tag.facet, row.tag.slug, row.tag.label),) for row in rows))


@lru_cache(maxsize=2048)
def _chip(facet: str, slug: str, label: str) -> SafeString:
    return format_html(
        '<li><a class="chip {}" href="{}"><span class="unseen">{}: </span>{}</a></li>',
        facet,
        reverse("forum:tag", args=[facet, slug]),
        facet,
        label,
    )
