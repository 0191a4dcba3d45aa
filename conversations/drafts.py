"""Saving what is being typed: small answers that replace one line of the page (htmx)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import replace_url, retarget

from accounts import clock
from accounts.access import member
from accounts.models import Membership
from boundaries.queries import terms_in_force
from conversations import actions
from conversations.exceptions import (
    AlreadyReleasedError,
    ChangedElsewhereError,
    IsHeldError,
    TooManyLettersError,
    UnreadableLetterError,
)
from conversations.forms import NO_ROOM, DraftForm
from conversations.models import Letter

STATUS = "#words-status"


@member
@require_POST
def begin_draft(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Save the words of a letter that has no address yet."""
    return _save(request, membership, None)


@member
@require_POST
def save_draft(request: HttpRequest, membership: Membership, letter_id: UUID) -> HttpResponse:
    """Save the words of a draft."""
    return _save(request, membership, letter_id)


@member
@require_POST
def keep_words(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Keep what is typed on a page that is being left; the answer is only for a page that stays.

    It is the version of the draft with this key that now has these words, or 0 where it does not.
    """
    form = DraftForm(request.POST, in_force=terms_in_force(membership.pair))
    if not form.is_valid():
        return _refused(request, membership, form, None)
    data = form.cleaned_data
    typed = {"key": data["key"], "version": data["version"], "body": data["body"]}
    try:
        letter = actions.keep_words(by=membership, **typed)
    except TooManyLettersError as fault:
        return _problem(request, _why_not(fault), status=409)
    version = letter.version if letter and letter.key == data["key"] else 0
    return HttpResponse(str(version), content_type="text/plain")


def _save(request: HttpRequest, membership: Membership, letter_id: UUID | None) -> HttpResponse:
    form = DraftForm(request.POST, in_force=terms_in_force(membership.pair))
    if not form.is_valid():
        return _refused(request, membership, form, letter_id)
    data = form.cleaned_data
    words = {"by": membership, "version": data["version"], "body": data["body"]}
    try:
        if letter_id:
            letter = actions.save_draft(letter_id=letter_id, **words)
        else:
            letter = actions.begin_draft(key=data["key"], **words)
    except Letter.DoesNotExist:
        return _problem(request, _gone(), status=404)
    except (
        AlreadyReleasedError,
        IsHeldError,
        TooManyLettersError,
        UnreadableLetterError,
    ) as fault:
        return _problem(request, _why_not(fault), status=409)
    except ChangedElsewhereError:
        own = Letter.objects.filter(pair=membership.pair_id, author=membership.person_id)
        row = own.filter(pk=letter_id) if letter_id else own.filter(key=data["key"])
        return _problem(request, _elsewhere(), status=409, membership=membership, row=row.first())
    return _saved(request, membership, letter, form)


def _saved(
    request: HttpRequest, membership: Membership, letter: Letter, form: DraftForm
) -> HttpResponse:
    context = {"membership": membership, "letter": letter, "form": form, "at": clock.now()}
    answer = render(request, "conversations/draft_saved.html", context)
    return replace_url(answer, resolve_url("conversations:letter", membership.pair_id, letter.pk))


def _refused(
    request: HttpRequest, membership: Membership, form: DraftForm, letter_id: UUID | None
) -> HttpResponse:
    """What is wrong with the words; of a letter that is not theirs, nothing but that."""
    own = Letter.objects.filter(pair=membership.pair_id, author=membership.person_id)
    if letter_id and not own.filter(pk=letter_id).exists():
        return _problem(request, _gone(), status=404)
    said = [str(error) for errors in form.errors.values() for error in errors]
    return _problem(request, " ".join(dict.fromkeys(said)), status=200)


def _problem(request: HttpRequest, said: str, *, status: int, **more: Any) -> HttpResponse:
    answer = render(
        request, "conversations/draft_problem.html", {"said": said} | more, status=status
    )
    return retarget(answer, STATUS)


def _why_not(fault: Exception) -> str:
    said = {
        AlreadyReleasedError: _released,
        IsHeldError: _held,
        TooManyLettersError: lambda: str(NO_ROOM),
        UnreadableLetterError: _unreadable,
    }
    return said[type(fault)]()


def _gone() -> str:
    return _(
        "That letter is not there any more. What you typed is not saved, but it is still here. "
        "Press a button to keep it as a letter of its own."
    )


def _released() -> str:
    return _(
        "This letter went into a conversation, as it was saved. What you typed since was not sent "
        "and is not saved, but it is still here. Press “Keep as a draft” to keep it."
    )


def _held() -> str:
    return _("This letter is held. What you change is saved when you press a button.")


def _unreadable() -> str:
    return _(
        "What was saved of this letter cannot be shown. What you typed is not saved, but it is "
        "still here. Press a button to keep it as a letter of its own."
    )


def _elsewhere() -> str:
    return _("This letter was changed elsewhere. What you type here is not saved.")
