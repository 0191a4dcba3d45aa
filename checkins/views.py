"""The pages of check-ins: giving them, what was given, and what one wants of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

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
from accounts.queries import lets_read
from accounts.scopes import Scope
from accounts.vault import UnreadableError
from boundaries.exceptions import RefusedError
from boundaries.models import Window
from boundaries.queries import load_situation
from boundaries.rules import window_checks
from boundaries.rules.checkins import Answer, Kind
from boundaries.rules.situation import Situation
from boundaries.words import LEFT, SKIPPED, told
from checkins import actions, queries
from checkins.exceptions import OverError, WayGoneError, WordsNotKeptError
from checkins.forms import NOT_KEPT, AfterForm, BeforeForm, OwnForm, WishForm
from checkins.pages import ON_A_PAGE, Offer, now_of, shown
from checkins.words import SAFE


@dataclass(frozen=True)
class Asked:
    """A check-in as its page asks it. is_due: whether it can be given now."""

    membership: Membership
    situation: Situation
    offer: Offer
    form: BeforeForm | AfterForm
    window: Window | None = None
    is_due: bool = True


@member
@require_http_methods(["GET", "HEAD", "POST"])
def give_before(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Ask before a conversation; what is answered happens at once."""
    window, at = queries.get_window_for(membership, window_id), clock.now()
    situation, offer = now_of(membership, at)
    form = BeforeForm(_posted(request), **offer.less_only)
    due = queries.due_around(membership, Kind.BEFORE, window_id, situation, at)
    asked = Asked(membership, situation, offer, form, window, due is not None)
    if form.is_valid():
        said = form.said()

        def give() -> bool:
            return actions.give_before(by=membership, window_id=window_id, said=said)

        return _give(request, asked, give)
    return _ask(request, asked) if asked.is_due else _over(request, asked)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def give_after(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Ask after a conversation, the day after it."""
    window, at = queries.get_window_for(membership, window_id), clock.now()
    situation, offer = now_of(membership, at)
    form = AfterForm(_posted(request), **offer.both)
    due = queries.due_around(membership, Kind.AFTER, window_id, situation, at)
    asked = Asked(membership, situation, offer, form, window, due is not None)
    if form.is_valid():
        said = form.said()

        def give() -> None:
            actions.give_after(by=membership, window_id=window_id, said=said)

        return _give(request, asked, give)
    return _ask(request, asked) if asked.is_due else _over(request, asked)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def give_own(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Ask the same at any time."""
    situation, offer = now_of(membership, clock.now())
    form = OwnForm(_posted(request), **offer.both)
    asked = Asked(membership, situation, offer, form)
    if form.is_valid():
        said = form.said()
        return _give(request, asked, lambda: actions.give_own(by=membership, said=said))
    return _ask(request, asked)


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
    at = clock.now()
    rated = queries.rated_lately(membership, at)
    context = {
        "membership": membership,
        "picture": queries.picture_for(membership, rated, at),
        "is_whole": all(row.how_safe for row in rated),
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


def _give(request: HttpRequest, asked: Asked, give: Callable[[], bool | None]) -> HttpResponse:
    """Give it; where that cannot be, what was typed and chosen is still in a form.

    give: returns whether a conversation was left by it.
    """
    answer = asked.form.cleaned_data["answer"]
    try:
        has_left = give()
    except OverError:
        return _over(request, asked)
    except WayGoneError:
        asked.form.take_back_way(answer)
        return _ask(request, asked) if asked.is_due else _over(request, asked)
    except WordsNotKeptError:
        return _give_words_back(request, asked.membership)
    except UnreadableError:
        asked.form.add_error(None, str(NOT_KEPT))
        return _ask(request, asked, status=503)
    except RefusedError as refused:
        for sentence in told(refused.reasons):
            messages.error(request, sentence)
    else:
        messages.success(request, str(LEFT) if has_left else _done(asked, answer))
    return redirect("conversations:pair", asked.membership.pair_id)


def _ask(request: HttpRequest, asked: Asked, status: int = 200) -> HttpResponse:
    context = {
        "membership": asked.membership,
        "window": asked.window,
        "form": asked.form,
        "offer": asked.offer,
        "is_told_of_room": asked.window and queries.is_told_of_room(asked.window.pk),
    }
    if isinstance(asked.form, AfterForm):
        return render(request, "checkins/give.html", context, status=status)
    context |= _answered_before(asked)
    return render(request, "checkins/give_before.html", context, status=status)


def _answered_before(asked: Asked) -> dict[str, Any]:
    """What this person answered before a conversation that is still to be answered.

    It holds no "go ahead" of theirs: one that they said, and that it held, fell away as it moved.
    """
    if asked.window is None:
        return {}
    last = queries.last_answer_before(asked.membership, asked.window.pk)
    return {
        "has_moved": last is Answer.GO_AHEAD,
        "chose_less": last is Answer.LESS,
        "needs_go_ahead": window_checks.needs_go_ahead(asked.membership.person_id, asked.situation),
    }


def _over(request: HttpRequest, asked: Asked) -> HttpResponse:
    """A plain sentence, whatever the cause; what was typed and chosen can be kept as one's own."""
    typed = {name: request.POST.get(name, "") for name in ("safe", "body", "answer", "more")}
    typed["less"] = request.POST.get("less") or request.POST.get("way", "")
    wants = typed["answer"] in (Answer.LESS, Answer.MORE)
    context = {
        "membership": asked.membership,
        "form": _own_form(asked.offer, typed),
        "offer": asked.offer,
        "is_to_keep": bool(typed["safe"] or typed["body"].strip() or wants),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "checkins/over.html", context, status=status)


def _give_words_back(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Less holds; the rest could not be kept, and is in a form from what there is now."""
    typed = {name: request.POST.get(name, "") for name in ("safe", "body")}
    _situation, offer = now_of(membership, clock.now())
    context = {"membership": membership, "form": _own_form(offer, typed), "offer": offer}
    return render(request, "checkins/words_back.html", context, status=503)


def _own_form(offer: Offer, typed: dict[str, str]) -> OwnForm:
    """A check-in of one's own that begins with this; with what there is to choose, of the rest."""
    ways = {Answer.LESS: offer.less, Answer.MORE: offer.more}
    is_offered = any(typed.get("answer") == answer and found for answer, found in ways.items())
    return OwnForm(
        initial=typed if is_offered else typed | {"answer": Answer.SAME.value}, **offer.both
    )


def _done(asked: Asked, answer: Answer) -> str:
    """What is said after an answer, to who gave it."""
    if answer is Answer.LESS and isinstance(asked.form, BeforeForm) and _is_still_open(asked):
        return _(
            "This holds from now on. Without a “go ahead” from you the conversation is skipped; "
            "you can still say it."
        )
    return {
        Answer.GO_AHEAD: _("It is noted."),
        Answer.SKIP: str(SKIPPED),
        Answer.LESS: _("This holds from now on."),
        Answer.MORE: _("Your limits are wider now. Nothing begins by itself."),
    }.get(answer, _kept(asked))


def _kept(asked: Asked) -> str:
    """As the page said, which may be older than what a supporter may read."""
    person = asked.membership.person
    if asked.form.cleaned_data["is_read"] and lets_read(person, Scope.CHECK_INS, clock.now()):
        return _("It is kept. You can see it, and somebody you trust.")
    return _("It is kept. Only you can see it.")


def _is_still_open(asked: Asked) -> bool:
    """Whether they can still answer before this conversation, after what they have just done."""
    if asked.window is None:
        return False
    by, at = asked.membership, clock.now()
    situation = load_situation(by.pair, at)
    return bool(queries.due_around(by, Kind.BEFORE, asked.window.pk, situation, at))
