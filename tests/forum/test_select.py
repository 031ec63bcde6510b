"""Our template of a list to choose from: Django's own in fewer steps, so it has to say the same."""

import re

from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.template import engines

from forum.fields import ZoneField


class NoneOfB(forms.Select):
    def create_option(self, name, value, *rest, **more):
        return super().create_option(name, value, *rest, **more) | {"attrs": {"disabled": value == "b"}}


def told_by(renderer, widget: forms.Select, value: str) -> str:
    page = widget.render("it", value, {"id": "id_it", "required": True}, renderer)
    return re.sub(r"\s*\n\s*", "\n", page).strip()


def test_it_says_what_djangos_own_says():
    choices = [("", "None"), ("a<b", "A & <i>B</i>"), ('Group "1"', [("a", "A"), ("b", "B")])]
    for widget in (
        forms.Select(choices=choices),
        NoneOfB(choices=choices),
        forms.SelectMultiple(choices=choices),
    ):
        for value in ("a", "a<b", ""):
            assert told_by(get_default_renderer(), widget, value) == told_by(DjangoTemplates(), widget, value)


def test_a_time_zone_includes_no_template_of_its_own(monkeypatch):
    included = []
    find = engines["django"].engine.find_template
    monkeypatch.setattr(
        engines["django"].engine,
        "find_template",
        lambda name, **more: included.append(name) or find(name, **more),
    )
    told_by(get_default_renderer(), ZoneField().widget, "Europe/Berlin")
    assert "django/forms/widgets/select.html" in included
    assert "django/forms/widgets/select_option.html" not in included
