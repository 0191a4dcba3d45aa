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
    except AlreadyReleasedError:
        return _problem(request, _released(), status=409)
    except (IsHeldError, TooManyLettersError) as why:
        said = _held() if isinstance(why, IsHeldError) else str(NO_ROOM)
        return _problem(request, said, status=409)
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


def _elsewhere() -> str:
    return _("This letter was changed elsewhere. What you type here is not saved.")
