"""The words of the templates: a post's html as rendered, days instead of hours, kept addresses."""

from datetime import datetime

from django import template
from django.core.cache import cache
from django.http import QueryDict
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from forum.models import Tag
from forum.text.markdown import trusted

register = template.Library()


@register.filter
def rendered(html: str) -> SafeString:
    """HTML that the one renderer made and the database kept."""
    return trusted(html)


@register.filter
def day(instant: datetime) -> str:
    """Shown times are no finer than the day."""
    return f"{instant.day} {instant:%B %Y}"


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
def tag_options(facet: str) -> SafeString:
    """The <option>s of all tags of `facet`: the same for everybody, so made once in a while."""
    key = f"tag-options-{facet}"
    if (options := cache.get(key)) is None:
        tags = Tag.objects.of(facet).order_by("path" if facet == "jurisdiction" else "name")
        rows = ((tag.slug, "\N{EN DASH} " if tag.parent_id else "", tag.name) for tag in tags)
        options = str(format_html_join("", '<option value="{}">{}{}</option>', rows))
        cache.set(key, options, 300)
    return trusted(options)
