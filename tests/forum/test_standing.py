"""Standing: what a reply says of its writer, computed once and kept."""

import pytest

from forum.models import Standing
from tests import make

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(
    ("own", "asked", "outside"),
    [
        (["psychologist", "us-co"], ["psychologist", "us-co"], (False, False)),
        (["psychologist", "us-co"], ["psychologist", "us"], (False, False)),
        (["psychologist", "us"], ["psychologist", "us-co"], (False, False)),
        (["psychologist", "us-or"], ["psychologist", "us-co"], (False, True)),
        (["psychologist", "gb-sct"], ["professional-counselor", "gb"], (True, False)),
        (["psychologist", "us-or", "us-co"], ["psychologist", "us-co"], (False, False)),
        ([], ["psychologist", "us-co"], (True, True)),
    ],
)
def test_a_consultation_says_whether_the_question_lies_outside(tags, own, asked, outside):
    disciplines = [slug for slug in own if tags[slug].facet == "discipline"]
    jurisdictions = [slug for slug in own if tags[slug].facet == "jurisdiction"]
    mo = make.moderator("Mo", disciplines=disciplines, jurisdictions=jurisdictions, credential="PhD")
    standing = make.post(make.thread("published", tags=asked), author=mo).standing
    assert (standing.outside_discipline, standing.outside_jurisdiction) == outside
    assert (standing.level, standing.credential) == ("moderator", "PhD")


def test_of_several_places_the_fitting_one_is_shown(tags):
    mo = make.moderator("Mo", disciplines=["psychologist"], jurisdictions=["gb-sct", "us-or"])
    standing = make.post(make.thread("published", tags=["psychologist", "us"]), author=mo).standing
    assert standing.jurisdiction.slug == "us-or"


def test_a_verified_clinicians_perspective_has_a_standing_and_a_personas_has_none(
    published_thread, vera, mia
):
    named = make.post(published_thread, "perspective", author=vera, by=mia)
    make.post(published_thread, "perspective", author=vera, anonymous=True, by=mia)
    make.post(published_thread, "clarification", by=mia)
    standing = Standing.objects.get()
    assert (standing.post, standing.level, standing.outside_discipline) == (named, "verified", True)


def test_it_stays_what_it_was_when_the_reply_was_published(published_thread, mo, client):
    standing = make.post(published_thread, author=mo).standing
    mo.credential, mo.is_moderator = "None", False
    mo.save()
    mo.disciplines.clear()
    standing.refresh_from_db()
    assert (standing.level, standing.credential) == ("moderator", "RSW")
    page = client.get(published_thread.get_absolute_url()).content.decode()
    assert "Mo, RSW" in page
    assert "outside own discipline" in page
    assert "outside own jurisdiction" in page
