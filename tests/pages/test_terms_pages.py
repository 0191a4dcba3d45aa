"""Exact terms: typed, previewed, and then proposed with a password or, if less, taken at once."""

import re

import pytest
from django.urls import reverse
from django.utils import formats

from boundaries import actions
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, Proposal, Window
from boundaries.rules.canonical import terms_digest
from boundaries.rules.reasons import Reason
from boundaries.rules.rhythm import LAST, MonthDay, Monthly, NthWeekday, Weekly
from boundaries.rules.terms import NO_CONTACT
from tests import factories
from tests.pages.filled import TYPED
from tests.pages.visitor import ClientVisitor

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SEE = "See what this means"


@pytest.fixture
def page(pair):
    return reverse("boundaries:propose", args=[pair.pk])


@pytest.fixture
def preview(pair):
    return reverse("boundaries:preview", args=[pair.pk])


@pytest.fixture
def take_less(pair):
    return reverse("boundaries:take_less", args=[pair.pk])


BEGINNINGS = {"allowed": lambda begun: factories.allow(by=begun.places)}


@pytest.fixture
def allowed(clock):
    """Both set wide limits."""


def open_in_force():
    return Agreement.objects.get(ended_at=None).terms


def test_what_is_in_force_is_shown_with_its_dates(at_ana, page, agreement, pair):
    at_ana.open(page)
    assert "What is in force now" in at_ana.text
    first = factories.next_window(pair=pair).opens_at
    assert f"{formats.date_format(first, 'l j F Y')}, 18:00 to 18:45" in at_ana.text
    assert at_ana.text.count("18:00 to 18:45") == Window.objects.count() == 6


# --- What is typed ---------------------------------------------------------------------------


def test_without_limits_it_says_so_first(at_ana, page, clock):
    at_ana.open(page)
    assert "You have not set your limits yet, so nothing can be proposed." in at_ana.text
    at_ana.press(SEE)
    assert "This is more than your own limits allow." in at_ana.text
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("opens_at", "25:61", "This is not a time."),
        ("opens_at", "24:00", "This is not a time."),
        ("opens_at", "18", "This is not a time."),
        ("opens_at", "-1:00", "This is not a time."),
        ("opens_at", "18:00\x00", "This is not a time."),
        ("opens_at", "9" * 5000, "This is not a time."),
        ("opens_at", "", "Please type a time such as 18:00."),
        ("zone", "Mars/Olympus", "There is no time zone with this name."),
        ("zone", "", "There is no time zone with this name."),
        ("minutes", "4", "Please type a whole number from 5 to 240."),
        ("minutes", "241", "Please type a whole number from 5 to 240."),
        ("minutes", "-45", "Please type a whole number from 5 to 240."),
        ("minutes", "9" * 5000, "Please type a whole number from 5 to 240."),
        ("letters", "11", "Please type a whole number from 0 to 10."),
        ("letters", "one", "Please type a whole number from 0 to 10."),
        ("letter_length", "20001", "Please type a whole number from 0 to 20000."),
        ("letter_length", "\x00", "Please type a whole number from 0 to 20000."),
        ("letters", "0", "Without letters there would be nothing to agree on."),
        ("letter_length", "0", "Without letters there would be nothing to agree on."),
    ],
)
def test_what_is_wrong_is_said_and_kept(at_ana, preview, allowed, field, typed, said):
    at_ana.send(preview, **TYPED | {field: typed})
    assert said in at_ana.text
    held = at_ana.filled(SEE)
    for name, value in (TYPED | {field: typed}).items():
        if value:
            assert held[name] == [value], name


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("how_often", "month 0"),
        ("how_often", "year 1"),
        ("how_often", ""),
        ("nth", "5"),
        ("weekday", "-1"),
        ("weekday", "9" * 5000),
        ("phase", "many"),
    ],
)
def test_a_choice_that_was_not_offered(at_ana, preview, allowed, field, typed):
    at_ana.send(preview, **TYPED | {field: typed})
    assert "Something here needs another look." in at_ana.text
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("phase", ["-1", "12345", "-" + "9" * 30, "9" * 4000])
def test_any_whole_number_is_a_phase(at_ana, preview, allowed, phase):
    at_ana.send(preview, **TYPED | {"how_often": "month 3", "phase": phase})
    assert "This is what you would propose" in at_ana.text


def test_an_empty_form_asks_for_everything(at_ana, preview, page, take_less, allowed):
    for path in (preview, page, take_less):
        at_ana.send(path)
        assert "Something here needs another look." in at_ana.text


# --- What is too much, or no change ----------------------------------------------------------


