"""The pages of check-ins: giving them, what was given, and what one wants of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.access import member
from accounts.models import Membership
from accounts.vault import UnreadableError
from boundaries.exceptions import RefusedError
from boundaries.models import Window
from boundaries.rules.checkins import Answer, Kind
from boundaries.words import told
from checkins import actions, queries
from checkins.actions import Said
from checkins.exceptions import OverError, WayGoneError
from checkins.forms import NOT_KEPT, OFFERED_NO_MORE, AfterForm, BeforeForm, OwnForm, WishForm
from checkins.pages import ON_A_PAGE, Offer, now_of, shown
from checkins.words import SAFE


@member
@require_http_methods(["GET", "HEAD", "POST"])
def give_before(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Ask before a conversation; what is answered happens at once."""
    window = queries.get_window_for(membership, window_id)
    if request.POST.get("answer") == Answer.PAUSE:
        return _pause(membership, window)
    form, is_due, offer = _before_form(request, membership, window)
    if form.is_valid():
        return _answer(request, membership, window, form, offer)
    if not is_due:
        return _over(request, membership, offer)
    return _ask_before(request, membership, window, form, offer)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def give_after(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Ask after a conversation, the day after it."""
    window = queries.get_window_for(membership, window_id)
    situation, offer = now_of(membership, clock.now())
    form = AfterForm(_posted(request), **offer.both)
    context = {"membership": membership, "window": window, "form": form, "offer": offer}
    if form.is_valid():
        said = form.said()

        def give() -> None:
            actions.give_after(by=membership, window_id=window_id, said=said)

        return _give(request, context, give)
    if queries.due_around(membership, Kind.AFTER, window_id, situation, clock.now()) is None:
        return _over(request, membership, offer)
    return _ask(request, context)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def give_own(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Ask the same at any time."""
    _situation, offer = now_of(membership, clock.now())
    form = OwnForm(_posted(request), **offer.both)
    context = {"membership": membership, "form": form, "offer": offer}
    if form.is_valid():
        said = form.said()
        return _give(request, context, lambda: actions.give_own(by=membership, said=said))
    return _ask(request, context)


@member
@require_safe
def check_ins(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What this person answered in the pair."""
    pages = Paginator(queries.check_ins_in(membership), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {"membership": membership, "page": page, "check_ins": shown(page)}
    return render(request, "checkins/check_ins.html", context)


@member
@require_safe
def copy(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The same as one text to keep elsewhere."""
    context = {"check_ins": shown(queries.check_ins_in(membership))}
    return as_file(render_to_string("checkins/copy.txt", context), "check-ins.txt")


@member
@require_safe
def picture(request: HttpRequest, membership: Membership) -> HttpResponse:
    """How it went, drawn and as a table."""
    context = {
        "membership": membership,
        "picture": queries.picture_for(membership, clock.now()),
        "safe_in_words": SAFE,
    }
    return render(request, "checkins/picture.html", context)


@member
@require_POST
def delete_check_in(
    request: HttpRequest, membership: Membership, check_in_id: UUID
) -> HttpResponse:
    """Delete one of them. What is gone already is answered alike."""
    actions.delete_check_in(by=membership, check_in_id=check_in_id)
    messages.success(request, _("It is deleted. What it did stays done."))
    return redirect("checkins:check_ins", membership.pair_id)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def save_wish(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show and save what one wants of check-ins around conversations."""
    wish = queries.wish_of(membership)
    initial = {"is_wanted": wish.is_wanted, "days_ahead": wish.days_ahead}
    form = WishForm(_posted(request), initial=initial)
    if form.is_valid():
        actions.save_wish(by=membership, **form.cleaned_data)
        messages.success(request, _("It is saved. Only you can see it."))
        return redirect("checkins:check_ins", membership.pair_id)
    return render(request, "checkins/wish.html", {"membership": membership, "form": form})


def as_file(text: str, name: str) -> HttpResponse:
    """A text to keep."""
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _pause(membership: Membership, window: Window) -> HttpResponse:
    """Whatever else is sent with it never stops a pause (R13)."""
    said = Said(key=uuid4(), answer=Answer.PAUSE)
    actions.give_before(by=membership, window_id=window.pk, said=said)
    return redirect("conversations:pair", membership.pair_id)


def _before_form(
    request: HttpRequest, membership: Membership, window: Window
) -> tuple[BeforeForm, bool, Offer]:
    at = clock.now()
    situation, offer = now_of(membership, at)
    due = queries.due_around(membership, Kind.BEFORE, window.pk, situation, at)
    form = BeforeForm(_posted(request), **offer.less_only)
    return form, due is not None, offer


def _answer(
    request: HttpRequest, membership: Membership, window: Window, form: BeforeForm, offer: Offer
) -> HttpResponse:
    said = form.said()
    try:
        actions.give_before(by=membership, window_id=window.pk, said=said)
    except OverError:
        return _over(request, membership, offer)
    except WayGoneError:
        form.add_error("way", OFFERED_NO_MORE)
        return _ask_before(request, membership, window, form, offer)
    except RefusedError as refused:
        for sentence in told(refused.reasons):
            messages.error(request, sentence)
    else:
        messages.success(request, _done(said.answer))
    return redirect("conversations:pair", membership.pair_id)


def _ask_before(
    request: HttpRequest, membership: Membership, window: Window, form: BeforeForm, offer: Offer
) -> HttpResponse:
    said = window.as_value()
    context = {
        "membership": membership,
        "window": window,
        "form": form,
        "offer": offer,
        "has_said_go_ahead": membership.person_id in said.go_ahead,
        "is_told_of_room": queries.is_told_of_room(window.pk),
    }
    return render(request, "checkins/give_before.html", context)


def _give(request: HttpRequest, context: dict[str, Any], give: Callable[[], None]) -> HttpResponse:
    """Give it; where that cannot be, what was typed is still in the form."""
    membership, form = context["membership"], context["form"]
    try:
        give()
    except OverError:
        return _over(request, membership, context["offer"])
    except WayGoneError:
        form.add_error(form.cleaned_data["answer"].value, OFFERED_NO_MORE)
        return _ask(request, context)
    except UnreadableError:
        form.add_error(None, NOT_KEPT)
        return _ask(request, context, status=503)
    messages.success(request, _done(form.cleaned_data["answer"]))
    return redirect("conversations:pair", membership.pair_id)


def _ask(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    window = context.get("window")
    context["is_told_of_room"] = window is not None and queries.is_told_of_room(window.pk)
    return render(request, "checkins/give.html", context, status=status)


def _over(request: HttpRequest, membership: Membership, offer: Offer) -> HttpResponse:
    """A plain sentence, whatever the cause; words that were typed can be kept as one's own."""
    typed = {name: request.POST.get(name, "") for name in ("safe", "body")}
    context = {
        "membership": membership,
        "form": OwnForm(initial=typed, **offer.both),
        "offer": offer,
        "has_words": bool(typed["body"].strip()),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "checkins/over.html", context, status=status)


def _done(answer: Answer) -> str:
    """What is said after an answer, which nobody else reads."""
    return {
        Answer.GO_AHEAD: _("It is noted."),
        Answer.SKIP: _("You skip this one."),
        Answer.LESS: _("This holds from now on."),
        Answer.MORE: _("Your limits are wider now. Nothing begins by itself."),
    }.get(answer, _("It is kept. Only you can see it."))
