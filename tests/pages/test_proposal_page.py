"""One proposal's page: yes with a password, no and taking back in silence."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.proof import Proof
from boundaries import actions
from boundaries.models import Agreement, Consent, Proposal
from conversations import actions as conversations
from tests import factories, seen
from tests.beginnings import beginning
from tests.factories import PASSWORD
from tests.pages.visitor import ClientVisitor

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

LOOK_AGAIN = "What this page was about has changed. Please look again."
YES = "Yes, to exactly this"


def propose(begun):
    """Ana proposes an ordinary first Saturday to Ben."""
    factories.allow(by=begun.places)
    begun.proposal = factories.propose(by=begun.ana_place, live=False)


BEGINNINGS = {"proposal": propose}
proposal = beginning("proposal")


@pytest.fixture
def page(proposal):
    return reverse("boundaries:proposal", args=[proposal.pair_id, proposal.pk])


def to(verb: str, proposal: Proposal) -> str:
    return reverse(f"boundaries:{verb}", args=[proposal.pair_id, proposal.pk])


def say_yes(visitor: ClientVisitor, page: str) -> None:
    visitor.open(page)
    visitor.press(YES)
    visitor.prove()


# --- Yes -------------------------------------------------------------------------------------


def test_yes_asks_for_the_password_and_then_is_the_very_same_yes(at_ben, page, proposal):
    at_ben.open(page)
    assert "You owe nobody an answer." in at_ben.text
    at_ben.press(YES)
    assert "Please type your password" in at_ben.text
    assert Consent.objects.count() == 1
    at_ben.prove()
    assert "You both said yes. It takes force on Thursday 5 November 2026" in at_ben.text
    assert Consent.objects.count() == 2


def test_a_wrong_password_is_no_yes(at_ben, page, proposal):
    at_ben.open(page)
    at_ben.press(YES)
    at_ben.press("Continue", password="something else")
    assert "This is not your password." in at_ben.text
    assert Consent.objects.count() == 1
    at_ben.prove()
    assert Consent.objects.count() == 2


def test_leaving_at_the_password_is_no_yes(at_ben, page, proposal):
    at_ben.open(page)
    at_ben.press(YES)
    at_ben.open("/")
    assert "Open" in at_ben.text
    assert Consent.objects.count() == 1


def test_a_doubled_yes_is_one(at_ben, page, proposal):
    say_yes(at_ben, page)
    first = at_ben.text
    for _ in range(2):
        at_ben.send(to("consent", proposal), digest=proposal.digest)
        assert (at_ben.path, at_ben.text) == (page, first)
    assert Consent.objects.count() == 2


def test_a_doubled_password_is_one_yes_and_leads_to_the_page(at_ben, page, proposal):
    at_ben.open(page)
    at_ben.press(YES)
    asked = at_ben.page
    at_ben.prove()
    first = at_ben.text
    at_ben.page = asked
    at_ben.prove()
    assert (at_ben.path, at_ben.text) == (page, first)
    assert Consent.objects.count() == 2


def test_a_proof_is_good_for_one_proposal_alone(at_ben, page, proposal, clock, ana_place):
    say_yes(at_ben, page)
    at_ben.open(page)
    at_ben.press("Take it back")
    clock.move(days=40)
    other = factories.propose(by=ana_place, minutes=30)
    at_ben.send(to("consent", other), digest=other.digest)
    assert "Please type your password" in at_ben.text
    assert not other.consents.filter(person=at_ben.answer.context["user"]).exists()


def test_a_proof_for_other_terms_is_none_for_these(at_ben, proposal):
    """What was typed for one digest cannot be spent on another of the same proposal."""
    at_ben.send(to("consent", proposal), digest="0" * 64)
    at_ben.prove()
    assert LOOK_AGAIN in at_ben.text
    at_ben.send(to("consent", proposal), digest=proposal.digest)
    assert "Please type your password" in at_ben.text
    assert Consent.objects.count() == 1


def test_another_person_s_proof_is_none(at_ana, ben, page, proposal):
    """In one browser: Ana proves who she is, signs out, and Ben signs in."""
    at_ana.open("/settings/")
    at_ana.get("/account/reauthenticate/?next=/settings/")
    at_ana.press("Continue", password=PASSWORD)
    at_ana.open("/settings/")
    at_ana.press("Sign out")
    at_ana.client.force_login(ben)
    at_ana.open(page)
    at_ana.press(YES)
    assert "Please type your password" in at_ana.text
    assert Consent.objects.count() == 1


def test_the_action_itself_takes_nobody_else_s_proof(ben_place, ana, proposal):
    with pytest.raises(PermissionDenied):
        actions.consent(
            by=ben_place, proposal_id=proposal.pk, digest=proposal.digest, proof=Proof(ana.pk)
        )


def test_its_author_has_no_second_yes(at_ana, page, proposal):
    at_ana.open(page)
    assert YES not in at_ana.text
    at_ana.send(to("consent", proposal), digest=proposal.digest)
    at_ana.prove()
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("digest", ["", "\x00", "x" * 9000, "0" * 64, "é"])
def test_a_yes_to_something_else_is_none(at_ben, proposal, digest):
    at_ben.send(to("consent", proposal), digest=digest)
    at_ben.prove()
    assert LOOK_AGAIN in at_ben.text
    assert Consent.objects.count() == 1


def test_a_yes_from_a_page_that_has_grown_old(at_ben, page, proposal, ana_place):
    """Ana took it back while Ben's page stood open. He is told, and nothing is consented to."""
    at_ben.open(page)
    actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    at_ben.press(YES)
    assert LOOK_AGAIN in at_ben.text
    assert Consent.objects.filter(withdrawn_at=None).count() == 0


