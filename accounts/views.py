"""The pages of this app."""

from typing import Any
from uuid import UUID

from django.conf import settings as project_settings
from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget

from accounts import actions, clock, codes, feeds, help_lines, newcomers
from accounts.access import anyone, is_page_with_words, member, signed_in, signed_in_person
from accounts.forms import (
    BeginForm,
    MakeCodeForm,
    MakeFeedForm,
    RenameFeedForm,
    RenameOtherForm,
    SettingsForm,
    UseCodeForm,
)
from accounts.models import Feed, Membership, Person, Support
from accounts.proof import take_proof
from accounts.queries import ended_memberships_of, feed_of, is_place_of, live_invitation_of

# The same words for every cause (R26), and true for each. They send nobody to the person who made
# the code, who perhaps withdrew it.
CODE_REFUSED = gettext_lazy(
    "This code did not work. Please check that it is typed as it was given to you. A code works "
    "once and for a few days. After several tries it can take an hour until a code works again."
)


@anyone
@sensitive_post_parameters()
def begin(request: HttpRequest) -> HttpResponse:
    """Ask a newcomer the two questions of R27, and go on to sign-up or stop.

    Who came to support somebody is asked them when they want to begin a pair.
    """
    person = request.user
    if isinstance(person, Person) and not person.came_to_support:
        return redirect(project_settings.LOGIN_REDIRECT_URL)
    form = BeginForm(_posted(request))
    if form.says_stop():
        return _not_for_this(request)
    if form.is_valid() and isinstance(person, Person):
        actions.answer_questions(by=person)
        return redirect("accounts:code")
    if form.is_valid():
        newcomers.remember(request.session, clock.now())
        return redirect("account_signup")
    return render(request, "accounts/begin.html", {"form": form})


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def begin_supporting(request: HttpRequest) -> HttpResponse:
    """Let a newcomer sign up who comes to support somebody; a POST goes on to sign-up."""
    if request.user.is_authenticated:
        return redirect("accounts:use_code")
    if request.method == "POST":
        newcomers.remember(request.session, clock.now(), to_support=True)
        return redirect("account_signup")
    return render(request, "accounts/begin_supporting.html")


@anyone
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the safety page."""
    return render(request, "accounts/help.html", help_lines.page(project_settings.REPAIR_HELP))


@signed_in
def settings(request: HttpRequest) -> HttpResponse:
    """Show and save a person's own settings."""
    person = signed_in_person(request)
    form = SettingsForm(_posted(request), initial=model_to_dict(person, SettingsForm.base_fields))
    if form.is_valid():
        actions.save_settings(person=person, **form.cleaned_data)
        messages.success(request, _("Your settings are saved."))
        return redirect("accounts:settings")
    context = {"form": form, "ended": ended_memberships_of(person), "feed": feed_of(person)}
    return render(request, "accounts/settings.html", context)


@signed_in
@require_POST
def dismiss_undelivered(request: HttpRequest) -> HttpResponse:
    """Let the note go that an e-mail could not be delivered."""
    actions.dismiss_undelivered(person=signed_in_person(request))
    return redirect("accounts:settings")


@signed_in
def code(request: HttpRequest) -> HttpResponse:
    """Explain the one-time code, say whether one is live, and make one."""
    person = signed_in_person(request)
    if person.came_to_support:
        return redirect("accounts:begin")
    form = MakeCodeForm(_posted(request))
    if form.is_valid():
        return _made_code(request, form.cleaned_data["seed"])
    context = {
        "form": MakeCodeForm(initial={"seed": codes.new_seed()}),
        "invitation": live_invitation_of(person, clock.now()),
        "days": actions.CODE_LASTS.days,
    }
    return render(request, "accounts/code.html", context)


@signed_in
@require_POST
def withdraw_code(request: HttpRequest) -> HttpResponse:
    """Make one's own code void."""
    actions.withdraw_code(by=signed_in_person(request))
    messages.success(request, _("No code of yours can be used now."))
    return redirect("accounts:code")


@signed_in
@sensitive_post_parameters("code")
def use_code(request: HttpRequest) -> HttpResponse:
    """Begin what a code is for that was passed on by hand: a pair, or supporting somebody."""
    form = UseCodeForm(_posted(request))
    if form.is_valid():
        try:
            begun = actions.use_any_code(
                by=signed_in_person(request), code=form.cleaned_data["code"]
            )
        except actions.CodeRefused:
            form.add_error("code", CODE_REFUSED)
        else:
            return _to_what_began(begun)
    return render(request, "accounts/use_code.html", {"form": form})


