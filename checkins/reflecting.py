"""The pages on which somebody writes for themselves; they belong to no pair."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in, signed_in_person
from accounts.fields import clean_words
from accounts.sealed import is_readable
from checkins import actions, queries
from checkins.exceptions import ChangedElsewhereError
from checkins.forms import ReflectionForm
from checkins.models import Question, Reflection
from checkins.pages import ON_A_PAGE
from checkins.views import as_file

ONLY_YOU = gettext_lazy("It is saved. Only you can see it.")
MARKED = gettext_lazy("It is saved. Somebody whom you let read what you mark can see it.")


@signed_in
@require_safe
def reflections(request: HttpRequest) -> HttpResponse:
    """The questions, and what this person wrote."""
    pages = Paginator(queries.reflections_of(signed_in_person(request)), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {"questions": Question.choices, "page": page}
    return render(request, "checkins/reflections.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write_reflection(request: HttpRequest) -> HttpResponse:
    """Write about one of the questions, as often as one likes."""
    asked = request.GET.get("question", "")
    initial = {"question": asked} if asked in Question.values else None
    form = ReflectionForm(_posted(request), initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        row = actions.write_reflection(
            by=signed_in_person(request),
            key=data["key"],
            question=data["question"],
            body=data["body"],
            is_marked=data["is_marked"],
        )
        return _saved(request, row)
    return render(request, "checkins/reflection.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit_reflection(request: HttpRequest, reflection_id: UUID) -> HttpResponse:
    """Read what one wrote, and change it."""
    try:
        row = queries.get_reflection_for(signed_in_person(request), reflection_id)
    except Http404:
        return _gone(request)
    if not is_readable(row, "body"):
        return _unreadable(request, row)
    form = _form_of(request, row)
    if not form.is_valid():
        return _show(request, row, form)
    data = form.cleaned_data
    try:
        saved = actions.edit_reflection(
            by=signed_in_person(request),
            reflection_id=row.pk,
            version=data["version"],
            body=data["body"],
            is_marked=data["is_marked"],
        )
    except Reflection.DoesNotExist:
        return _gone(request)
    except ChangedElsewhereError as elsewhere:
        row.refresh_from_db(fields=["is_marked"])
        return _show(request, row, form, elsewhere)
    return _saved(request, saved)


@signed_in
@require_POST
def delete_reflection(request: HttpRequest, reflection_id: UUID) -> HttpResponse:
    """Delete one's own. What is gone already is answered alike."""
    actions.delete_reflection(by=signed_in_person(request), reflection_id=reflection_id)
    messages.success(request, _("It is deleted."))
    return redirect("checkins:reflections")


@signed_in
@require_safe
def copy_reflections(request: HttpRequest) -> HttpResponse:
    """All that one wrote, as one text to keep elsewhere."""
    rows = queries.reflections_of(signed_in_person(request))
    text = render_to_string("checkins/copy_reflections.txt", {"reflections": rows})
    return as_file(text, "reflections.txt")


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form_of(request: HttpRequest, row: Reflection) -> ReflectionForm:
    """The question of one that is there does not change."""
    initial = {
        "question": row.question,
        "body": row.body,
        "is_marked": row.is_marked,
        "version": row.version,
    }
    form = ReflectionForm(_posted(request), initial=initial)
    form.fields["question"].disabled = True
    return form


def _show(
    request: HttpRequest,
    row: Reflection,
    form: ReflectionForm,
    elsewhere: ChangedElsewhereError | None = None,
) -> HttpResponse:
    """The page to write on. After a change elsewhere it shows both texts, and saving replaces."""
    if elsewhere:
        form.data = posted = request.POST.copy()
        posted["version"] = str(elsewhere.version)
    context = {"form": form, "reflection": row, "elsewhere": elsewhere}
    return render(request, "checkins/reflection.html", context)


def _gone(request: HttpRequest) -> HttpResponse:
    """404; with the words that were typed, if there are any, to keep as another entry."""
    if not _typed(request).strip():
        raise Http404
    return _offer_words(request, status=404)


def _unreadable(request: HttpRequest, row: Reflection) -> HttpResponse:
    """Words that cannot be opened stay as they are; typed ones are there to be kept."""
    if _typed(request).strip():
        return _offer_words(request, status=409)
    return render(request, "checkins/reflection.html", {"reflection": row, "is_damaged": True})


def _typed(request: HttpRequest) -> str:
    return clean_words(request.POST.get("body", ""))


def _offer_words(request: HttpRequest, *, status: int) -> HttpResponse:
    question = request.POST.get("question", "")
    form = ReflectionForm(initial={"body": _typed(request), "question": question})
    context = {"form": form, "gone": True}
    return render(request, "checkins/reflection.html", context, status=status)


def _saved(request: HttpRequest, row: Reflection) -> HttpResponse:
    messages.success(request, MARKED if row.is_marked else ONLY_YOU)
    return redirect("checkins:reflections")
