"""The crawl: every address that the site has, as whoever is not the author meets it.

Addresses are read from the resolver, so a new one is crawled without being named here. One with a parameter
of a kind that is not known here fails, until somebody says what to fill in.
"""

from collections.abc import Iterable, Iterator
from http import HTTPStatus

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from accounts.models import Account, Verification
from forum.models import Digest, Facet, Notice, Persona, Post, Tag, Thread, ThreadTag
from forum.unsubscribe import token_of
from moderation.insight.tables import TABLES
from moderation.models import Absence, MemberNote, QueueItem, Redaction, Sanction
from tests.privacy.two_worlds.evidence import Evidence
from tests.privacy.two_worlds.people import answer
from tests.privacy.two_worlds.world import AUTHORS

VIEWERS = ("mo", "admin", "carol", "nobody")  # first who may do most
NOWHERE = {"public_id": "23456789abcd", "handle": "0123456789abcdef" * 2}
SEARCHES = ["/search/?q=climbing", "/search/?q=anonymous+dinner&discipline=professional-counselor"]
FILTERS = ["/?jurisdiction=us&discipline=professional-counselor", "/?sort=active", "/?outcome=any"]
FILTERS += [
    f"/moderation/queue/?{each}" for each in ("hold=mine", "to=you", "kind=question&jurisdiction=us&age=24")
]


class UnknownParameter(LookupError):
    """An address has a parameter of a kind that the crawl has no values for."""


def patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """The regular expression of every address."""
    for each in resolver.url_patterns:
        path = before + each.pattern.regex.pattern
        if isinstance(each, URLPattern):
            yield path
        else:
            yield from patterns(each, path)


def values() -> dict[str, list[dict[str, object]]]:
    """What to fill in for each set of parameters, by their names."""
    threads = list(Thread.objects.order_by("public_id"))
    ids = [NOWHERE["public_id"], *(thread.public_id for thread in threads)]
    notices = first_of_each(Notice.objects.order_by("pk").values_list("pk", "account", "persona"))
    items = first_of_each(QueueItem.objects.order_by("pk").values_list("pk", "kind", "post__persona"))
    posts = first_of_each(Post.objects.order_by("pk").values_list("pk", "persona", "author"))
    redactions = Redaction.objects.order_by("pk").values_list("pk", flat=True)
    personas = Persona.objects.order_by("pk").values_list("pk", flat=True)
    accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    notes = MemberNote.objects.order_by("hour", "pk").values_list("pk", flat=True)
    absences = Absence.objects.order_by("first", "pk").values_list("pk", flat=True)
    sanctions = Sanction.objects.order_by("hour", "pk").values_list("pk", flat=True)
    asked = Verification.objects.order_by("hour", "pk").values_list("pk", flat=True)
    used = Exists(ThreadTag.objects.filter(tag=OuterRef("pk")))
    tags = first_of_each(
        Tag.objects.order_by("slug").annotate(used=used).values_list("slug", "facet", "used")
    )
    return {
        "": [{}],
        "public_id": [{"public_id": each} for each in ids],
        "position public_id": [{"public_id": each, "position": 1} for each in ids],
        "public_id slug": [{"public_id": each.public_id, "slug": each.slug} for each in threads],
        "facet slug": [{"facet": tag.facet, "slug": tag.slug} for tag in Tag.objects.filter(slug__in=tags)]
        + [{"facet": Facet.TOPIC, "slug": "us"}],
        "cursor": [{"cursor": 0}, {"cursor": max(notices, default=0)}],
        "notice_id": [{"notice_id": each} for each in notices],
        "redaction_id": [{"redaction_id": each} for each in [*redactions, *personas[:1]]],
        "item_id": [{"item_id": each} for each in [*items, *personas[:1]]],
        "post_id": [{"post_id": each} for each in [*posts, *personas[:1]]],
        "handle": [{"handle": each} for each in (NOWHERE["handle"], *(pk.hex for pk in personas[:1]))],
        "token": [{"token": token_of(digest)} for digest in Digest.objects.order_by("pk")[:2]],
        "table": [{"table": each} for each in TABLES],
        "failure_id": [{"failure_id": each} for each in personas[:1]],
        "member_id": [{"member_id": each} for each in accounts],
        "member_id note_id": [
            {"member_id": accounts[0], "note_id": each} for each in [*notes, *personas[:1]]
        ],
        "absence_id": [{"absence_id": each} for each in [*absences, *personas[:1]]],
        "sanction_id": [{"sanction_id": each} for each in [*sanctions, *personas[:1]]],
        "verification_id": [{"verification_id": each} for each in [*asked, *personas[:1]]],
        "pk": [{"pk": 1}],
        "key uidb36": [{"uidb36": "1", "key": "set-password"}, {"uidb36": "1", "key": "d3-1a2b3c"}],
        "key": [{"key": "0" * 40}],
    }


def addresses(resolver: URLResolver) -> Iterator[list[str]]:
    """Every address of the site, each with every object of its in it."""
    known = values()
    for pattern in patterns(resolver):
        path, parameters = normalize(pattern)[0]
        names = " ".join(sorted(parameters))
        if names not in known:
            raise UnknownParameter(f"Say in {__name__} what to fill in for {names} of /{path}.")
        yield ["/" + path % filled for filled in known[names]]


def first_of_each(rows: Iterable[tuple]) -> list:
    """The first key of each kind of row: one stands for all that differ in nothing a page looks at."""
    return list({kind: key for key, *kind_of in reversed(list(rows)) for kind in [tuple(kind_of)]}.values())


def with_parameters() -> Iterator[str]:
    """Addresses that ask for somebody's texts, in the ways that boards have let them."""
    emails = [f"{name}@example.org" for name in AUTHORS]
    for author in Account.objects.filter(email__in=emails).order_by("pk"):
        yield f"/?author={author.pk}"
        yield f"/search/?q={author.email}"
    yield from (f"/search/?q={persona.pk}" for persona in Persona.objects.order_by("pk")[:1])
    yield from [*SEARCHES, *FILTERS]


def crawl(evidence: Evidence) -> None:
    """Note the answer to every address for every viewer."""
    for asked in [*addresses(get_resolver()), list(with_parameters())]:
        for viewer in VIEWERS:
            for address in asked:
                answered = ask(evidence, address, viewer)
                evidence.note("pages", f"GET {address} as {viewer}", answer(answered))
                if answered.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                    asked = [address]  # it only takes forms, whatever it is about
                    break


def ask(evidence: Evidence, address: str, viewer: str) -> HttpResponse:
    """The answer to whoever this is, in a browser that keeps nothing of it."""
    evidence.world.chance.next_request()
    client = Client(raise_request_exception=True)
    if person := evidence.world.people.get(viewer):
        client.cookies.load({name: morsel.value for name, morsel in person.client.cookies.items()})
    return client.get(address)
