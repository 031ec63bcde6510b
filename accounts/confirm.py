"""The door of the anonymous pages: whoever opens them gave the password within the last ten minutes.

A borrowed screen or a stolen session shows nothing of what its owner wrote anonymously. The proof is a signed
cookie, bound to account and session, and nothing else: a session's row would keep the instant at which
somebody came back to an anonymous thread (leak 5), so no row, message or session is written (T-WRITE).
"""

from collections.abc import Callable
from functools import wraps

from allauth.mfa import app_settings as second_factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django import forms
from django.conf import settings
from django.core.cache import caches
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.access import MemberRequest
from accounts.forms import PasswordForm
from accounts.models import Account
from accounts.views.kept import as_kept

PATH = "/my/anonymous/"
LASTS = 10 * 60  # seconds, from the last page looked at
PREFIX = "confirm"
LOOK, SEND = "look", "send"  # what follows the confirmation: the page asked for, or the form that was sent
SALT = "accounts.confirm"
CODE_LASTS = second_factor.TOTP_PERIOD * (2 * second_factor.TOTP_TOLERANCE + 1)


class ConfirmForm(PasswordForm):
    """The password, and the code of the app where the account has one. Verifies without writing anything.

    No recovery code, which would be crossed out in a row, and no security key, which needs the session.
    """

    prefix = PREFIX

    def __init__(self, account: Account, *args, **kwargs):
        super().__init__(account, *args, **kwargs)
        app = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).first()
        self.secret = decrypt(app.data["secret"]) if app else ""
        if app:
            self.fields["code"] = forms.CharField(
                label="Code from your app",
                max_length=20,
                widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
            )

    def clean(self) -> None:
        code = self.cleaned_data.get("code")
        if code and not self.errors and not self._is_fresh(code):
            self.add_error("code", "This is not the code that your app shows now.")

    def _is_fresh(self, code: str) -> bool:
        """Right, and not used here before: allauth would note the latter under the account's number."""
        if not validate_totp_code(self.secret, code):
            return False
        used = _tag("code", f"{self.account.pk} {''.join(code.split())}")
        return caches["default"].add(used, 1, CODE_LASTS) is not False  # None: Redis is away


def confirmed_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that opens to who confirmed lately; shut while the account's anonymous pages are.

    It stands right below `member_required`, and above `require_safe`, since it takes a form itself.

    The confirmation is asked for and given at the view's own address, so there is no address to be led on to
    that somebody could forge, and a form that was sent too late waits inside the page: it is stored nowhere.
    """

    @wraps(view)
    def guarded(request: MemberRequest, *args, **kwargs) -> HttpResponse:
        if request.user.anonymous_pages_are_shut(timezone.now()):
            return _page(request, status=403)
        then, given = _take_answer(request)
        if not is_confirmed(request):
            if then is None:
                return _page(
                    request, ConfirmForm(request.user), status=403 if request.method == "POST" else 200
                )
            form = ConfirmForm(request.user, given)
            if not form.is_valid():
                return _page(request, form, then=then, status=422)
        if then == LOOK:
            return _remember(request, redirect(request.get_full_path()))
        response = view(request, *args, **kwargs)
        if then or request.method == "GET":
            _remember(request, response)
        return response

    guarded.asks_who_it_is = True  # type: ignore[attr-defined]
    return guarded


def is_confirmed(request: MemberRequest) -> bool:
    """Whether this session of this account confirmed within the time that a confirmation lasts."""
    try:
        proof = TimestampSigner(salt=SALT).unsign(request.COOKIES.get(_cookie_name(), ""), max_age=LASTS)
    except BadSignature:
        return False
    return constant_time_compare(proof, _proof(request))


def forget(response: HttpResponse) -> None:
    """Take the confirmation out of the browser of somebody who signs out."""
    response.delete_cookie(_cookie_name(), path=PATH, samesite="Strict")


def _remember(request: MemberRequest, response: HttpResponse) -> HttpResponse:
    response.set_cookie(
        _cookie_name(),
        TimestampSigner(salt=SALT).sign(_proof(request)),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _cookie_name() -> str:
    return "__Secure-confirmed" if settings.SESSION_COOKIE_SECURE else "confirmed"


def _proof(request: MemberRequest) -> str:
    return _tag("proof", f"{request.session.session_key} {request.user.pk}")


def _tag(purpose: str, value: object) -> str:
    """Leads nobody back to `value` who lacks the installation's secret, as a plain hash would (leak 15)."""
    return salted_hmac(f"{SALT} {purpose}", str(value), algorithm="sha256").hexdigest()[:32]


def _take_answer(request: HttpRequest) -> tuple[str | None, QueryDict]:
    """What follows the confirmation, and the form as sent, whose answer is taken out of the request.

    So neither the view below nor a page that keeps what was typed ever meets the password.
    """
    given = request.POST
    then = given.get(f"{PREFIX}-then")
    if then not in (LOOK, SEND):
        return None, given
    rest = given.copy()
    for name in given:
        if name.startswith(f"{PREFIX}-"):
            del rest[name]
    request.POST = rest  # type: ignore[assignment]
    return then, given


def _page(
    request: MemberRequest, form: ConfirmForm | None = None, *, then: str | None = None, status: int
) -> HttpResponse:
    """Asks for the password in the same words for everybody; without a form, says until when it does not."""
    context = {
        **as_kept(request),
        "form": form,
        "then": then or (SEND if request.method == "POST" else LOOK),
        "shut_days": settings.ANONYMOUS_LOCK_DAYS,
    }
    return render(request, "accounts/confirm.html", context, status=status)
