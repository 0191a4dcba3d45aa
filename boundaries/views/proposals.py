"""Proposing exact terms, consenting to them, and taking less."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.access import member, signed_in_person
from accounts.models import Membership
from accounts.proof import Proof, take_proof
from boundaries import actions, queries
from boundaries.exceptions import RefusedError
from boundaries.forms import TermsForm
from boundaries.models import Proposal
from boundaries.queries import Coming
from boundaries.rules import acts, gate, windows
from boundaries.rules.canonical import terms_digest
from boundaries.rules.proposals import Standing
from boundaries.rules.situation import Situation
from boundaries.rules.terms import Terms
from boundaries.rules.windows import Span
from boundaries.views.answers import look_again, tell, to_pair
from boundaries.words import duration_in_words, summary, terms_lines, told

FOR_THE_READER = gate.GATE[acts.Consent].keys() - gate.GATE[acts.Show].keys()
"""Of what can stand against a yes, what is told to who would say it. All else forbids to show it,
too; to tell it apart, of an old page or of one's own proposal, could tell what the other did (R15).
"""

TOO_LATE_TO_RENEW = gettext_lazy(
    "This ends before a renewal could take force. You can propose the same again once it has ended."
)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show the form for exact terms; a POST puts them to the other, after proving who one is.

    Where something else is in force than the page said that they would change, the page comes back
    with what is so now: a yes is to a change from what was shown (R3).
    """
    form, situation, at = _terms_form(request, membership)
    if not form.is_valid():
        return _ask_for_terms(request, membership, form, situation)
    if request.POST.get("base") != _base(situation):
        return _show_meaning(request, membership, form, situation, at, has_changed=True)
    terms = form.terms()
    proof = _proof_for(request, membership, terms, situation)
    try:
        proposal = actions.propose(by=membership, terms=terms, proof=proof, base=_base(situation))
    except RefusedError as refused:
        _say_why(form, refused)
        outside = _outside(membership, terms, situation, at)
        return _ask_for_terms(request, membership, form, situation, outside)
    messages.success(request, _("Your proposal is made."))
    return redirect("boundaries:proposal", membership.pair_id, proposal.pk)


@member
@require_POST
def preview(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show what the typed terms mean, with their dates, before anything is done with them."""
    form, situation, at = _terms_form(request, membership)
    if not form.is_valid():
        return _ask_for_terms(request, membership, form, situation)
    return _show_meaning(request, membership, form, situation, at)


def _show_meaning(
    request: HttpRequest,
    membership: Membership,
    form: TermsForm,
    situation: Situation,
    at: datetime,
    *,
    has_changed: bool = False,
) -> HttpResponse:
    terms = form.terms()
    is_less = not gate.reasons_against(acts.TakeLess(terms), situation, at)
    if not is_less:
        reasons = gate.reasons_against(acts.Propose(membership.person_id, terms), situation, at)
        for sentence in told(reasons):
            form.add_error(None, sentence)
    if form.errors:
        outside = _outside(membership, terms, situation, at)
        return _ask_for_terms(request, membership, form, situation, outside)
    coming = (
        queries.left_for(membership, terms, situation, at)
        if is_less
        else _earliest(membership, terms, situation, at)
    )
    context = _terms_context(membership, terms, situation, coming)
    context |= {
        "form": form,
        "exact": form.exact(),
        "is_less": is_less,
        "are_proposed": not is_less,
        "is_same": terms == situation.in_force,
        "base": _base(situation),
        "has_changed": has_changed,
    }
    return render(request, "boundaries/preview.html", context)


@member
@require_POST
def take_less(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Put lesser terms in force at once, alone."""
    form, situation, _at = _terms_form(request, membership)
    if not form.is_valid():
        return _ask_for_terms(request, membership, form, situation)
    try:
        actions.take_less(by=membership, terms=form.terms())
    except RefusedError as refused:
        _say_why(form, refused)
        return _ask_for_terms(request, membership, form, situation)
    messages.success(request, _("This holds from now on."))
    return to_pair(membership)


@member
@require_safe
def proposal(request: HttpRequest, membership: Membership, proposal_id: UUID) -> HttpResponse:
    """Show one proposal's exact terms, and what this person can do with it."""
    row, standing, situation, at = _proposal(membership, proposal_id)
    coming = (
        queries.first_for(membership, row.terms, situation, after=row.takes_force_at)
        if row.takes_force_at
        else _earliest(membership, row.terms, situation, at)
    )
    context = _terms_context(membership, row.terms, situation, coming) | {
        "proposal": row,
        "lapses_at": row.as_value().lapses_at,
        "standing": standing,
        "is_mine": row.author_id == membership.person_id,
    }
    return render(request, "boundaries/proposal.html", context)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, membership: Membership, proposal_id: UUID) -> HttpResponse:
    """Say yes to the exact terms that the page showed, after proving who one is.

    A password that is sent twice leads here by GET the second time, and from here to the page.
    """
    if not _is_shown(membership, proposal_id):
        return look_again(request, membership)
    if request.method != "POST":
        return redirect("boundaries:proposal", membership.pair_id, proposal_id)
    digest = request.POST.get("digest", "")
    terms = Proposal.objects.get(pk=proposal_id).terms
    words = _("Say yes to: %(terms)s") % {"terms": summary(terms)}
    proof = take_proof(request, f"consent {proposal_id} {digest}", words)
    try:
        actions.consent(by=membership, proposal_id=proposal_id, digest=digest, proof=proof)
    except RefusedError as refused:
        if not FOR_THE_READER.issuperset(refused.reasons):
            return look_again(request, membership)
        tell(request, refused)
        return to_pair(membership)
    return redirect("boundaries:proposal", membership.pair_id, proposal_id)


