"""R17: a letter is written, edited, held and withdrawn until it is released; until then it is its
author's alone.
"""

from uuid import uuid4

import pytest
from django.http import Http404

from accounts.actions import create_code, use_code
from boundaries import actions as boundaries
from boundaries.actions.record import Act
from boundaries.rules.letters import MOST_LEFT_BEHIND, MOST_WAITING
from conversations import actions
from conversations.exceptions import (
    AlreadyReleasedError,
    ChangedElsewhereError,
    TooManyLettersError,
)
from conversations.models import Letter
from conversations.queries import get_letter_for, letters_of
from tests import factories, seen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _time_stands_still(clock):
    """Every test here moves it."""


@pytest.fixture
def draft(ana_place):
    return factories.letter(by=ana_place, hold=False)


@pytest.fixture
def held(ana_place):
    return factories.letter(by=ana_place)


@pytest.fixture
def released(ana_place, ben_place, pair, clock):
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    letter = factories.letter(by=ana_place)
    factories.open_next(pair=pair, clock=clock)
    letter.refresh_from_db()
    assert letter.state == Letter.State.RELEASED
    return letter


def edit(place, letter, body="Other words", *, version=None, hold=True):
    return actions.edit_letter(
        by=place,
        letter_id=letter.pk,
        version=letter.version if version is None else version,
        body=body,
        hold=hold,
    )


def test_r17_a_draft_waits_for_nothing(draft, pair, clock):
    assert (draft.state, draft.held_at, draft.version) == (Letter.State.DRAFT, None, 1)
    assert (draft.written_at, draft.length) == (clock.at, len(draft.body))
    assert seen.acts(in_=pair) == []


def test_r17_a_held_letter_waits_and_is_recorded_without_its_words(held, ana_place, pair, clock):
    assert (held.state, held.held_at) == (Letter.State.HELD, clock.at)
    assert seen.last_entry(in_=pair) == (Act.LETTER_HELD, ana_place.person_id, held.pk)


def test_r17_the_same_form_twice_makes_one_letter(ana_place, pair):
    key = uuid4()
    first = actions.write_letter(by=ana_place, key=key, body="Dear you", hold=True)
    once = seen.everything(in_=pair)
    second = actions.write_letter(by=ana_place, key=key, body="Dear you", hold=True)
    assert second == first
    assert seen.everything(in_=pair) == once


def test_r17_the_key_of_a_form_is_its_authors_own(ana_place, ben_place):
    key = uuid4()
    hers = actions.write_letter(by=ana_place, key=key, body="Hers", hold=True)
    his = actions.write_letter(by=ben_place, key=key, body="His", hold=True)
    assert hers != his
    assert (hers.body, his.body) == ("Hers", "His")


def test_r17_length_is_counted_in_characters(ana_place):
    assert factories.letter(by=ana_place, body="éß🌱\n").length == 4


@pytest.mark.parametrize("hold", [True, False])
def test_r17_editing_changes_the_words_and_the_version(draft, ana_place, clock, hold):
    clock.move(minutes=1)
    changed = edit(ana_place, draft, hold=hold)
    assert (changed.body, changed.length, changed.version) == ("Other words", 11, 2)
    assert changed.changed_at == clock.at
    assert changed.state == ("held" if hold else "draft")


def test_r17_editing_a_held_letter_keeps_its_place(held, ana_place, pair, clock):
    clock.move(days=1)
    changed = edit(ana_place, held)
    assert changed.held_at == held.held_at
    assert seen.acts(in_=pair) == [Act.LETTER_HELD]


@pytest.mark.parametrize("hold", [True, False])
def test_r17_editing_twice_is_editing_once(held, ana_place, pair, clock, hold):
    version = held.version
    edit(ana_place, held, version=version, hold=hold)
    once = seen.everything(in_=pair)
    clock.move(minutes=1)
    edit(ana_place, held, version=version, hold=hold)
    assert seen.everything(in_=pair) == once


