"""The pages of this app: the front page, the pair's page, letters and envelopes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock
from accounts.access import anyone, member, signed_in_person
from accounts.fields import clean_words
from accounts.models import Membership
from accounts.queries import ended_memberships_of, memberships_of, standing_supporting_of
from accounts.sealed import is_readable
from boundaries.forms.time_apart import WordsForm
from boundaries.queries import pairs_paused_by, terms_in_force
from boundaries.rules.phrases import Occasion
from boundaries.rules.terms import NO_CONTACT
from conversations import actions, queries
from conversations.exceptions import (
    AlreadyReleasedError,
    ChangedElsewhereError,
    TooManyLettersError,
    UnreadableLetterError,
)
from conversations.forms import NO_ROOM, LetterForm
from conversations.matters import are_enough_before, is_asked_to_read
from conversations.models import Envelope, Letter
from conversations.pages import now_part, pair_page, parted_page

PAST_ON_A_PAGE = 12


@anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page; for somebody in one pair, that pair's page."""
    if not request.user.is_authenticated:
        return render(request, "conversations/front.html")
    person = signed_in_person(request)
    pairs = list(memberships_of(person))
    if len(pairs) == 1:
        return redirect("conversations:pair", pairs[0].pair_id)
    context = {
        "pairs": pairs,
        "ended": ended_memberships_of(person),
        "paused": pairs_paused_by(person),
        "supporting": standing_supporting_of(person, clock.now()),
    }
    return render(request, "conversations/home.html", context)


