"""When zone data change, planned windows are computed again; what then fits nobody is skipped."""

import re
from dataclasses import astuple
from datetime import datetime, time, timedelta
from itertools import islice, pairwise
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from accounts.actions import create_code, use_code
from accounts.queries import other_membership
from boundaries import actions
from boundaries.actions import planning
from boundaries.actions.agreements import compute_again
from boundaries.actions.record import Act
from boundaries.models import Agreement, PersonalLimits, SetAside, Window
from boundaries.queries import agreement_in_force, load_situation
from boundaries.rules import acts, gate
from boundaries.rules import windows as rules
from boundaries.rules.reasons import Reason
from boundaries.rules.rhythm import Weekly
from boundaries.rules.windows import State, moved
from conversations import actions as conversations
from tests import beginnings, factories, raw, seen, zones
from tests.beginnings import beginning
from tests.cases import shared

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SUMMER, WINTER, HALF = "CEST-2", "CET-1", "XXX-1:30"
AS_IT_IS = "CET-1CEST,M3.5.0,M10.5.0/3"
AT_SIX_IN_WINTER = frozenset(day * 24 + 17 for day in range(7))
"""Six in the evening in Berlin in winter, as hours in UTC."""
EVERY_DAY = Weekly(1, 0, frozenset(range(7)))


@pytest.fixture
def data(tmp_path):
    """`with data(berlin=SUMMER):` in the block zone data are newer and Berlin's clock is such."""

    def newer(*, berlin, version="2099a"):
        folder = tmp_path / version
        return zones.other(folder=folder, version=version, Berlin=berlin)

    return newer


BEGINNINGS = {"agreement": beginnings.agree_to_all}

agreement = beginning("agreement")


@pytest.fixture
def others(make_person, clock):
    """Another pair, as both places."""
    dana, eli = make_person("dana"), make_person("eli")
    eli_place = use_code(by=eli, code=create_code(by=dana))
    return other_membership(eli_place), eli_place


def planned(pair):
    rows = Window.objects.filter(pair=pair, state=State.PLANNED).order_by("opens_at")
    return list(rows.values_list("pk", "opens_at", "closes_at"))


def hours(pair):
    return [opens_at.hour for _, opens_at, _ in planned(pair)]


def test_zone_data_of_the_tests_say_what_they_are_to_say(data):
    noon = datetime(2027, 1, 2, 12, 0)  # noqa: DTZ001 - a local time
    assert rules.to_utc(noon, "Europe/Berlin").hour == 11
    with data(berlin=SUMMER):
        assert rules.to_utc(noon, "Europe/Berlin").hour == 10
        assert rules.to_utc(noon, "Europe/Paris").hour == 11
        assert rules.zone_data() == "2099a"
    assert rules.to_utc(noon, "Europe/Berlin").hour == 11


@shared(("berlin", "after"), [(SUMMER, [16] * 6), (WINTER, [17] * 6), (HALF, [16] * 6)])
def test_windows_move_in_both_directions_and_stay_the_agreed_local_time(
    agreement, pair, data, berlin, after
):
    before = planned(pair)
    assert hours(pair) == [17] * 5 + [16]  # across the change of March
    with data(berlin=berlin):
        actions.sweep()
        now = planned(pair)
        found = rules.occurrences(agreement.terms, after=before[0][1] - HOUR)
        assert [each[1:] for each in now] == [astuple(span) for span in islice(found, 6)]
        situation = load_situation(pair, now[0][1])
        first = acts.OpenWindow(situation.windows[0])
        assert gate.reasons_against(first, situation, now[0][1]) == ()
    assert hours(pair) == after
    assert [each[0] for each in now] == [each[0] for each in before]  # an old page still works
    assert seen.last_entry(in_=pair) == (Act.WINDOWS_MOVED, None, agreement.pk)
    assert not Window.objects.filter(ended_at__isnull=False).exists()


def test_without_computing_again_a_window_at_another_time_never_opens(agreement, pair, data, clock):
    """So the gate had it before, too: nothing opens at a time that the terms do not name."""
    window = factories.next_window(pair=pair)
    with data(berlin=SUMMER):
        clock.go_to(window.opens_at)
        situation = load_situation(pair, clock.at)
        act = acts.OpenWindow(window.as_value())
        assert gate.reasons_against(act, situation, clock.at) == (Reason.NO_AGREEMENT,)


