"""One's own limits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import member, signed_in_person
from accounts.models import Membership
from boundaries import actions, queries
from boundaries.forms import LimitsForm
from boundaries.views.answers import to_pair


@member
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show and set one's own limits."""
    person = signed_in_person(request)
    now = queries.own_limits(membership)
    initial = LimitsForm.initial_from(now, person.time_zone)
    form = LimitsForm(request.POST or None, initial=initial)
    if form.is_valid():
        shown = form.cleaned_data["shown"] or ""
        if actions.set_limits(by=membership, limits=form.limits(), shown=shown):
            messages.success(request, _("Your limits are set. They hold from now on."))
            return to_pair(membership)
        form.ask_again(queries.limits_of(membership))
    context = {"membership": membership, "form": form, "are_set": now is not None}
    return render(request, "boundaries/limits.html", context)
