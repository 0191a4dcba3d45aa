"""A supporter's own pages: whom they support, what is asked of them, and leaving (R25)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock, support_actions
from accounts.access import signed_in, signed_in_person, supporter
from accounts.models import Support
from accounts.queries import supporting_of
from accounts.support_forms import RenameSupportedForm

OVER_ON_THE_PAGE = 12


@signed_in
@require_safe
def supporting(request: HttpRequest) -> HttpResponse:
    """Show whom this person supports."""
    own, at = supporting_of(signed_in_person(request)), clock.now()
    context = {
        "supports": own.filter(ended_at=None),
        "over": own.filter(ended_at__isnull=False)[:OVER_ON_THE_PAGE],
        "at": at,
    }
    return render(request, "accounts/supporting.html", context)


@supporter()
@require_safe
def support(request: HttpRequest, support: Support) -> HttpResponse:
    """Show what somebody asks of this supporter, and what they may see and do."""
    return _show(request, support, RenameSupportedForm(initial={"name": support.name_of_person}))


@supporter()
@require_POST
def rename_supported(request: HttpRequest, support: Support) -> HttpResponse:
    """Let a supporter choose the name that they see for the person."""
    form = RenameSupportedForm(request.POST)
    if not form.is_valid():
        return _show(request, support, form)
    support_actions.rename_supported(by=support, name=form.cleaned_data["name"])
    messages.success(request, _("The name is saved."))
    return redirect("accounts:support", support.pk)


@supporter(also_over=True)
@require_POST
def leave_support(request: HttpRequest, support: Support) -> HttpResponse:
    """Leave at once, also where it has run out. A doubled click is answered like the first."""
    support_actions.end_support(by=support)
    messages.success(request, _("It has ended. You see nothing of theirs any more."))
    return redirect("accounts:supporting")


def _show(request: HttpRequest, support: Support, form: RenameSupportedForm) -> HttpResponse:
    context = {"support": support, "form": form}
    return render(request, "accounts/support.html", context)