def test_nothing_moves_twice_and_a_sweep_that_finds_nothing_changes_nothing(agreement, pair, data):
    with data(berlin=SUMMER):
        actions.sweep()
        once = seen.everything(in_=pair)
        actions.sweep()
        compute_again(pair.pk)
        assert seen.everything(in_=pair) == once
    with data(berlin=SUMMER, version="2099b"):
        actions.sweep()
        again = seen.everything(in_=pair)
        assert {kind for kind in once if once[kind] != again[kind]} == {"Agreement"}
    assert agreement_in_force(pair).zone_data == "2099b"


def test_an_agreement_from_before_is_computed_again_once_and_nothing_moves(agreement, pair):
    assert agreement.zone_data == rules.zone_data() != ""
    before = seen.everything(in_=pair)
    Agreement.objects.update(zone_data="")
    actions.sweep()
    assert seen.everything(in_=pair) == before


def test_what_moved_moves_back_with_newer_data(agreement, pair, data):
    before = planned(pair)
    with data(berlin=HALF):
        actions.sweep()
        assert planned(pair) != before
    with data(berlin=AS_IT_IS, version="2099b"):
        actions.sweep()
    assert planned(pair) == before


def test_of_two_workers_the_one_with_older_data_moves_nothing_back(agreement, pair, data):
    with data(berlin=HALF):
        actions.sweep()
        moved_once = seen.everything(in_=pair)
    for _ in range(2):
        actions.sweep()
        compute_again(pair.pk)
        with data(berlin=HALF):
            actions.sweep()
    assert seen.everything(in_=pair) == moved_once


@shared(
    ("older", "newer"),
    [("", "1993a"), ("2025b", "2025c"), ("2025c", "2026a"), ("2026z", "2027a"), ("2026a", "2030a")],
)
def test_older_is_older_to_the_database_too(agreement, pair, data, older, newer):
    for stored, now, counts in (
        (older, newer, newer),
        (newer, older, newer),
        (newer, newer, newer),
    ):
        Agreement.objects.update(zone_data=stored)
        with data(berlin=AS_IT_IS, version=now):
            actions.sweep()
        assert agreement_in_force(pair).zone_data == counts


def test_who_skips_still_does_and_who_said_go_ahead_is_asked_again(
    agreement, pair, ana_place, ben_place, data
):
    first, *_, last = (key for key, *_ in planned(pair))
    for window in (first, last):
        actions.skip(by=ana_place, window_id=window)
        actions.go_ahead(by=ben_place, window_id=window)
    with data(berlin=SUMMER):  # the last is in summer: it stays
        actions.sweep()
    ana, ben = ana_place.person_id, ben_place.person_id
    answers = {each: Window.objects.get(pk=each).answers for each in (first, last)}
    assert answers == {first: {str(ana): False}, last: {str(ana): False, str(ben): True}}


def test_r8_outside_somebody_s_hours_it_is_skipped(
    agreement, pair, ana_place, ben_place, ana_client, ben_client, data, clock
):
    letter = factories.letter(by=ana_place)
    with data(berlin=SUMMER):
        with factories.undone():
            actions.sweep()
            as_ever = page(ana_client, pair)
        actions.set_limits(by=ben_place, limits=factories.limits(hours=AT_SIX_IN_WINTER))
        actions.sweep()
        assert page(ana_client, pair) == as_ever
        assert ben_client.get(f"/pairs/{pair.pk}/now/").context["answer"] == "outside"
        window = factories.next_window(pair=pair)
        assert window.opens_at.hour == 16
        clock.go_to(window.opens_at)
        situation = load_situation(pair, clock.at)
        reasons = gate.reasons_against(acts.OpenWindow(window.as_value()), situation, clock.at)
        assert Reason.OUTSIDE_HOURS in reasons
        conversations.sweep()
        window.refresh_from_db()
        letter.refresh_from_db()
        assert (window.state, letter.state) == (State.SKIPPED, "held")


def page(client, pair):
    """What a person reads, without what is another one with each request."""
    shown = client.get(f"/pairs/{pair.pk}/").content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value|nonce|X-CSRFToken)[^>]*', "", shown)


def test_r9_hours_that_are_widened_bring_what_moved_outside_not_back_by_themselves(
    agreement, pair, ben_place, data, clock
):
    actions.set_limits(by=ben_place, limits=factories.limits(hours=AT_SIX_IN_WINTER))
    with data(berlin=SUMMER):
        actions.sweep()
        actions.set_limits(by=ben_place, limits=factories.limits())
        window = factories.next_window(pair=pair)
        clock.go_to(window.opens_at)
        conversations.sweep()
        window.refresh_from_db()
        assert window.state == State.SKIPPED