def test_a_yes_after_it_lapsed(at_ben, page, proposal, clock):
    at_ben.open(page)
    clock.move(days=14)
    at_ben.press(YES)
    assert LOOK_AGAIN in at_ben.text
    assert Consent.objects.count() == 1


def test_a_yes_after_what_was_in_force_has_changed(at_ben, past, pair, ana_place):
    """R3: the terms are the same, but what they would change is not what it was."""
    proposal = factories.propose(by=ana_place, minutes=60)
    at_ben.open(reverse("boundaries:proposal", args=[pair.pk, proposal.pk]))
    actions.take_less(by=ana_place, terms=factories.terms(live=False, minutes=20))
    at_ben.press(YES)
    assert LOOK_AGAIN in at_ben.text
    assert proposal.consents.count() == 1


def test_what_changed_while_the_password_was_typed(at_ben, page, proposal, ana_place):
    at_ben.open(page)
    at_ben.press(YES)
    actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    at_ben.prove()
    assert LOOK_AGAIN in at_ben.text
    assert Consent.objects.filter(person=ana_place.person, withdrawn_at=None).count() == 0


# --- No, and taking it back ------------------------------------------------------------------


def test_no_is_silent(at_ana, at_ben, page, proposal):
    at_ana.open(page)
    before = at_ana.text
    at_ben.open(page)
    at_ben.press("No")
    assert "You declined. The other is not told." in at_ben.text
    assert "Proposed to you" not in at_ben.text
    at_ana.open(page)
    assert at_ana.text == before


def test_a_doubled_no_is_one(at_ben, pair, proposal):
    at_ben.send(to("decline", proposal))
    before, said = seen.everything(in_=pair), at_ben.text
    at_ben.send(to("decline", proposal))
    assert (seen.everything(in_=pair), at_ben.text) == (before, said)


def test_a_no_from_a_page_that_has_grown_old(at_ben, page, proposal, ana_place):
    at_ben.open(page)
    actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    at_ben.press("No")
    assert LOOK_AGAIN in at_ben.text


def test_r4_a_no_from_an_old_page_takes_back_the_yes_that_was_given_since(
    at_ben, page, proposal, ben_place, clock
):
    at_ben.open(page)
    factories.consent(by=ben_place, to=proposal)
    at_ben.press("No")
    assert "You declined. The other is not told." in at_ben.text
    clock.go_to(Proposal.objects.get(pk=proposal.pk).takes_force_at)
    actions.sweep()
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("button", ["No", "Take it back"])
def test_who_comes_too_late_with_a_no_reads_that_it_is_in_force(
    at_ben, page, proposal, ben_place, clock, button
):
    """Nobody reads that something was done that was not; and from there one can end it."""
    if button == "No":
        at_ben.open(page)
    factories.consent(by=ben_place, to=proposal)
    if button != "No":
        at_ben.open(page)
    clock.go_to(Proposal.objects.get(pk=proposal.pk).takes_force_at)
    actions.sweep()
    at_ben.press(button)
    assert at_ben.path == page
    assert "You both said yes, and it took force." in at_ben.text
    at_ben.follow("what is agreed now")
    at_ben.press("End it now")
    assert not Agreement.objects.filter(ended_at=None).exists()


