"""Who may open a page: one of these decorators on each view, and a system check that looks.

`anyone`: everybody, signed in or not. `signed_in`: somebody with an account. `member`: one of the
two persons in the pair whose key is in the address. `supporter`: who supports somebody, as far as
that person allows it. `supported`: that person. A view that has none does not ship
(`accounts.checks`), so that forgetting means an error and never an open page.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_htmx.http import HttpResponseClientRedirect, retarget

from accounts import clock
from accounts.looks import note_look
from accounts.models import Membership, Person, Support
from accounts.queries import (
    get_membership_for,
    get_support_for,
    get_supporting_for,
    get_trusted_for,
)
from accounts.scopes import Scope, What

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., HttpResponseBase])
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
MemberView = Callable[Concatenate[HttpRequest, Membership, P], HttpResponseBase]
SupportView = Callable[Concatenate[HttpRequest, Support, P], HttpResponseBase]
PairView = Callable[..., HttpResponseBase]

TAKES_WORDS = ("/draft/", "/keep/", "/say/")
"""What ends the addresses to which a page sends words that its writer still sees."""

SIGNED_OUT = "retry: 60000\nevent: out\ndata: \n\n"
"""What an event stream is told of who is signed out: no page could be shown there."""

ANYONE, SIGNED_IN, MEMBER = "anyone", "signed_in", "member"
SUPPORTER, SUPPORTED = "supporter", "supported"


def anyone(view: View[P]) -> View[P]:
    """Let everybody open the view."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return _marked(wrapper, ANYONE)


def signed_in(view: View[P]) -> View[P]:
    """Let only persons with an account open the view; send others to the sign-in page."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    return _marked(wrapper, SIGNED_IN)


def member(view: MemberView[P]) -> PairView:
    """Let only the two persons of the pair open the view, which is given its `Membership`.

    The address's `pair_id` becomes the membership of who asks. Somebody else's pair and a
    guessed key are the same 404. Who is not signed in is sent to the sign-in page whatever the
    key, so that the answer does not tell which pairs exist.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, pair_id: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        membership = get_membership_for(request.user, pair_id)
        return view(request, membership, *args, **kwargs)

    return _marked(wrapper, MEMBER)


def supporter(
    scope: str | None = None, *, also_over: bool = False
) -> Callable[[SupportView[P]], PairView]:
    """Let only a supporter open the view whom the person allows this; it is given the `Support`.

    scope: one of `scopes.Scope`; None for what each supporter may. The address's `support_id`
    becomes the support of who asks, if it stands at this very instant (R25). Somebody else's, a
    guessed one, one that has ended or run out and one that does not allow this are the same 404.
    also_over: open it, too, where it has ended or run out; for leaving alone, which shows nothing.

    What the answer shows stands in the person's log before it is sent.
    """
    needed = Scope(scope) if scope else None

    def decorate(view: SupportView[P]) -> PairView:
        @wraps(view)
        def wrapper(
            request: HttpRequest, support_id: UUID, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            at = clock.now()
            if also_over:
                return view(request, get_supporting_for(request.user, support_id), *args, **kwargs)
            support = get_support_for(request.user, support_id, needed, at)
            answer = view(request, support, *args, **kwargs)
            if answer.status_code == HTTPStatus.OK:
                note_look(support=support, what=What(needed or What.PAGE), at=at)
            return answer

        return _marked(wrapper, SUPPORTER)

    return decorate


def supported(view: SupportView[P]) -> PairView:
    """Let only the person open the view whose own support is in the address as `trusted_id`."""

    @wraps(view)
    def wrapper(
        request: HttpRequest, trusted_id: UUID, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        support = get_trusted_for(request.user, trusted_id)
        return view(request, support, *args, **kwargs)

    return _marked(wrapper, SUPPORTED)


def signed_in_person(request: HttpRequest) -> Person:
    """Return who is signed in. For views that sign people in only."""
    if not isinstance(request.user, Person):
        raise TypeError("This view needs an access decorator that signs people in.")
    return request.user


def signed_in_sessions(sessions: Mapping[str, Person]) -> set[str]:
    """Those of the sessions, by their keys, that are still the person's, in one query.

    For what goes on after its request ended. A session ends with signing out, with its age, with a
    new password and with the account. One of before the host's secret key was changed ends here,
    too; the next request renews it.
    """
    rows = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    return {row.session_key for row in rows if _is_of(row.get_decoded(), sessions[row.session_key])}


def _is_of(session: dict[str, Any], person: Person) -> bool:
    is_theirs = session.get(SESSION_KEY) == str(person.pk) and person.is_active
    proof = str(session.get(HASH_SESSION_KEY, ""))
    return is_theirs and constant_time_compare(proof, person.get_session_auth_hash())


def is_page_with_words(request: HttpRequest) -> bool:
    """Whether this came from a page that still shows the words in it, so that a line is enough."""
    by_script = bool(getattr(request, "htmx", None))
    return by_script and (request.path.endswith(TAKES_WORDS) or "body" in request.POST)


def _marked(view: F, access: str) -> F:
    view.__dict__["access"] = access
    return view


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send to the sign-in page, and from there back to where the person was.

    A POST cannot be repeated by following a link, so after one the person starts at home. First a
    page says that nothing was done, and gives back what they typed: nobody is to believe that they
    have less, or paused, or parted (R1, R13, R16).
    """
    if current := getattr(request, "htmx", None):
        if is_page_with_words(request):
            # Going away would lose the words that are being typed.
            return retarget(
                render(request, "accounts/signed_out_draft.html", status=403), "#words-status"
            )
        response = redirect_to_login(current.current_url_abs_path or resolve_url("/"))
        return HttpResponseClientRedirect(response.url)
    if request.method in ("GET", "HEAD"):
        return _to_sign_in_and_back(request)
    if request.path.endswith("/pause/"):
        return render(request, "accounts/signed_out_pause.html", status=403)
    if words := request.POST.get("body"):
        return render(request, "accounts/signed_out_words.html", {"words": words}, status=403)
    return render(request, "accounts/signed_out.html", status=403)


def _to_sign_in_and_back(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("Accept") == "text/event-stream":
        return HttpResponse(SIGNED_OUT, content_type="text/event-stream")
    return redirect_to_login(request.get_full_path())