@member
@require_safe
def pair(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The pair's page: what is agreed, the next conversation, what arrived, and my letters."""
    if membership.pair.ended_at:
        return render(request, "conversations/parted.html", parted_page(membership, clock.now()))
    return render(request, "conversations/pair.html", pair_page(membership, clock.now()))


@member
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show what parting means; a POST ends the pair for good. A doubled one is answered alike.

    Whatever else is sent with it never stops an end: words that are none of ours are left out.
    """
    form = WordsForm(request.POST or None, occasion=Occasion.ENDING)
    if request.method == "POST":
        actions.part(by=membership, phrase=form.words())
    if request.method == "POST" or membership.pair.ended_at:
        return redirect("conversations:pair", membership.pair_id)
    return render(request, "conversations/part.html", {"membership": membership, "form": form})


@member
@require_safe
def copy(request: HttpRequest, membership: Membership) -> HttpResponse:
    """My letters, and those of the other that I opened, as one text to keep elsewhere."""
    context = {
        "membership": membership,
        "letters": queries.letters_of(membership),
        "envelopes": queries.envelopes_for(membership).filter(state=Envelope.State.OPENED),
        "messages": queries.all_messages_of(membership),
    }
    text = render_to_string("conversations/copy.txt", context)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="letters.txt"'
    return response


@member
@require_safe
def now(request: HttpRequest, membership: Membership) -> HttpResponse:
    """That part of the pair's page which changes by itself; 204 while it looks as it did.

    Without messages, which belong to the page that the person asked for.
    """
    context = now_part(membership, clock.now())
    if request.GET.get("look") == context["look"]:
        return HttpResponse(status=204)
    return render(request, "conversations/now.html", context)


@member
@require_safe
def past(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Past conversations, with what each of them brought me."""
    pages = Paginator(queries.conversations_of(membership), PAST_ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {"membership": membership, "page": page, "at": clock.now()}
    return render(request, "conversations/past.html", context)


@member
@require_safe
def letters(request: HttpRequest, membership: Membership) -> HttpResponse:
    """All letters that I wrote in the pair."""
    pages = Paginator(queries.letters_of(membership), PAST_ON_A_PAGE)
    context = {
        "membership": membership,
        "page": pages.get_page(request.GET.get("page")),
        "in_force": terms_in_force(membership.pair),
    }
    return render(request, "conversations/letters.html", context)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Write a new letter."""
    form = _letter_form(request, membership)
    if form.is_valid():
        return _write(request, membership, form)
    return _show_form(request, membership, form)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, membership: Membership, letter_id: UUID) -> HttpResponse:
    """Read a letter that I wrote, or change it while it is not released."""
    try:
        row = queries.get_letter_for(membership, letter_id)
    except Http404:
        return _gone(request, membership)
    if row.state == Letter.State.RELEASED:
        return _released(request, membership, row, typed=request.POST.get("body", ""))
    if not is_readable(row, "body"):
        return _unreadable(request, membership, row)
    form = _letter_form(request, membership, row)
    if form.is_valid():
        return _edit(request, membership, row, form)
    return _show_form(request, membership, form, row)


@member
@require_POST
def delete(request: HttpRequest, membership: Membership, letter_id: UUID) -> HttpResponse:
    """Delete a letter that was not released."""
    try:
        actions.delete_letter(by=membership, letter_id=letter_id)
    except AlreadyReleasedError:
        messages.error(request, _already_released())
        return redirect("conversations:letter", membership.pair_id, letter_id)
    messages.success(request, _("Your letter is deleted."))
    return redirect("conversations:pair", membership.pair_id)


@member
@require_safe
def envelope(request: HttpRequest, membership: Membership, envelope_id: UUID) -> HttpResponse:
    """A letter that came: the closed envelope with its choices or, once opened, its words."""
    row = queries.get_envelope_for(membership, envelope_id)
    context = {"membership": membership, "envelope": row}
    return render(request, "conversations/envelope.html", context)


@member
@require_POST
def open_envelope(request: HttpRequest, membership: Membership, envelope_id: UUID) -> HttpResponse:
    """Read it now."""
    queries.get_envelope_for(membership, envelope_id)
    actions.open_envelope(by=membership, envelope_id=envelope_id)
    return redirect("conversations:envelope", membership.pair_id, envelope_id)


@member
@require_POST
def keep_envelope(request: HttpRequest, membership: Membership, envelope_id: UUID) -> HttpResponse:
    """Keep it closed, for later."""
    is_kept = actions.keep_envelope(by=membership, envelope_id=envelope_id)
    queries.get_envelope_for(membership, envelope_id)
    if is_kept:
        messages.success(request, _("It stays closed, and it stays here."))
    else:
        messages.info(request, _was_read())
    return redirect("conversations:pair", membership.pair_id)


@member
@require_POST
def hand_back_envelope(
    request: HttpRequest, membership: Membership, envelope_id: UUID
) -> HttpResponse:
    """Hand it back unread, for good. A doubled click is answered like the first."""
    is_back = actions.hand_back_envelope(by=membership, envelope_id=envelope_id)
    queries.get_delivered_for(membership, envelope_id)
    if is_back:
        messages.success(request, _("You handed it back unread. The other is not told."))
    else:
        messages.info(request, _was_read())
    return redirect("conversations:pair", membership.pair_id)


def _letter_form(
    request: HttpRequest, membership: Membership, row: Letter | None = None
) -> LetterForm:
    in_force = terms_in_force(membership.pair)
    initial = LetterForm.initial_from(row) if row else None
    posted = request.POST if request.method == "POST" else None
    return LetterForm(posted, initial=initial, in_force=in_force)


def _write(request: HttpRequest, membership: Membership, form: LetterForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        written = actions.write_letter(
            by=membership,
            key=data["key"],
            body=data["body"],
            hold=form.hold,
            again=form.again,
            version=data["version"],
        )
    except ChangedElsewhereError as elsewhere:
        own = Letter.objects.filter(pair=membership.pair_id, author=membership.person_id)
        row = own.filter(key=data["key"]).first()
        # Since the lock was let go it may have been deleted, too.
        return (
            _show_form(request, membership, form, row, elsewhere)
            if row
            else _gone(request, membership)
        )
    except TooManyLettersError:
        form.add_error("body", NO_ROOM)
        return _show_form(request, membership, form)
    _let_go(membership, form)
    return _saved(request, membership, written)


def _edit(
    request: HttpRequest, membership: Membership, row: Letter, form: LetterForm
) -> HttpResponse:
    data = form.cleaned_data
    try:
        changed = actions.edit_letter(
            by=membership,
            letter_id=row.pk,
            version=data["version"],
            body=data["body"],
            hold=form.hold,
            again=form.again,
        )
    except AlreadyReleasedError:
        return _released(request, membership, row, typed=data["body"])
    except Letter.DoesNotExist:
        return _gone(request, membership)
    except UnreadableLetterError:
        return _unreadable(request, membership, row)
    except ChangedElsewhereError as elsewhere:
        return _show_form(request, membership, form, row, elsewhere)
    _let_go(membership, form)
    if row.state == Letter.State.HELD and changed.state == Letter.State.DRAFT:
        messages.success(request, _("Your letter is a draft again. It will not be delivered."))
        return _go(request, "conversations:letter", membership.pair_id, row.pk)
    return _saved(request, membership, changed)


def _let_go(membership: Membership, form: LetterForm) -> None:
    """What was kept of the words while they were typed, and they are saved now."""
    data = form.cleaned_data
    if data["kept"] and data["aside"]:
        actions.give_way(by=membership, key=data["aside"], version=data["kept"])


def _show_form(
    request: HttpRequest,
    membership: Membership,
    form: LetterForm,
    row: Letter | None = None,
    elsewhere: ChangedElsewhereError | None = None,
) -> HttpResponse:
    """The page to write on. After a change elsewhere it shows both texts, and saving replaces."""
    if elsewhere:
        form.data = posted = request.POST.copy()
        posted["version"] = str(elsewhere.version)
    at = clock.now()
    context: dict[str, Any] = {
        "membership": membership,
        "form": form,
        "letter": row,
        "elsewhere": elsewhere,
        "in_force": form.in_force,
        "may_wait": are_enough_before(membership, row, form.in_force, at),
        "is_asked": row is not None and is_asked_to_read(membership, row, at),
    }
    return render(request, "conversations/write.html", context)


def _gone(request: HttpRequest, membership: Membership) -> HttpResponse:
    """404; with the words that were typed, if there are any, to keep as a letter of their own.

    The same for a letter that was deleted in another tab as for one that never was.
    """
    if not clean_words(request.POST.get("body", "")).strip():
        raise Http404
    return _offer_words(request, membership, status=404)


def _unreadable(request: HttpRequest, membership: Membership, row: Letter) -> HttpResponse:
    """A letter whose words cannot be opened; words that were typed are there to be kept."""
    if request.POST.get("body", "").strip():
        return _offer_words(request, membership, status=409)
    context = {"membership": membership, "letter": row}
    return render(request, "conversations/unreadable.html", context)


def _offer_words(request: HttpRequest, membership: Membership, *, status: int) -> HttpResponse:
    """The words that were typed, on a page that keeps them as a letter of their own."""
    words = clean_words(request.POST["body"])
    form = LetterForm(initial={"body": words}, in_force=terms_in_force(membership.pair))
    context = {"membership": membership, "form": form, "gone": True, "in_force": form.in_force}
    return render(request, "conversations/write.html", context, status=status)


def _released(
    request: HttpRequest, membership: Membership, row: Letter, typed: str = ""
) -> HttpResponse:
    """The letter as it went; words typed too late are there to be kept, so that none is lost."""
    row = queries.get_letter_for(membership, row.pk)
    words = clean_words(typed)
    is_late = bool(words.strip()) and not (is_readable(row, "body") and words == row.body)
    late = LetterForm(initial={"body": words}, in_force=NO_CONTACT) if is_late else None
    if typed and not is_late:
        messages.error(request, _already_released())
    context = {"membership": membership, "letter": row, "late": late}
    return render(request, "conversations/letter.html", context)


def _saved(request: HttpRequest, membership: Membership, letter: Letter) -> HttpResponse:
    if letter.state == Letter.State.HELD:
        messages.success(
            request, _("Your letter is held. Until a conversation brings it, only you can see it.")
        )
        return _go(request, "conversations:pair", membership.pair_id)
    messages.success(request, _("Your draft is saved. Only you can see it."))
    return _go(request, "conversations:letter", membership.pair_id, letter.pk)


def _go(request: HttpRequest, to: str, *args: UUID) -> HttpResponse:
    """On to another page; by htmx too, from the page where the words were typed."""
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(resolve_url(to, *args))
    return redirect(to, *args)


def _was_read() -> str:
    return _("This letter was opened before, so it stays open, and it stays here.")


def _already_released() -> str:
    return _("This letter went into a conversation a moment ago.")
