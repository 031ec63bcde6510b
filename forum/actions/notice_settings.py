"""Choosing of what to hear, and where what was chosen is kept."""

from accounts.models import Account
from forum.models import NoticeSettings
from forum.unsubscribe import renew_link

CHOSEN = ("inbox", "live", "mail", "quiet_from", "quiet_to", "zone", "discreet")
AT_ONCE = 1000


def notice_settings_of(account: Account) -> NoticeSettings:
    """The account's, or those of who chose nothing so far, not yet saved."""
    return getattr(account, "notice_settings", None) or NoticeSettings(account=account)


def new_settings(account: Account) -> NoticeSettings:
    """With a link of their own, to be saved."""
    settings = NoticeSettings(account=account)
    renew_link(settings)
    return settings


def choose_notices(chosen: NoticeSettings) -> None:
    """Keep what a member chose. Who wants mails again is no longer one whose mails were ended."""
    NoticeSettings.objects.bulk_create([new_settings(chosen.account)], ignore_conflicts=True)
    if chosen.mail:
        chosen.mail_end, chosen.refusals = "", 0
    chosen.save(force_update=True, update_fields=[*CHOSEN, "mail_end", "refusals"])


def give_everybody_settings() -> None:
    """Make the rows that are missing, of all accounts alike."""
    lacking = Account.objects.filter(notice_settings=None).only("pk").order_by("pk")
    while accounts := list(lacking[:AT_ONCE]):
        rows = [new_settings(account) for account in accounts]
        NoticeSettings.objects.bulk_create(rows, ignore_conflicts=True)