@member
@require_POST
def decline(request: HttpRequest, membership: Membership, proposal_id: UUID) -> HttpResponse:
    """Say no, in silence. A doubled click is answered like the first.

    From an old page, where it is in force already, one reads that it is.
    """
    has_declined = queries.has_declined(membership, proposal_id)
    if not has_declined and not _is_shown(membership, proposal_id):
        return look_again(request, membership)
    if not actions.decline(by=membership, proposal_id=proposal_id):
        return redirect("boundaries:proposal", membership.pair_id, proposal_id)
    messages.success(request, _("You declined. The other is not told."))
    return to_pair(membership)


@member
@require_POST
def withdraw_proposal(
    request: HttpRequest, membership: Membership, proposal_id: UUID
) -> HttpResponse:
    """Take back one's proposal, or one's consent before it takes force, in silence.

    If it was too late, or there is nothing to take back, its page says how it stands.
    """
    _proposal(membership, proposal_id)
    if not actions.withdraw_proposal(by=membership, proposal_id=proposal_id):
        return redirect("boundaries:proposal", membership.pair_id, proposal_id)
    messages.success(request, _("You took it back."))
    return to_pair(membership)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show what renewing would mean; a POST puts the same terms to the other again (R6)."""
    at = clock.now()
    situation = queries.load_situation(membership.pair, at)
    terms = situation.in_force
    context = _terms_context(
        membership, terms, situation, _earliest(membership, terms, situation, at)
    )
    context |= {
        "digest": terms_digest(terms),
        "refusals": _against_renewing(membership, situation, at),
        "outside": _outside(membership, terms, situation, at),
    }
    if request.method != "POST":
        return render(request, "boundaries/renew.html", context)
    if request.POST.get("digest") != context["digest"]:
        return look_again(request, membership)
    proof = _proof_for(request, membership, terms, situation)
    try:
        proposal = actions.propose(by=membership, terms=terms, proof=proof, base=_base(situation))
    except RefusedError as refused:
        tell(request, refused)
        return redirect("boundaries:agreement", membership.pair_id)
    messages.success(request, _("Your proposal is made."))
    return redirect("boundaries:proposal", membership.pair_id, proposal.pk)


def _base(situation: Situation) -> str:
    """What stands in a page for the agreement that terms would change; empty for no contact."""
    return str(situation.agreement or "")


def _proof_for(
    request: HttpRequest, membership: Membership, terms: Terms, situation: Situation
) -> Proof:
    """The proof for a first yes to exactly these terms, as a change from what is in force."""
    purpose = f"propose {membership.pair_id} {terms_digest(terms)} {_base(situation)}"
    return take_proof(request, purpose, _("Propose: %(terms)s") % {"terms": summary(terms)})


def _against_renewing(membership: Membership, situation: Situation, at: datetime) -> list[str]:
    act = acts.Propose(membership.person_id, situation.in_force)
    reasons = told(gate.reasons_against(act, situation, at))
    cooling_off = situation.limits[membership.person_id].cooling_off
    if situation.review_at and at + cooling_off > situation.review_at:
        return [*reasons, str(TOO_LATE_TO_RENEW)]
    return reasons


def _terms_form(
    request: HttpRequest, membership: Membership
) -> tuple[TermsForm, Situation, datetime]:
    at = clock.now()
    situation = queries.load_situation(membership.pair, at)
    zone = signed_in_person(request).time_zone
    initial = TermsForm.initial_from(situation.in_force, zone)
    posted = request.POST if request.method == "POST" else None
    form = TermsForm(posted, initial=initial, at=at, in_force=situation.in_force)
    return form, situation, at


def _ask_for_terms(
    request: HttpRequest,
    membership: Membership,
    form: TermsForm,
    situation: Situation,
    outside: Sequence[Span] = (),
) -> HttpResponse:
    context = {
        "membership": membership,
        "form": form,
        "outside": outside,
        "terms_lines": terms_lines(situation.in_force),
        "windows": queries.coming_for(membership, situation, form.at),
        "has_limits": queries.own_limits(membership) is not None,
        "is_apart": situation.apart_until is not None,
    }
    return render(request, "boundaries/propose.html", context)


def _terms_context(
    membership: Membership, terms: Terms, situation: Situation, coming: list[Coming]
) -> dict[str, Any]:
    own = situation.limits[membership.person_id]
    return {
        "membership": membership,
        "terms_lines": terms_lines(terms),
        "windows": coming,
        "are_proposed": True,
        "cooling_off": duration_in_words(own.cooling_off),
    }


def _earliest(
    membership: Membership, terms: Terms, situation: Situation, at: datetime
) -> list[Coming]:
    """The conversations that there would be if both had said yes now, as far as this person knows:
    the other's cooling-off may be longer, and is not theirs to see.
    """
    after = at + situation.limits[membership.person_id].cooling_off
    return queries.first_for(membership, terms, situation, after=after)


def _outside(
    membership: Membership, terms: Terms, situation: Situation, at: datetime
) -> list[Span]:
    """The dates for which this person's own hours refuse that they propose these terms."""
    return windows.outside(terms, situation.limits[membership.person_id], after=at)


def _proposal(
    membership: Membership, proposal_id: UUID
) -> tuple[Proposal, Standing, Situation, datetime]:
    at = clock.now()
    situation = queries.load_situation(membership.pair, at)
    row, standing = queries.get_proposal_for(membership, proposal_id, situation, at)
    return row, standing, situation, at


def _is_shown(membership: Membership, proposal_id: UUID) -> bool:
    """Whether a proposal is there for this person, whose page may be old."""
    try:
        _proposal(membership, proposal_id)
    except Http404:
        return False
    return True


def _say_why(form: TermsForm, refused: RefusedError) -> None:
    for sentence in told(refused.reasons):
        form.add_error(None, sentence)