def test_more_than_one_s_own_limits(at_ana, page, ana_place, ben_place, clock):
    factories.allow(by=(ana_place, ben_place), minutes=30)
    at_ana.open(page)
    at_ana.press(SEE, **TYPED)
    assert "This is more than your own limits allow." in at_ana.text
    assert at_ana.filled(SEE)["minutes"] == ["45"]


def test_outside_one_s_own_hours(at_ana, page, ana_place, ben_place, clock):
    factories.allow(by=(ana_place,), hours=frozenset(range(5)))
    at_ana.open(page)
    at_ana.press(SEE, **TYPED)
    assert "outside the hours that you allow in your limits" in at_ana.text


def test_the_other_s_limits_are_not_to_be_noticed(at_ana, page, ana_place, ben_place, clock):
    """R10: what is said to Ana is the same with and without room in Ben's limits."""
    factories.allow(by=(ana_place,))
    said = []
    for changes in ({"minutes": 0}, {"days_between": None}, {"hours": frozenset()}, {}):
        factories.allow(by=(ben_place,), **changes)
        at_ana.open(page)
        at_ana.press(SEE, **TYPED)
        said.append(at_ana.text)
    assert len(set(said)) == 1


def test_r6_what_is_in_force_already_can_be_renewed(at_ana, page, agreement):
    at_ana.open(page)
    at_ana.press(SEE)
    assert "This is what you have now." in at_ana.text


def test_more_before_a_whole_conversation_was_held(at_ana, page, agreement):
    at_ana.open(page)
    at_ana.press(SEE, minutes="60")
    assert (
        "More can be proposed after one whole conversation under what is agreed now." in at_ana.text
    )


# --- Rhythms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "rhythm", "words"),
    [
        (
            {"how_often": "week 1", "weekday": "1", "also": ["3", "6"]},
            Weekly(1, 0, frozenset({1, 3, 6})),
            "every week on Tuesday, Thursday and Sunday",
        ),
        (
            {"how_often": "month 1", "nth": "-1", "weekday": "5", "also": ["6"]},
            Monthly(1, 0, frozenset({NthWeekday(LAST, 5), NthWeekday(LAST, 6)})),
            "on the last Saturday and the last Sunday of every month",
        ),
        (
            {"how_often": "month 1", "nth": "0", "day_of_month": "15"},
            Monthly(1, 0, frozenset({MonthDay(15)})),
            "on day 15 of every month",
        ),
        (
            {"how_often": "month 1", "nth": "0", "day_of_month": "-1"},
            Monthly(1, 0, frozenset({MonthDay(LAST)})),
            "on the last day of every month",
        ),
    ],
    ids=["weekdays", "last weekdays", "day of the month", "last day"],
)
def test_every_rhythm_can_be_typed_and_comes_back_as_it_was(
    at_ana, page, ana_place, ben_place, clock, typed, rhythm, words
):
    """Through the preview, the proposal, and the form that then shows what is in force."""
    factories.allow(by=(ana_place, ben_place), days_between=1)
    at_ana.open(page)
    at_ana.press(SEE, **(TYPED | typed))
    assert words in at_ana.text
    at_ana.press("Propose this")
    at_ana.prove()
    proposal = Proposal.objects.get()
    assert proposal.terms.rhythm == rhythm
    clock.go_to(factories.consent(by=ben_place, to=proposal).takes_force_at)
    actions.sweep()
    assert open_in_force().rhythm == rhythm
    at_ana.open(page)
    at_ana.press(SEE)
    assert "This is what you have now." in at_ana.text


# --- The preview -----------------------------------------------------------------------------


def test_the_preview_shows_words_and_dates_and_does_nothing(at_ana, page, allowed):
    at_ana.open(page)
    at_ana.press(SEE, **TYPED)
    assert "on the first Saturday of every month" in at_ana.text
    assert "18:00 (Europe/Berlin)" in at_ana.text
    assert "Saturday 7 November 2026" in at_ana.text
    assert not Proposal.objects.exists()


def test_dates_are_in_the_reader_s_own_zone(at_ben, page, allowed):
    at_ben.open(page)
    at_ben.press(SEE, **TYPED)
    assert "17:00 to 17:45" in at_ben.text
    assert "Europe/Lisbon" in at_ben.text


def test_what_is_proposed_is_exactly_what_was_previewed(at_ana, page, allowed, clock):
    """Also if the first possible month has gone by in between: every second one means the same."""
    at_ana.open(page)
    at_ana.press(SEE, **TYPED | {"how_often": "month 2"})
    previewed = re.findall(r"Saturday \d+ \w+ \d{4}", at_ana.text)
    clock.move(days=6)
    at_ana.press("Propose this")
    at_ana.prove()
    assert previewed[1:] == re.findall(r"Saturday \d+ \w+ \d{4}", at_ana.text)[:5]


