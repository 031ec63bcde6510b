"""Who a session belongs to."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import Account


class AccountBackend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> Account | None:
        """With what one wants to hear of, which each page asks for its badge: one query fewer for all."""
        account = Account.objects.select_related("notice_settings").filter(pk=user_id).first()
        return account if account and self.user_can_authenticate(account) else None