@shared("says_go_ahead", [True, False])
def test_r9_hours_that_moved_away_from_a_window_that_stays_are_not_given_back_by_widening(
    agreement, pair, ana_place, ben_place, tmp_path, clock, says_go_ahead
):
    """Ben's limits are in another zone than what was agreed, and only that zone changes."""
    window, before = factories.next_window(pair=pair), planned(pair)
    in_lisbon = factories.limits(zone="Europe/Lisbon", hours=AT_SIX_IN_WINTER)
    actions.set_limits(by=ben_place, limits=in_lisbon)
    for place in (ana_place, ben_place) if says_go_ahead else ():
        actions.go_ahead(by=place, window_id=window.pk)
    with zones.other(folder=tmp_path, version="2099a", Lisbon="XXX-3"):
        actions.sweep()
        assert planned(pair) == before
        actions.set_limits(by=ben_place, limits=factories.limits())
        window.refresh_from_db()
        others = {str(ana_place.person_id): True} if says_go_ahead else {}
        assert window.answers == others | {str(ben_place.person_id): False}
        clock.go_to(window.opens_at)
        conversations.sweep()
        window.refresh_from_db()
        assert window.state == State.SKIPPED


def test_what_would_move_into_the_past_stays_and_is_skipped(agreement, pair, data, clock):
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at - HOUR)  # to the instant: the beginning is part of it
    with data(berlin=SUMMER):
        actions.sweep()
        assert hours(pair) == [17, 16, 16, 16, 16, 16]
        clock.go_to(window.opens_at)
        actions.sweep()
        conversations.sweep()
    window.refresh_from_db()
    assert window.state == State.SKIPPED


@shared(("berlin", "after"), [(SUMMER, 16), (WINTER, 17), ("XXX0", 18)])
def test_what_is_open_stays_as_it_is(agreement, pair, data, clock, berlin, after):
    opened = factories.open_next(pair=pair, clock=clock)
    with data(berlin=berlin):
        actions.sweep()
    assert Window.objects.get(pk=opened.pk).opens_at == opened.opens_at
    assert Window.objects.get(pk=opened.pk).state == State.OPEN
    assert hours(pair) == [after] * 5


def test_what_is_due_stays_also_if_it_would_move_away(agreement, pair, data, clock):
    due = factories.next_window(pair=pair)
    clock.go_to(due.opens_at)
    with data(berlin="XXX0"):
        actions.sweep()
        conversations.sweep()
    now = Window.objects.get(pk=due.pk)
    assert (now.opens_at, now.state) == (due.opens_at, State.SKIPPED)


def test_r6_the_review_comes_nearer_with_the_last_window_and_never_moves_away(
    agreement, pair, data, clock
):
    before = agreement.review_at
    with data(berlin="XXX-3"):
        actions.sweep()
        assert agreement_in_force(pair).review_at == planned(pair)[-1][2] == before - HOUR
    with data(berlin=WINTER, version="2099b"):
        actions.sweep()
        assert planned(pair)[-1][2] == before + HOUR
        assert agreement_in_force(pair).review_at == before - HOUR
        clock.go_to(before)
        for step in (actions.sweep, conversations.sweep):
            step()
        assert agreement_in_force(pair) is not None  # its last conversation is still to come
        clock.go_to(before + 2 * HOUR)
        for step in (conversations.sweep, actions.sweep):
            step()
        assert agreement_in_force(pair) is None


def test_what_the_terms_do_not_name_any_more_is_cancelled(agreement, pair, data):
    """By a day that vanishes: a clock that is put forward by a whole day, for good."""
    with data(berlin="XXX+23"):
        actions.sweep()
    assert planned(pair) == []
    assert set(Window.objects.values_list("state", flat=True)) == {State.CANCELLED}
    assert agreement_in_force(pair).review_at <= agreement.review_at
    actions.sweep()
    assert agreement_in_force(pair) is None  # nothing is left of it


@shared("berlin", ["XXX+8", "XXX-11"])
def test_the_longest_conversations_of_all_days_move_at_once(
    ana_place, ben_place, pair, data, clock, berlin
):
    factories.allow(by=(ana_place, ben_place), minutes=720, days_between=1)
    agreed = {"rhythm": EVERY_DAY, "minutes": 720, "at": time(18, 0)}
    factories.agree(by=ana_place, other=ben_place, clock=clock, **agreed)
    before = planned(pair)
    with data(berlin=berlin):
        actions.sweep()
    now = planned(pair)
    assert [each[0] for each in now] == [each[0] for each in before]
    assert not set(now[1:]) & set(before)  # the first would be in the past
    assert all(one[2] <= other[1] for one, other in pairwise(now))