def test_it_names_no_date_before_the_end_of_cooling_off(at_ana, page, allowed, clock):
    clock.move(days=3)
    at_ana.open(page)
    at_ana.press(SEE, **TYPED)
    assert "Saturday 5 December 2026" in at_ana.text
    assert "Saturday 7 November 2026" not in at_ana.text
    at_ana.press("Propose this")
    at_ana.prove()
    assert "Saturday 5 December 2026" in at_ana.text
    assert "Saturday 7 November 2026" not in at_ana.text


def test_less_names_only_what_is_planned(at_ana, page, agreement, pair, clock):
    """Lesser terms add no conversation, also where they would name one after the review."""
    for _ in range(4):
        factories.hold(pair=pair, clock=clock)
    at_ana.open(page)
    at_ana.press(SEE, minutes="20")
    assert len(re.findall(r"Saturday \d+ \w+ \d{4}", at_ana.text)) == 2


def test_from_the_preview_something_can_be_changed(at_ana, page, allowed):
    at_ana.open(page)
    at_ana.press(SEE, **TYPED)
    at_ana.press(SEE, minutes="30")
    assert "Stays open for 30 minutes" in at_ana.text


# --- Proposing -------------------------------------------------------------------------------


def propose(visitor: ClientVisitor, page: str, **changes: str) -> None:
    visitor.open(page)
    visitor.press(SEE, **TYPED | changes)
    visitor.press("Propose this")


def test_it_asks_for_the_password_and_then_goes_on_with_the_very_same(at_ana, page, allowed):
    propose(at_ana, page, minutes="33")
    assert not Proposal.objects.exists()
    at_ana.press("Continue", password="not-her-password")
    assert "This is not your password." in at_ana.text
    assert not Proposal.objects.exists()
    at_ana.prove()
    assert "Your proposal is made." in at_ana.text
    assert Proposal.objects.get().terms.minutes == 33


def test_a_proof_is_good_for_one_thing_alone(at_ana, page, allowed, clock):
    propose(at_ana, page)
    at_ana.prove()
    clock.move(days=45)
    propose(at_ana, page, minutes="60")
    assert "Please type your password" in at_ana.text
    assert Proposal.objects.count() == 1


def test_a_doubled_proposal_is_one(at_ana, page, allowed):
    propose(at_ana, page)
    at_ana.prove()
    first = at_ana.path
    for _ in range(2):
        at_ana.send(page, **TYPED, phase="0", base="")
        assert at_ana.path == first
    assert Proposal.objects.count() == 1


def test_a_doubled_password_is_one_proposal(at_ana, page, allowed):
    propose(at_ana, page)
    asked = at_ana.page
    at_ana.prove()
    at_ana.page = asked
    at_ana.prove()
    assert Proposal.objects.count() == 1
    assert at_ana.status == 200


def test_a_second_one_while_one_is_open(at_ana, page, allowed):
    propose(at_ana, page)
    at_ana.prove()
    at_ana.open(page)
    at_ana.press(SEE, **TYPED | {"minutes": "30"})
    assert "One proposal at a time" in at_ana.text


def test_soon_after_one_that_was_not_taken_up(at_ana, page, allowed, clock):
    propose(at_ana, page)
    at_ana.prove()
    clock.move(days=15)
    at_ana.open("/")
    assert "Was not taken up" in at_ana.text
    at_ana.open(page)
    at_ana.press(SEE, **TYPED)
    assert "You can propose again 30 days after your last proposal was over." in at_ana.text


def test_while_one_s_own_pause_stands(at_ana, page, allowed):
    at_ana.open(page)
    at_ana.press("Pause")
    at_ana.open(page)
    at_ana.press(SEE, **TYPED)
    assert "You have paused. Lift your pause first." in at_ana.text


# --- Less, alone -----------------------------------------------------------------------------


def test_less_holds_at_once_and_needs_no_password(at_ana, at_ben, page, agreement):
    at_ana.open(page)
    at_ana.press(SEE, minutes="20")
    assert "Less, from now on" in at_ana.text
    at_ana.press("Choose this")
    assert "This holds from now on." in at_ana.text
    at_ben.open("/")
    assert "20 minutes" in at_ben.text
    assert open_in_force().minutes == 20


def test_less_sent_twice(at_ana, take_less, agreement):
    for _ in range(2):
        at_ana.send(take_less, **TYPED | {"minutes": "20"})
        assert "not less than what you have now" not in at_ana.text
        assert at_ana.status == 200
    assert open_in_force().minutes == 20
    assert Agreement.objects.count() == 2


