"""A person's own pages of whom they trust: asking, changing, ending, and the log (R25)."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, clock, codes, support_actions
from accounts.access import signed_in, signed_in_person, supported
from accounts.models import Person, Support
from accounts.proof import Proof, take_proof
from accounts.queries import looks_at, open_supports_of, supporting_of, supports_of
from accounts.scopes import MOST_AT_ONCE
from accounts.support_forms import (
    ChangeSupportForm,
    DismissToldForm,
    InviteSupporterForm,
    PasswordBesideForm,
    RenewSupportForm,
)

AT_FIRST = timedelta(days=91)
OVER_ON_THE_PAGE = 12
LOOKS_ON_A_PAGE = 30
TOO_MANY = gettext_lazy(
    "You can ask five people at once, those included who have not used their code. End one of them "
    "first."
)
WORDS_NOT_KEPT = gettext_lazy(
    "Your words could not be kept. The fault is ours, not yours. They are still below. What you "
    "took away from them is taken away, and they may do nothing more than before."
)


@signed_in
@require_safe
def trusted(request: HttpRequest) -> HttpResponse:
    """Show whom the person asked to support them, and lead to whom they support."""
    person = signed_in_person(request)
    at = clock.now()
    supports = list(open_supports_of(person, at))
    context = {
        "supports": supports,
        "over": supports_of(person).filter(ended_at__isnull=False)[:OVER_ON_THE_PAGE],
        "at": at,
        "has_room": len(supports) < MOST_AT_ONCE,
        "is_supporting": supporting_of(person).exists(),
    }
    return render(request, "accounts/trusted.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("seed", "password")
def invite_supporter(request: HttpRequest) -> HttpResponse:
    """Ask somebody for support; a POST shows the code in its answer alone."""
    person, at = signed_in_person(request), clock.now()
    first = {"seed": codes.new_seed(), "ends_on": (at + AT_FIRST).date()}
    posted = request.POST if request.method == "POST" else None
    form = InviteSupporterForm(posted, at=at, zone=person.time_zone, initial=first)
    if form.is_valid() and (proof := form.prove(request)):
        seed, ends_at = form.cleaned_data["seed"], form.ends_at
        try:
            code = support_actions.invite_supporter(
                by=person, seed=seed, ends_at=ends_at, proof=proof, **form.asked
            )
        except support_actions.TooManySupports:
            form.add_error(None, str(TOO_MANY))
        except actions.CodeGone:
            form.begin_anew(request.POST)
        else:
            return _show_code(request, code)
    return render(request, "accounts/invite_supporter.html", {"form": form})


@supported
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("seed")
def make_support_code(request: HttpRequest, support: Support) -> HttpResponse:
    """Make another code in place of the one that was not used; the form is on its page."""
    seed = request.POST.get("seed", "")
    if not 0 < len(seed) <= 64:
        return redirect("accounts:change_support", support.pk)
    words = _("Make a new code for somebody you trust")
    proof = take_proof(request, f"make_support_code {support.pk} {seed}", words)
    try:
        code = support_actions.make_support_code(by=support, seed=seed, proof=proof)
    except actions.CodeGone:
        messages.info(request, _("That code can no longer be used. You can make a new one."))
        return redirect("accounts:trusted")
    return _show_code(request, code)


@supported
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def change_support(request: HttpRequest, support: Support) -> HttpResponse:
    """Show and change what is asked of a supporter, and what they may do."""
    if support.ended_at:
        return redirect("accounts:trusted")
    posted = request.POST if request.method == "POST" else None
    form = ChangeSupportForm(posted, initial=ChangeSupportForm.initial_from(support))

    def change(proof: Proof | None) -> None:
        support_actions.change_support(by=support, proof=proof, **form.asked)

    status = 200
    try:
        if form.is_valid() and _is_done(request, form, change):
            messages.success(request, _("It is saved, and holds from now on."))
            return redirect("accounts:trusted")
    except support_actions.WordsNotKept:
        form.add_error(None, str(WORDS_NOT_KEPT))
        status = 503
    context = {"form": form, "support": support, "seed": codes.new_seed(), "at": clock.now()}
    return render(request, "accounts/change_support.html", context, status=status)


@supported
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def renew_support(request: HttpRequest, support: Support) -> HttpResponse:
    """Set until when somebody supports, sooner or later."""
    if support.ended_at:
        return redirect("accounts:trusted")
    person: Person = support.person
    posted = request.POST if request.method == "POST" else None
    form = RenewSupportForm(
        posted,
        at=clock.now(),
        zone=person.time_zone,
        initial=RenewSupportForm.day_from(support, person.time_zone),
    )

    def renew(proof: Proof | None) -> None:
        support_actions.renew_support(by=support, ends_at=form.ends_at, proof=proof)

    if form.is_valid() and _is_done(request, form, renew):
        messages.success(request, _("The last day is set."))
        return redirect("accounts:trusted")
    return render(request, "accounts/renew_support.html", {"form": form, "support": support})


@supported
@require_POST
def end_support(request: HttpRequest, support: Support) -> HttpResponse:
    """End it at once. A doubled click is answered like the first."""
    support_actions.end_support(by=support)
    messages.success(request, _("It has ended. They see nothing of yours any more."))
    return redirect("accounts:trusted")


@signed_in
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show what supporters looked at, and when they paused. Nobody else sees it."""
    pages = Paginator(looks_at(signed_in_person(request)), LOOKS_ON_A_PAGE)
    context = {"page": pages.get_page(request.GET.get("page"))}
    return render(request, "accounts/log.html", context)


@signed_in
@require_POST
def dismiss_told(request: HttpRequest) -> HttpResponse:
    """Let the lines go that say what supporters did, up to the last that was shown."""
    form = DismissToldForm(request.POST)
    if form.is_valid():
        person, last = signed_in_person(request), form.cleaned_data["last"]
        support_actions.dismiss_told(by=person, look_id=last)
    return redirect("/")


def _is_done(
    request: HttpRequest, form: PasswordBesideForm, act: Callable[[Proof | None], None]
) -> bool:
    """Do it; where it is more than before, with the password, for which the form then asks."""
    try:
        act(None)
    except support_actions.ProofNeeded:
        proof = form.prove(request)
        if proof is None:
            return False
        act(proof)
    return True


def _show_code(request: HttpRequest, code: str) -> HttpResponse:
    """Show the code in the answer to the very request that made it, and keep it nowhere."""
    context = {"code": code, "days": actions.CODE_LASTS.days}
    return render(request, "accounts/support_code_made.html", context)