def test_r17_what_was_changed_elsewhere_is_not_overwritten(held, ana_place, pair):
    edit(ana_place, held, "On the phone", version=1)
    before = seen.everything(in_=pair)
    with pytest.raises(ChangedElsewhereError) as elsewhere:
        edit(ana_place, held, "On the laptop", version=1)
    assert (elsewhere.value.version, elsewhere.value.body) == (2, "On the phone")
    assert seen.everything(in_=pair) == before


def test_r17_a_withdrawn_letter_is_a_draft_again(held, ana_place, pair):
    factories.take_back(by=ana_place, letter_id=held.pk)
    held.refresh_from_db()
    assert (held.state, held.held_at, held.body) == (Letter.State.DRAFT, None, "Dear you")
    assert seen.last_entry(in_=pair) == (Act.LETTER_WITHDRAWN, ana_place.person_id, held.pk)


def test_r17_withdrawing_twice_is_withdrawing_once(held, ana_place, pair):
    factories.take_back(by=ana_place, letter_id=held.pk)
    once = seen.everything(in_=pair)
    factories.take_back(by=ana_place, letter_id=held.pk)
    assert seen.everything(in_=pair) == once


def test_r17_a_deleted_letter_is_gone(held, ana_place, pair):
    actions.delete_letter(by=ana_place, letter_id=held.pk)
    assert not Letter.objects.exists()
    assert seen.acts(in_=pair) == [Act.LETTER_HELD, Act.LETTER_WITHDRAWN]
    actions.delete_letter(by=ana_place, letter_id=held.pk)
    assert seen.acts(in_=pair) == [Act.LETTER_HELD, Act.LETTER_WITHDRAWN]


def test_r17_what_was_released_is_not_changed_withdrawn_or_deleted(released, ana_place, pair):
    before = seen.everything(in_=pair)
    for act in (
        lambda: edit(ana_place, released),
        lambda: factories.take_back(by=ana_place, letter_id=released.pk),
        lambda: actions.delete_letter(by=ana_place, letter_id=released.pk),
    ):
        with pytest.raises(AlreadyReleasedError):
            act()
    assert seen.everything(in_=pair) == before


@pytest.mark.parametrize("place", ["ben_place", "elsewhere"])
def test_r17_to_everybody_else_it_is_as_if_it_did_not_exist(held, request, pair, place):
    stranger = request.getfixturevalue(place)
    before = seen.everything(in_=pair)
    for pk in (held.pk, uuid4()):
        with pytest.raises(Letter.DoesNotExist):
            factories.take_back(by=stranger, letter_id=pk)
        with pytest.raises(Letter.DoesNotExist):
            actions.edit_letter(by=stranger, letter_id=pk, version=1, body="x", hold=True)
        actions.delete_letter(by=stranger, letter_id=pk)
        with pytest.raises(Http404):
            get_letter_for(stranger, pk)
    assert seen.everything(in_=pair) == before


def test_r17_a_letter_in_one_pair_is_not_its_authors_in_another(held, ana, outsider, ana_place):
    there = use_code(by=ana, code=create_code(by=outsider))
    assert not letters_of(there).exists()
    with pytest.raises(Letter.DoesNotExist):
        factories.take_back(by=there, letter_id=held.pk)


def test_r17_the_other_sees_the_same_whether_letters_wait_or_not(ana_place, ben_place, pair, clock):
    """Written, held, edited, withdrawn, deleted: their queries give the same at each step."""
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    before = seen.pages(of=ben_place)
    letter = factories.letter(by=ana_place, hold=False)
    for step in (
        lambda: None,
        lambda: edit(ana_place, letter),
        lambda: factories.letter(by=ana_place, body="x" * 100_000),
        lambda: factories.take_back(by=ana_place, letter_id=letter.pk),
        lambda: actions.delete_letter(by=ana_place, letter_id=letter.pk),
        boundaries.sweep,
        actions.sweep,
    ):
        step()
        clock.move(minutes=1)
        assert seen.pages(of=ben_place) == before


def test_r17_one_can_write_and_withdraw_while_a_pause_stands(ana_place, ben_place):
    """A pause takes nobody's words away."""
    boundaries.pause(by=ben_place)
    letter = factories.letter(by=ana_place)
    factories.take_back(by=ana_place, letter_id=letter.pk)
    assert letters_of(ana_place).get().state == Letter.State.DRAFT