def test_what_is_not_less_is_refused_there(at_ana, take_less, agreement):
    at_ana.send(take_less, **TYPED | {"minutes": "90", "letters": "2"})
    assert "This is not less than what you have now in every respect" in at_ana.text
    assert at_ana.filled(SEE)["minutes"] == ["90"]
    assert terms_digest(open_in_force()) == agreement.digest


def test_less_from_a_page_that_has_grown_old(at_ana, at_ben, page, agreement):
    """Ben has taken still less meanwhile, so what Ana's page calls less would be more."""
    at_ana.open(page)
    at_ana.press(SEE, minutes="30")
    at_ben.open(page)
    at_ben.press(SEE, minutes="10")
    at_ben.press("Choose this")
    at_ana.press("Choose this")
    assert "This is not less than what you have now in every respect" in at_ana.text
    assert open_in_force().minutes == 10


def test_ending_it_twice_is_once(at_ana, at_ben, pair, agreement):
    at_ana.open(reverse("boundaries:agreement", args=[pair.pk]))
    there = at_ana.page
    answers = []
    for _ in range(2):
        at_ana.page = there
        at_ana.press("End it now")
        answers.append((at_ana.path, at_ana.text))
    assert answers[0] == answers[1]
    assert "Nothing is agreed any more." in at_ana.text
    at_ben.open("/")
    assert "No conversation is scheduled." in at_ben.text


def test_r1_ending_from_an_old_page_takes_back_a_yes_to_what_is_to_come(
    at_ana, ana_place, ben_place, pair, clock
):
    """The page is from when something was in force; since then it ended, and both said yes anew."""
    factories.allow(by=(ana_place, ben_place))
    cooling = factories.cooling_off(by=ben_place, other=ana_place)
    at_ana.send(reverse("boundaries:end", args=[pair.pk]))
    assert "Nothing is agreed any more." in at_ana.text
    clock.go_to(cooling.takes_force_at)
    actions.sweep()
    assert not Agreement.objects.exists()


# --- The agreement's page --------------------------------------------------------------------


def test_the_agreement_s_page_without_one(at_ana, pair):
    at_ana.open(reverse("boundaries:agreement", args=[pair.pk]))
    assert "No conversation is scheduled." in at_ana.text
    assert "In force since" not in at_ana.text


def test_the_agreement_s_page_names_all_of_it(at_ana, pair, agreement):
    at_ana.open(reverse("boundaries:agreement", args=[pair.pk]))
    for words in ("In force since", "45 minutes", "on the first Saturday of every month"):
        assert words in at_ana.text
    assert len(re.findall(r"Saturday \d+ \w+ \d{4}, 18:00", at_ana.text)) == 6


# --- What is in force has changed since the page was made ---------------------------------------


def test_r3_an_old_page_proposes_no_change_from_something_else(at_ana, page, agreement, ben_place):
    """She saw the same again; now it would be that instead of nothing."""
    at_ana.open(page)
    at_ana.press(SEE, **TYPED | {"letters": "2"})
    assert "This is what you have now." in at_ana.text
    actions.take_less(by=ben_place, terms=NO_CONTACT)
    at_ana.press("Propose this")
    assert "What is in force has changed since you looked." in at_ana.text
    assert "This is what you would propose" in at_ana.text
    assert "This is what you have now." not in at_ana.text
    assert Proposal.objects.get() == agreement.proposal


def test_r3_what_changes_while_the_password_is_asked_for_is_asked_again(
    at_ana, page, agreement, ben_place
):
    at_ana.open(page)
    at_ana.press(SEE, **TYPED | {"letters": "2"})
    at_ana.press("Propose this")
    assert "Please type your password" in at_ana.text
    actions.take_less(by=ben_place, terms=NO_CONTACT)
    at_ana.prove()
    assert "What is in force has changed since you looked." in at_ana.text
    assert "This is what you would propose" in at_ana.text
    assert Proposal.objects.get() == agreement.proposal


def test_r3_a_yes_is_to_a_change_from_what_was_shown(agreement, ana_place, ben_place):
    actions.take_less(by=ben_place, terms=factories.terms(minutes=30, live=False))
    with pytest.raises(RefusedError) as refused:
        actions.propose(
            by=ana_place,
            terms=factories.terms(minutes=40, live=False),
            proof=factories.proof(of=ana_place),
            base=str(agreement.pk),
        )
    assert refused.value.reasons == (Reason.CHANGED_MEANWHILE,)