def test_none_meets_another_on_its_way(agreement, pair, clock):
    """Each goes to where the next one was, which neither the guard nor a constraint would take."""
    situation = load_situation(pair, clock.at)
    ahead = [each.id for each in situation.windows]
    places = [each.span for each in situation.windows[1:]]
    planning.move(dict(zip(ahead, [*places, None], strict=True)), situation, clock.at)
    assert [each[0] for each in planned(pair)] == ahead[:-1]
    assert [each[1] for each in planned(pair)] == [each.opens_at for each in places]


def test_an_hour_at_midnight_is_the_same_conversation_on_another_day():
    terms = factories.terms(rhythm=EVERY_DAY, at=time(0, 30), zone="UTC", minutes=30)
    at = factories.utc(year=2027, month=1, day=1)
    rows = [window(day=2, hour=23, minute=45), window(day=4, hour=1, minute=15)]
    spans = [factories.span(opens_at=row, minutes=30) for row in (utc(day=3), utc(day=4))]
    assert moved(terms, rows, at) == {row.id: span for row, span in zip(rows, spans, strict=True)}


def utc(*, day):
    return factories.utc(year=2027, month=1, day=day, minute=30)


def window(**when):
    opens_at = factories.utc(year=2027, month=1, **when)
    span = factories.span(opens_at=opens_at, minutes=30)
    return rules.Window(id=uuid4(), span=span, state=State.PLANNED)


def test_two_that_would_be_at_one_time_become_one():
    terms = factories.terms(rhythm=Weekly(1, 0, frozenset({0})), at=time(12, 0), zone="UTC")
    rows = [window(day=4, hour=8), window(day=4, hour=16)]
    found = moved(terms, rows, factories.utc(year=2027, month=1, day=1))
    assert found[rows[0].id].opens_at.hour == 12
    assert found[rows[1].id] is None


def test_r13_r16_where_nothing_is_in_force_nothing_is_touched(
    agreement, pair, ana_place, others, data, clock
):
    factories.allow(by=others)
    factories.agree(by=others[0], other=others[1], clock=clock)
    actions.pause(by=ana_place)
    conversations.part(by=others[1])
    pairs = (pair, others[0].pair)
    before = [seen.everything(in_=each) for each in pairs]
    with data(berlin=SUMMER):
        actions.sweep()
        for each in pairs:
            compute_again(each.pk)
    assert [seen.everything(in_=each) for each in pairs] == before


def test_r7_a_fault_in_one_pair_does_not_stop_another(
    agreement, pair, ben_place, others, data, clock
):
    factories.allow(by=others)
    factories.agree(by=others[0], other=others[1], clock=clock)
    conversations.sweep()  # the first of the one pair is over by now
    break_limits(ben_place)
    with data(berlin=SUMMER):
        actions.sweep()
        assert SetAside.objects.get().pair_id == pair.pk
        assert hours(pair)[0] == 17
        assert agreement_in_force(pair).zone_data != "2099a"
        assert hours(others[0].pair) == [16] * 6
        PersonalLimits.objects.filter(membership=ben_place).update(value=factories.limits())
        clock.move(minutes=1)
        actions.sweep()
        assert hours(pair) == [16] * 5


def break_limits(place):
    key = place.pk if connection.features.has_native_uuid_field else place.pk.hex
    with connection.cursor() as cursor:
        sql = "UPDATE boundaries_personallimits SET value = '{}' WHERE membership_id = %s"
        cursor.execute(sql, [key])


def test_a_page_that_looks_again_shows_the_new_time(agreement, pair, ana_client, data):
    address = f"/pairs/{pair.pk}/now/"
    look = ana_client.get(address).context["look"]
    assert ana_client.get(address, {"look": look}).status_code == 204
    with data(berlin=SUMMER):
        actions.sweep()
        assert ana_client.get(address, {"look": look}).status_code == 200


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_the_migration_leaves_what_was_agreed_and_the_guards_are_up_after_it(agreement, pair, data):
    """SQLite makes the table anew."""
    before = planned(pair)
    call_command("migrate", "boundaries", "0002", verbosity=0)
    try:
        refused_by_a_guard(agreement)
    finally:
        call_command("migrate", verbosity=0)
    refused_by_a_guard(agreement)
    agreement.refresh_from_db()
    assert (agreement.zone_data, planned(pair)) == ("", before)
    with data(berlin=SUMMER):
        actions.sweep()
        assert hours(pair) == [16] * 6


def refused_by_a_guard(agreement):
    with pytest.raises(IntegrityError, match="agreement_stays"):
        raw.change(agreement, number=7)
