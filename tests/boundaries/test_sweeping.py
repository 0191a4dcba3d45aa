"""R7: a fault in one pair sets that pair aside, stops nobody else, and is tried again."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.actions import create_code, use_code
from accounts.models import Pair
from accounts.queries import other_membership
from boundaries import actions, guards
from boundaries.actions.sweeping import BATCH, SET_ASIDE_FOR, batched
from boundaries.models import Agreement, PersonalLimits, SetAside, Window
from boundaries.queries import agreement_in_force
from boundaries.rules.windows import State
from conversations import actions as conversations
from conversations.models import Letter, Notice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def others(make_person, clock):
    """Another pair, as both places."""
    dana, eli = make_person("dana"), make_person("eli")
    eli_place = use_code(by=eli, code=create_code(by=dana))
    return other_membership(eli_place), eli_place


@pytest.fixture
def two_pairs(ana_place, ben_place, others, clock):
    factories.allow(by=(ana_place, ben_place, *others))
    return (ana_place, ben_place), others


def break_limits(place):
    """What no code of ours writes, but a hand in the database can."""
    table = PersonalLimits._meta.db_table
    key = place.pk if connection.features.has_native_uuid_field else place.pk.hex
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET value = '{{}}' WHERE membership_id = %s", [key])


def mend_limits(place):
    PersonalLimits.objects.filter(membership=place).update(value=factories.limits())


def go_on(clock):
    actions.sweep()
    conversations.sweep()


def test_r7_a_fault_in_one_pair_does_not_stop_the_opening_of_another(two_pairs, clock):
    (ana, ben), (dana, eli) = two_pairs
    hers = factories.cooling_off(by=ana, other=ben)
    factories.agree(by=dana, other=eli, clock=clock)
    assert agreement_in_force(ana.pair).proposal == hers
    letters = [factories.letter(by=each) for each in (ana, dana)]
    window = factories.next_window(pair=ana.pair)
    break_limits(ben)
    clock.go_to(window.opens_at)
    go_on(clock)
    assert Window.objects.get(pk=window.pk).state == State.PLANNED
    assert Letter.objects.get(pk=letters[0].pk).state == Letter.State.HELD
    assert Letter.objects.get(pk=letters[1].pk).state == Letter.State.RELEASED
    aside = SetAside.objects.get()
    assert (aside.pair_id, aside.until, aside.reason) == (
        ana.pair_id,
        clock.at + SET_ASIDE_FOR,
        "KeyError",
    )


def test_r7_who_was_set_aside_is_tried_again_later_and_not_before(two_pairs, clock):
    (ana, ben), _ = two_pairs
    factories.agree(by=ana, other=ben, clock=clock)
    letter = factories.letter(by=ana)
    window = factories.next_window(pair=ana.pair)
    break_limits(ben)
    clock.go_to(window.opens_at)
    go_on(clock)
    mend_limits(ben)
    clock.move(seconds=59)
    go_on(clock)
    letter.refresh_from_db()
    assert letter.state == Letter.State.HELD
    clock.move(seconds=1)
    go_on(clock)
    letter.refresh_from_db()
    assert letter.state == Letter.State.RELEASED


def test_r7_who_stays_broken_is_set_aside_again_and_misses_the_conversation(two_pairs, clock):
    (ana, ben), _ = two_pairs
    factories.agree(by=ana, other=ben, clock=clock)
    window = factories.next_window(pair=ana.pair)
    break_limits(ben)
    for minutes in (0, 1, 2):
        clock.go_to(window.opens_at + timedelta(minutes=minutes))
        go_on(clock)
        assert SetAside.objects.get().until == clock.at + SET_ASIDE_FOR
    mend_limits(ben)
    clock.go_to(window.closes_at)
    go_on(clock)
    window.refresh_from_db()
    assert window.state == State.MISSED


def test_r7_a_fault_in_one_pair_does_not_stop_what_takes_force_in_another(two_pairs, clock):
    (ana, ben), (dana, eli) = two_pairs
    factories.cooling_off(by=ana, other=ben)
    proposal = factories.cooling_off(by=dana, other=eli)
    break_limits(ben)
    clock.go_to(proposal.takes_force_at)
    actions.sweep()
    assert agreement_in_force(ana.pair) is None
    assert agreement_in_force(dana.pair) is not None


def test_r7_a_fault_in_one_pair_does_not_stop_a_notice_to_another(
    two_pairs, clock, mailoutbox, settings
):
    (ana, ben), (dana, eli) = two_pairs
    factories.cooling_off(by=ana, other=ben)
    factories.agree(by=dana, other=eli, clock=clock)
    for place in (ana, eli):
        factories.ask_for_notices(by=place, only=["wants_notice_on_opening"])
    clock.go_to(factories.next_window(pair=ana.pair).opens_at)
    conversations.open_and_release([ana.pair_id, eli.pair_id])
    assert Notice.objects.filter(end="").count() == 2
    break_limits(ben)
    conversations.send_notices()
    assert [mail.to for mail in mailoutbox] == [[eli.person.email]]
    mend_limits(ben)
    clock.move(minutes=1)
    conversations.send_notices()
    assert [mail.to for mail in mailoutbox] == [[eli.person.email], [ana.person.email]]


def test_r7_a_broken_agreement_can_still_be_ended_by_a_pause(two_pairs, clock):
    (ana, ben), _ = two_pairs
    agreement = factories.agree(by=ana, other=ben, clock=clock)
    with guards.down(connection, "agreement_stays"), connection.cursor() as cursor:
        cursor.execute("UPDATE boundaries_agreement SET terms = '{}'")
    clock.go_to(Window.objects.order_by("opens_at")[0].opens_at)
    go_on(clock)
    assert SetAside.objects.get().pair_id == ana.pair_id
    actions.pause(by=ben)
    assert Agreement.objects.filter(pk=agreement.pk, ended_at=clock.at).exists()


def test_batches_are_small_and_have_everything_in_order():
    keys = [Pair().pk for _ in range(2 * BATCH + 1)]
    slices = list(batched(keys, BATCH))
    assert [len(each) for each in slices] == [BATCH, BATCH, 1]
    assert [key for each in slices for key in each] == keys
    assert list(batched([], BATCH)) == []
