import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum import reference
from forum.models import Facet, Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> None:
    reference.load()


def everything() -> list[dict]:
    return list(Tag.objects.order_by("pk").values())


def newer(monkeypatch, slug: str, **changes) -> None:
    """Let the files say something else of one tag."""
    rows = [(facet, {**row, **changes} if row["slug"] == slug else row) for facet, row in reference.entries()]
    monkeypatch.setattr(reference, "entries", lambda: iter(rows))


@pytest.mark.parametrize(
    ("facet", "number"), [(Facet.DISCIPLINE, 31), (Facet.JURISDICTION, 193), (Facet.TOPIC, 54)]
)
def test_every_facet_is_loaded_whole(loaded, facet, number):
    assert Tag.objects.of(facet).count() == number


def test_a_state_hangs_below_its_country(loaded):
    colorado = Tag.objects.get(slug="us-co")
    assert (colorado.code, colorado.parent.slug, colorado.path) == ("US-CO", "us", "us/us-co/")
    assert colorado in Tag.objects.at_or_below(colorado.parent)


def test_a_place_may_stay_unsaid(loaded):
    assert Tag.objects.get(code="XX").label == "Not stated"


def test_a_second_load_writes_nothing(loaded):
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        assert reference.load() == reference.Loaded(found=278)
    assert everything() == before
    assert [query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "SAVE", "REL"))] == []


def test_what_was_edited_here_stays_and_the_rest_follows_newer_files(loaded, monkeypatch):
    Tag.objects.filter(slug="gifts").update(name="Gifts and cards")
    newer(monkeypatch, "gifts", name="Presents", description="What clients bring.")
    assert reference.load() == reference.Loaded(found=278, changed=1, kept=1)
    gifts = Tag.objects.get(slug="gifts")
    assert (gifts.name, gifts.description) == ("Gifts and cards", "What clients bring.")
    assert reference.load() == reference.Loaded(found=278, kept=1)


def test_an_edit_that_the_files_take_over_is_no_edit_any_more(loaded, monkeypatch):
    Tag.objects.filter(slug="gifts").update(name="Presents")
    newer(monkeypatch, "gifts", name="Presents")
    assert reference.load().kept == 0
    newer(monkeypatch, "gifts", name="Gifts again")
    reference.load()
    assert Tag.objects.get(slug="gifts").name == "Gifts again"


def test_a_tag_made_here_keeps_its_words_and_gains_what_it_lacked(monkeypatch):
    Tag.objects.create(facet=Facet.TOPIC, slug="touch", name="Hugs", path="touch/")
    assert reference.load().added == 277
    touch = Tag.objects.get(slug="touch")
    assert touch.name == "Hugs"
    assert touch.group == "In the room"


def test_the_command_says_what_it_did(capsys):
    call_command("load_reference")
    assert capsys.readouterr().out == "278 tags: 278 added, 0 changed, 0 kept as edited here.\n"
