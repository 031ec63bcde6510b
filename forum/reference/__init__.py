"""Reference data: disciplines, jurisdictions (ISO 3166) and topics, loaded without undoing local edits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from forum.models import Facet, Tag

HERE = Path(__file__).parent
FILES = {
    Facet.DISCIPLINE: "disciplines.json",
    Facet.JURISDICTION: "jurisdictions.json",
    Facet.TOPIC: "topics.json",
}
EMPTY: dict[str, Any] = {
    "name": "",
    "short_name": "",
    "code": "",
    "group": "",
    "synonyms": [],
    "description": "",
}


@dataclass
class Loaded:
    """How many tags a load found in the files, added and changed, and how many keep an edit made here."""

    found: int = 0
    added: int = 0
    changed: int = 0
    kept: int = 0


@transaction.atomic
def load() -> Loaded:
    """Bring the tags up to the files. A second time writes nothing."""
    result = Loaded()
    known = {tag.slug: tag for tag in Tag.objects.all()}
    changed = []
    for facet, row in entries():
        result.found += 1
        if tag := known.get(row["slug"]):
            changed += [tag] if follow(tag, row) else []
            result.kept += is_edited(tag)
        else:
            known[row["slug"]] = add(facet, row, known.get(row.get("parent")))
            result.added += 1
    Tag.objects.bulk_update(changed, [*EMPTY, "reference"])
    result.changed = len(changed)
    return result


def entries() -> Iterator[tuple[Facet, dict[str, Any]]]:
    """All rows of the files, a parent before its children."""
    for facet, name in FILES.items():
        for row in json.loads((HERE / name).read_text(encoding="utf-8")):
            yield facet, row


def add(facet: Facet, row: dict[str, Any], parent: Tag | None) -> Tag:
    path = f"{parent.path if parent else ''}{row['slug']}/"
    fields = fields_of(row)
    return Tag.objects.create(
        facet=facet, slug=row["slug"], parent=parent, path=path, reference=fields, **fields
    )


def follow(tag: Tag, row: dict[str, Any]) -> bool:
    """Take over what the files say of `tag`, but for fields that were edited here; whether anything changed.

    A field was edited when it differs from what was loaded last. Only then can a later change of the files
    be told from a change made here.
    """
    fields = fields_of(row)
    if tag.reference == fields:
        return False
    for name, value in fields.items():
        if getattr(tag, name) == tag.reference.get(name, EMPTY[name]):
            setattr(tag, name, value)
    tag.reference = fields
    return True


def is_edited(tag: Tag) -> bool:
    return any(getattr(tag, name) != value for name, value in tag.reference.items())


def fields_of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row.get(name, empty) for name, empty in EMPTY.items()}
