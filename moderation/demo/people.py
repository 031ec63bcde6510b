"""The invented people of the demonstration. Only the three log-ins of `forum.demo` have a password."""

from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.actions.verify import vouch_for
from accounts.models import Account
from forum.actions.follow import follow
from forum.demo import LOGINS, PASSWORD
from forum.models import Tag

EMAILS = {
    "clinician": LOGINS["clinician"],
    "marisol-v": LOGINS["moderator"],
    "administrator": LOGINS["administrator"],
}
FOLLOWED = {
    "clinician": ["clinical-social-worker", "small-community"],
    "marisol-v": ["professional-counselor"],
}


def make_people(story: dict[str, Any], tags: dict[str, Tag]) -> dict[str, Account]:
    """All accounts of the story by slug, with what they follow."""
    people = {row["slug"]: make_person(row, tags, is_moderator=True) for row in story["moderators"]}
    for row in story["members"]:
        people[row["slug"]] = make_person(row, tags)
    vouch_for(people["clinician"], now=timezone.now())
    people["administrator"] = make_person(
        {"slug": "administrator", "name": "Administrator"}, tags, is_administrator=True
    )
    for slug, followed in FOLLOWED.items():
        for name in followed:
            follow(tags[name], by=people[slug])
    return people


def make_person(row: dict[str, Any], tags: dict[str, Tag], **roles: bool) -> Account:
    email = EMAILS.get(row["slug"], f"{row['slug']}@demo.example")
    account = Account.objects.create_user(
        email,
        PASSWORD if row["slug"] in EMAILS else None,
        display_name=row["name"],
        credential=row.get("credential", ""),
        is_demo=True,
        **roles,
    )
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    if "discipline" in row:
        account.disciplines.set([tags[row["discipline"]]])
        account.jurisdictions.set([tags[row["jurisdiction"]]])
    return account