SINCE_A_MOMENT = {
    "pauses": lambda ana, _: actions.pause(by=ana),
    "pauses and lifts": lambda ana, _: pause_and_lift(ana),
    "takes it back": lambda ana, pk: actions.withdraw_proposal(by=ana, proposal_id=pk),
    "lowers a limit": lambda ana, _: factories.allow(by=(ana,), minutes=5),
    "parts": lambda ana, _: conversations.part(by=ana),
}


def pause_and_lift(place):
    actions.pause(by=place)
    actions.lift(by=place)


@pytest.mark.parametrize("what", SINCE_A_MOMENT)
def test_r15_a_yes_that_comes_a_moment_too_late_reads_alike_whatever_the_other_did(
    at_ben, page, proposal, ana_place, monkeypatch, what
):
    """Between looking whether it is there and the lock."""
    say_yes_in_time = actions.consent

    def ana_is_faster(**asked):
        SINCE_A_MOMENT[what](ana_place, proposal.pk)
        return say_yes_in_time(**asked)

    monkeypatch.setattr(actions, "consent", ana_is_faster)
    say_yes(at_ben, page)
    assert LOOK_AGAIN in at_ben.text
    assert (at_ben.status, "No conversation is scheduled" in at_ben.text) == (404, False)


def test_r15_a_yes_to_what_one_took_back_does_not_tell_that_the_other_paused(
    at_ana, page, proposal, ana_place, ben_place
):
    actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)
    told = set()
    for pause in (lambda: None, lambda: actions.pause(by=ben_place)):
        pause()
        at_ana.send(to("consent", proposal), digest=proposal.digest)
        if "Please type your password" in at_ana.text:
            at_ana.prove()
        told.add((at_ana.status, at_ana.text))
    assert len(told) == 1


def test_taking_it_back_before_the_other_said_anything(at_ana, at_ben, page, proposal):
    at_ana.open(page)
    at_ana.press("Take it back")
    assert "You took it back." in at_ana.text
    at_ana.open(page)
    assert "You took it back, or had less since." in at_ana.text
    at_ben.get(page)
    assert at_ben.status == 404


@pytest.mark.parametrize("who", ["ana", "ben"])
def test_taking_a_yes_back_in_cooling_off_is_silent(
    at_ana, at_ben, page, proposal, ben_place, clock, who
):
    """R4: until the instant at which it would take force the other's page stays as it is."""
    factories.consent(by=ben_place, to=proposal)
    mine, other = (at_ana, at_ben) if who == "ana" else (at_ben, at_ana)
    other.open(page)
    before = other.text
    mine.open(page)
    mine.press("Take it back")
    other.open(page)
    assert other.text == before
    clock.move(days=3, seconds=1)
    other.open(page)
    assert "This did not take force." in other.text
    other.open("/")
    assert "No conversation is scheduled." in other.text


def test_taking_back_twice(at_ana, pair, proposal):
    at_ana.send(to("withdraw_proposal", proposal))
    before, said = seen.everything(in_=pair), at_ana.text
    at_ana.send(to("withdraw_proposal", proposal))
    assert (seen.everything(in_=pair), at_ana.text) == (before, said)


def test_ben_cannot_take_ana_s_back(at_ben, pair, proposal):
    before = seen.everything(in_=pair)
    at_ben.send(to("withdraw_proposal", proposal))
    assert seen.everything(in_=pair) == before


def test_what_is_beyond_ben_s_limits_is_not_there_for_him(at_ben, page, proposal, ben_place):
    """R10."""
    factories.allow(by=(ben_place,), minutes=30)
    at_ben.get(page)
    assert at_ben.status == 404
    for verb in ("consent", "decline"):
        at_ben.send(to(verb, proposal), digest=proposal.digest)
        assert LOOK_AGAIN in at_ben.text
    at_ben.open("/")
    assert "Proposed to you" not in at_ben.text


def test_in_force_and_long_after(at_ana, at_ben, page, proposal, ben_place, clock):
    factories.consent(by=ben_place, to=proposal)
    clock.move(days=3)
    actions.sweep()
    for each in (at_ana, at_ben):
        each.open(page)
        assert "You both said yes, and it took force." in each.text
        assert not any(
            button.text in (YES, "No", "Take it back")
            for form in each.page.forms
            for button in form.buttons
        )