@member
def rename_other(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Let somebody choose the name that they see for the other."""
    form = RenameOtherForm(_posted(request), initial={"name": membership.name})
    if form.is_valid():
        actions.rename_other(membership=membership, name=form.cleaned_data["name"])
        return redirect("conversations:pair", pair_id=membership.pair_id)
    context: dict[str, Any] = {"form": form, "membership": membership}
    return render(request, "accounts/rename_other.html", context)


def _to_what_began(begun: Membership | Support) -> HttpResponse:
    if isinstance(begun, Support):
        return redirect("accounts:support", begun.pk)
    return redirect("accounts:rename_other", pair_id=begun.pair_id)


@signed_in
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Explain the calendar address, say whether there is one, and offer to make one."""
    return _show_feed(request, feed_of(signed_in_person(request)))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("seed")
def make_feed(request: HttpRequest) -> HttpResponse:
    """Make a calendar address in place of any other, and show it in this answer alone."""
    form = MakeFeedForm(_posted(request))
    if not form.is_valid():
        return redirect("accounts:feed")
    seed = form.cleaned_data["seed"]
    words = _("Make a secret address for your calendar")
    proof = take_proof(request, f"make_feed {seed}", words)
    token = actions.make_feed(by=signed_in_person(request), seed=seed, proof=proof)
    return render(request, "accounts/feed_made.html", {"address": feeds.address_of(token)})


@signed_in
@require_POST
def stop_feed(request: HttpRequest) -> HttpResponse:
    """Make one's calendar address void."""
    actions.stop_feed(by=signed_in_person(request))
    messages.success(request, _("No calendar can read your conversations now."))
    return redirect("accounts:feed")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rename_feed(request: HttpRequest) -> HttpResponse:
    """Give one's appointments a title; the form is on the page of the address."""
    row = feed_of(signed_in_person(request))
    form = RenameFeedForm(_posted(request))
    if form.is_valid():
        actions.rename_feed(by=signed_in_person(request), title=form.cleaned_data["title"])
        messages.success(request, _("The title is saved."))
    elif row and form.is_bound:
        return _show_feed(request, row, form)
    return redirect("accounts:feed")


def _show_feed(
    request: HttpRequest, row: Feed | None, form: RenameFeedForm | None = None
) -> HttpResponse:
    title = {"title": row.title_shown} if row else None
    context = {
        "feed": row,
        "form": form or RenameFeedForm(initial=title),
        "make_form": MakeFeedForm(initial={"seed": feeds.new_seed()}),
    }
    return render(request, "accounts/feed.html", context)


@anyone
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page had grown old, and give back the words of a letter that was in it.

    Not what another site sent: its words would stand here as if they were the person's own.
    """
    if is_page_with_words(request) and not _is_from_elsewhere(request):
        whose = "old_page_draft" if _is_same_writer(request) else "other_writer_draft"
        return retarget(render(request, f"accounts/{whose}.html", status=403), "#words-status")
    words = "" if _is_from_elsewhere(request) else request.POST.get("body", "")
    return render(request, "403_csrf.html", {"words": words}, status=403)


def _is_same_writer(request: HttpRequest) -> bool:
    """Whether words came from the page of somebody who signed in again since it was shown.

    Only then is the page given a token that counts again: on a shared phone the other may have
    signed in meanwhile, and these words would become theirs.
    """
    if not request.user.is_authenticated:
        return False
    try:
        writer = UUID(request.POST.get("writer", ""))
    except ValueError:
        return False
    return is_place_of(signed_in_person(request), writer)


def _is_from_elsewhere(request: HttpRequest) -> bool:
    here = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin", here) != here


def _not_for_this(request: HttpRequest) -> HttpResponse:
    """Say plainly that Repair is not for this, and where help may be.

    In answer to the very form and not at an address of its own: that would stand in the browser's
    history, and in a proxy's log, as an answer to the questions. Nothing of the visit is kept; who
    supports somebody, and asked for more, stays signed in.
    """
    is_newcomer = not request.user.is_authenticated
    if is_newcomer:
        newcomers.leave_nothing(request.session)
    context = help_lines.page(project_settings.REPAIR_HELP)
    answer = render(request, "accounts/not_for_this.html", context)
    if is_newcomer:
        newcomers.leave_no_token(answer)
    return answer


def _posted(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, or nothing, so that a form stays unbound until then."""
    return request.POST if request.method == "POST" else None


def _made_code(request: HttpRequest, seed: str) -> HttpResponse:
    """Show the code in the answer to the very request that made it, and keep it nowhere."""
    try:
        made = actions.create_code(by=signed_in_person(request), seed=seed)
    except actions.CodeGone:
        messages.info(request, _("That code can no longer be used. You can make a new one."))
        return redirect("accounts:code")
    days = actions.CODE_LASTS.days
    return render(request, "accounts/code_made.html", {"code": made, "days": days})