NEW = {
    "written": lambda place: factories.letter(by=place, hold=False),
    "held": lambda place: factories.letter(by=place),
    "typed": lambda place: actions.begin_draft(by=place, key=uuid4(), version=1, body="Words"),
}


@pytest.mark.parametrize("begin", NEW)
def test_no_more_letters_wait_than_can(ana_place, ben_place, pair, clock, begin):
    factories.held_letters(by=[ana_place], each=MOST_WAITING - 1, at=clock.at)
    last = NEW[begin](ana_place)
    before = seen.everything(in_=pair)
    with pytest.raises(TooManyLettersError):
        NEW[begin](ana_place)
    assert seen.everything(in_=pair) == before
    edit(ana_place, last)
    again = {"key": last.key, "body": "The same letter again", "hold": False, "version": 2}
    assert actions.write_letter(by=ana_place, **again) == last
    NEW[begin](ben_place)
    actions.delete_letter(by=ana_place, letter_id=last.pk)
    NEW[begin](ana_place)


def test_letters_that_went_take_no_room(released, ana_place, clock):
    factories.held_letters(by=[ana_place], each=MOST_WAITING - 1, at=clock.at)
    factories.letter(by=ana_place)
    with pytest.raises(TooManyLettersError):  # what was typed into one that went begins another
        actions.write_letter(by=ana_place, key=released.key, body="Typed too late", hold=False)


# --- What is typed on a page that is left -------------------------------------------------------


def keep(by, body="Words", *, key=None, version=0):
    return actions.keep_words(by=by, key=key or uuid4(), version=version, body=body)


def test_what_is_typed_on_a_page_that_is_left_becomes_a_draft_and_then_that_draft(ana_place):
    key = uuid4()
    first = keep(ana_place, "Half a", key=key)
    again = keep(ana_place, "Half a sentence", key=key, version=first.version)
    assert (again.pk, again.body, again.state) == (first.pk, "Half a sentence", Letter.State.DRAFT)
    assert keep(ana_place, "Half a sentence", key=key, version=again.version) == again
    assert Letter.objects.count() == 1


def test_a_page_that_knows_of_no_draft_takes_the_words_of_none(ana_place):
    """It was opened twice: both have one key."""
    key = uuid4()
    keep(ana_place, "In this tab", key=key)
    for _ in range(2):
        keep(ana_place, "In that tab", key=key)
    assert {letter.body for letter in Letter.objects.all()} == {"In this tab", "In that tab"}
    assert Letter.objects.count() == 2


@pytest.mark.parametrize("hold", [True, False])
def test_r17_what_is_typed_into_a_letter_that_is_held_or_was_changed_is_a_draft_of_its_own(
    ana_place, hold
):
    letter = factories.letter(by=ana_place)
    if not hold:
        factories.take_back(by=ana_place, letter_id=letter.pk)
    letter.refresh_from_db()
    before = (letter.body, letter.state, letter.version, letter.held_at)
    version = letter.version if hold else 1
    for _ in range(2):
        own = keep(ana_place, "More. Dear you", key=letter.key, version=version)
        assert (own.body, own.state) == ("More. Dear you", Letter.State.DRAFT)
    letter.refresh_from_db()
    assert (letter.body, letter.state, letter.version, letter.held_at) == before
    assert Letter.objects.count() == 2


def test_what_is_held_already_is_not_kept_once_more(ana_place, pair):
    letter = factories.letter(by=ana_place)
    before = seen.everything(in_=pair)
    assert keep(ana_place, letter.body, key=letter.key) == letter
    assert seen.everything(in_=pair) == before


def test_words_of_a_page_that_is_left_have_a_little_more_room(ana_place, pair, clock):
    factories.held_letters(by=[ana_place], each=MOST_WAITING, at=clock.at)
    for number in range(MOST_LEFT_BEHIND):
        keep(ana_place, f"Words {number}")
    before = seen.everything(in_=pair)
    for begin in (*NEW.values(), keep):
        with pytest.raises(TooManyLettersError):
            begin(ana_place)
    assert seen.everything(in_=pair) == before
