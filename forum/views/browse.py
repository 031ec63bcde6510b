"""Browsing: the home list, the tags, search. Everything a reader without an account may see."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_required
from forum import search
from forum.actions.follow import level_of
from forum.listing import SORTS, Selection, list_threads
from forum.models import Aspect, Facet, Outcome, Tag
from forum.views.following import follow_as_asked
from forum.views.kept import kept_for_visitors


def _list_context(request: HttpRequest, selection: Selection) -> dict:
    """What the filter form and the links to the next page need."""
    kept: QueryDict = request.GET.copy()
    kept.pop("after", None)
    return {
        "selection": selection,
        "chosen": {facet: selection.value_of(facet) for facet in Facet.values},
        "sorts": SORTS,
        "aspects": Aspect.choices,
        "outcomes": Outcome.choices,
        "query_string": kept.urlencode(),
    }


@require_safe
@kept_for_visitors
def home(request: HttpRequest) -> HttpResponse:
    selection = Selection.from_address(request.GET)
    page = list_threads(selection, after=request.GET.get("after", ""))
    return render(request, "forum/home.html", {"page": page, **_list_context(request, selection)})


@require_safe
@kept_for_visitors
def tags(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[Tag]] = {facet: [] for facet in Facet.values}
    for tag in Tag.objects.in_order():
        groups[tag.facet].append(tag)
    for facet in (Facet.DISCIPLINE, Facet.TOPIC):
        groups[facet].sort(key=lambda tag: (tag.group, tag.name))
    return render(request, "forum/tags.html", {"groups": groups})


@require_safe
@kept_for_visitors
def tag(request: HttpRequest, facet: str, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag.objects.of(facet).select_related("parent"), slug=slug)
    selection = Selection.from_address(request.GET, tags=[found])
    viewer = request.user
    context = {
        "tag": found,
        "children": found.children.filter(thread_count__gt=0).order_by("name"),
        "level": level_of(found, by=viewer) if viewer.is_authenticated else "",
        "page": list_threads(selection, after=request.GET.get("after", "")),
    }
    return render(request, "forum/tag.html", {**context, **_list_context(request, selection)})


@member_required
@require_POST
def follow_tag(request: MemberRequest, facet: str, slug: str) -> HttpResponse:
    found = get_object_or_404(Tag.objects.of(facet), slug=slug)
    return follow_as_asked(found, request)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "")
    selection = Selection.from_address(request.GET)
    results = None
    if q.strip():
        rarest = min(selection.tags, key=lambda tag: tag.thread_count, default=None)
        results = search.find(q, selection.threads(), after=request.GET.get("after"), rarest=rarest)
    context = {"q": q, "results": results, **_list_context(request, selection)}
    return render(request, "forum/search.html", context)
