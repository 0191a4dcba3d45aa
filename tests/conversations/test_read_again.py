"""Reading a letter again before it goes: a writer's own choice, which the other cannot notice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from boundaries import actions as boundaries
from conversations import actions
from conversations.actions import ReadAgain
from conversations.exceptions import AlreadyReleasedError, ChangedElsewhereError
from conversations.models import Letter
from tests import beginnings, factories, seen
from tests.beginnings import beginning
from tests.pages.visitor import ClientVisitor

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ASKED = "You wanted to read this again before it goes."
BUTTON = "I have read it again"


BEGINNINGS = {"window": beginnings.plan}

window = beginning("window")


@pytest.fixture
def letter(window, ana_place):
    return held(ana_place)


def held(place, *, hours=24, only=True, body="Dear you"):
    letter = factories.letter(by=place, body=body, hold=False)
    return save(place, letter, body=body, again=ReadAgain(hours, only=only))


def save(place, letter, *, body, again=None):
    letter.refresh_from_db()
    return actions.edit_letter(
        by=place,
        letter_id=letter.pk,
        version=letter.version,
        body=body,
        hold=True,
        again=again,
    )


def state_at(clock, instant, letter):
    clock.go_to(instant)
    boundaries.sweep()
    actions.sweep()
    letter.refresh_from_db()
    return letter.state


@pytest.mark.parametrize(
    ("before", "state"),
    [(None, "held"), (DAY + timedelta(microseconds=1), "held"), (DAY, "released")],
)
def test_r18_it_goes_only_after_it_was_read_for_this_conversation(
    letter, window, ana_place, clock, before, state
):
    if before:
        clock.go_to(window.opens_at - before)
        factories.read_again(by=ana_place, letter_id=letter.pk)
    assert state_at(clock, window.opens_at, letter) == state


def test_without_that_wish_it_goes_as_ever(window, ana_place, clock):
    letter = held(ana_place, only=False)
    assert state_at(clock, window.opens_at, letter) == "released"


def test_saving_it_held_within_that_time_is_reading_it(letter, window, ana_place, clock):
    clock.go_to(window.opens_at - DAY)
    save(ana_place, letter, body="Dear you, once more")
    assert state_at(clock, window.opens_at, letter) == "released"


def test_a_reading_for_one_conversation_is_none_for_a_later_one(
    letter, window, ana_place, pair, clock
):
    clock.go_to(window.opens_at - DAY)
    factories.read_again(by=ana_place, letter_id=letter.pk)
    boundaries.skip(by=ana_place, window_id=window.pk)
    assert state_at(clock, window.closes_at, letter) == "held"
    later = factories.next_window(pair=pair)
    assert state_at(clock, later.opens_at, letter) == "held"


def test_r18_whether_a_letter_may_wait_is_told_as_it_will_be_judged(
    window, ana_place, ana_client, clock
):
    """Two may go. While those before it wait to be read again, the third goes in their place."""
    before = [held(ana_place) for _ in range(2)]
    clock.move(minutes=1)
    third = factories.letter(by=ana_place)
    assert not may_wait(ana_client, ana_place, third)
    clock.go_to(window.opens_at - DAY)
    factories.read_again(by=ana_place, letter_id=before[0].pk)
    assert not may_wait(ana_client, ana_place, third)
    with factories.undone():
        factories.read_again(by=ana_place, letter_id=before[1].pk)
        assert may_wait(ana_client, ana_place, third)
        assert may_wait(ana_client, ana_place)
        boundaries.skip(by=ana_place, window_id=window.pk)
        assert not may_wait(ana_client, ana_place, third)
    assert state_at(clock, window.opens_at, third) == "released"


def may_wait(client, place, letter=None):
    """What the page of this letter tells, or that of a new one."""
    page = reverse("conversations:write", args=[place.pair_id])
    if letter:
        page = reverse("conversations:letter", args=[place.pair_id, letter.pk])
    return "It may wait for a later conversation." in client.get(page).content.decode()


def test_r18_a_letter_that_waits_to_be_read_takes_no_other_s_place(
    letter, window, ana_place, clock
):
    clock.move(minutes=1)
    others = [factories.letter(by=ana_place) for _ in range(2)]
    assert state_at(clock, window.opens_at, letter) == "held"
    assert [state_at(clock, clock.at, each) for each in others] == ["released"] * 2


def test_what_went_or_is_another_s_is_not_read_again(letter, window, ana_place, ben_place, clock):
    with pytest.raises(Letter.DoesNotExist):
        factories.read_again(by=ben_place, letter_id=letter.pk)
    clock.go_to(window.opens_at - DAY)
    factories.read_again(by=ana_place, letter_id=letter.pk)
    state_at(clock, window.opens_at, letter)
    with pytest.raises(AlreadyReleasedError):
        factories.read_again(by=ana_place, letter_id=letter.pk)


def test_the_database_takes_no_letter_that_waits_to_be_read_and_is_never_asked_for(letter):
    with pytest.raises(IntegrityError):
        Letter.objects.update(read_again_hours=0)


def test_r18_the_guards_stand_after_the_table_was_made_anew(letter):
    with pytest.raises(IntegrityError):
        Letter.objects.update(state="released", released_at=letter.held_at)


def test_r17_the_other_sees_the_same_whatever_the_writer_chose(window, ana_place, ben_place, clock):
    letter = factories.letter(by=ana_place)
    clock.go_to(window.opens_at - DAY)
    before = seen.pages(of=ben_place)
    for step in (
        lambda: save(ana_place, letter, body="Dear you", again=ReadAgain(72, only=True)),
        lambda: factories.read_again(by=ana_place, letter_id=letter.pk),
    ):
        step()
        assert seen.pages(of=ben_place) == before


def test_the_writer_is_asked_in_time_and_until_they_have_read_it(
    letter, window, ana, ana_place, pair, clock
):
    visitor = ClientVisitor(ana)
    page = reverse("conversations:letter", args=[pair.pk, letter.pk])
    pair_page = reverse("conversations:pair", args=[pair.pk])
    clock.go_to(window.opens_at - DAY - timedelta(seconds=1))
    for path in (page, pair_page):
        visitor.open(path)
        assert ASKED not in visitor.text
    clock.go_to(window.opens_at - DAY)
    for path in (pair_page, page):
        visitor.open(path)
        assert ASKED in visitor.text
    visitor.press(BUTTON, body="Dear you, corrected")
    assert "Your letter is held." in visitor.text
    letter.refresh_from_db()
    assert (letter.body, letter.read_again_at) == ("Dear you, corrected", clock.at)
    for path in (page, pair_page):
        visitor.open(path)
        assert ASKED not in visitor.text


@pytest.mark.parametrize("never", ["0", ""])
def test_the_choice_is_made_where_one_writes(ana, pair, never):
    visitor = ClientVisitor(ana)
    visitor.open(reverse("conversations:write", args=[pair.pk]))
    sent = {"body": "Dear you", "only_after_reading": "on"}
    visitor.press("Hold for the next conversation", **sent, read_again=never)
    assert "Then choose when you want to be asked to read it." in visitor.text
    assert not Letter.objects.exists()
    visitor.press("Hold for the next conversation", **sent, read_again="72")
    letter = Letter.objects.get()
    assert (letter.read_again_hours, letter.only_after_reading) == (72, True)


@pytest.mark.parametrize("body", ["Dear you", "Dear you, corrected"])
def test_an_older_tab_does_not_take_the_choice_away(ana, ana_place, pair, body):
    letter = factories.letter(by=ana_place)
    here, there = ClientVisitor(ana), ClientVisitor(ana)
    for visitor in (here, there):
        visitor.open(reverse("conversations:letter", args=[pair.pk, letter.pk]))
    hold = "Hold for the next conversation"
    there.press(hold, read_again="24", only_after_reading="on")
    here.press(hold, body=body)
    assert "This letter was changed elsewhere" in here.text
    letter.refresh_from_db()
    assert (letter.read_again_hours, letter.only_after_reading) == (24, True)


@pytest.mark.parametrize("hold", [True, False])
def test_an_older_tab_does_not_change_what_was_held_or_taken_back(ana_place, hold):
    letter = factories.letter(by=ana_place, hold=not hold)
    edit = {"by": ana_place, "letter_id": letter.pk, "version": 1}
    actions.edit_letter(**edit, body="Dear you", hold=hold)
    with pytest.raises(ChangedElsewhereError):
        actions.edit_letter(**edit, body="Dear you, corrected", hold=not hold)


def test_the_same_choice_twice_is_one(ana_place):
    letter = factories.letter(by=ana_place)
    for _ in range(2):
        changed = actions.edit_letter(
            by=ana_place,
            letter_id=letter.pk,
            version=1,
            body="Dear you",
            hold=True,
            again=ReadAgain(24, only=True),
        )
    assert changed.version == 2
