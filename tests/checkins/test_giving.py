"""R24: check-ins are given for oneself alone; less and pause act at once, more adds nothing."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.vault import UnreadableError
from boundaries import actions as boundaries
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, RecordEntry
from boundaries.queries import load_situation, own_limits, terms_in_force
from boundaries.rules.checkins import Answer, Kind
from boundaries.rules.ways import Less, More
from boundaries.rules.windows import State
from checkins import actions, queries
from checkins.exceptions import OverError, WayGoneError, WordsNotKeptError
from checkins.models import CheckIn
from conversations import actions as conversations
from tests import beginnings, factories, zones
from tests.beginnings import Begun, beginning
from tests.cases import shared

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def come_near(begun: Begun) -> None:
    """The conversation, a day before it."""
    beginnings.plan_for_next_month(begun)
    begun.clock.go_to(begun.window.opens_at - DAY)
    begun.before = begun.window


def go_by(begun: Begun) -> None:
    """The conversation, which was held the day before."""
    beginnings.plan_for_next_month(begun)
    begun.after = factories.hold(pair=begun.pair, clock=begun.clock)
    begun.clock.go_to(begun.after.closes_at + DAY)


BEGINNINGS = {"before": come_near, "after": go_by}

before, after = map(beginning, BEGINNINGS)


def less(place, clock, way=Less.HALF_AS_LONG, **changes):
    base = queries.base_of(load_situation(place.pair, clock.at))
    return factories.said(Answer.LESS, way=way, base=base, **changes)


def more(place, clock, way=More.MORE_LETTERS):
    own_base = queries.own_base_of(place, load_situation(place.pair, clock.at))
    return factories.said(Answer.MORE, way=way, own_base=own_base, safe=3)


def due(place, clock):
    found = queries.due_for(place, load_situation(place.pair, clock.at), clock.at)
    return [(each.kind, each.window.id) for each in found]


def test_r24_go_ahead_and_skip_are_said_as_on_the_pair_s_page(before, ana_place, ben_place):
    for place, answer in ((ana_place, Answer.GO_AHEAD), (ben_place, Answer.SKIP)):
        actions.give_before(by=place, window_id=before.pk, said=factories.said(answer))
    before.refresh_from_db()
    said = before.as_value()
    assert said.go_ahead == {ana_place.person_id}
    assert said.skipped == {ben_place.person_id}
    assert {row.answer for row in CheckIn.objects.all()} == {"go_ahead", "skip"}


def test_r24_a_go_ahead_on_the_pair_s_page_answers_the_check_in(before, ana_place, clock):
    boundaries.go_ahead(by=ana_place, window_id=before.pk)
    assert due(ana_place, clock) == []
    nothing_given(ana_place, before, factories.said(Answer.GO_AHEAD))
    boundaries.skip(by=ana_place, window_id=before.pk)
    boundaries.go_ahead(by=ana_place, window_id=before.pk)
    assert due(ana_place, clock) == []


def test_r24_less_is_in_force_at_once(before, ana_place, pair, clock):
    actions.give_before(by=ana_place, window_id=before.pk, said=less(ana_place, clock))
    assert terms_in_force(pair).minutes == 20
    row = CheckIn.objects.get()
    assert (row.kind, row.answer, row.way) == ("before", "less", "half_as_long")
    assert (row.safe, row.body) == (None, None)


def test_r13_a_pause_is_no_answer_but_an_act_of_its_own():
    """Else it would be kept that they paused, and nothing would be."""
    with pytest.raises(ValueError, match="act of its own"):
        factories.said(Answer.PAUSE)


@shared("answer", [Answer.GO_AHEAD, Answer.SKIP])
def test_sent_twice_it_is_given_once(before, ana_place, pair, answer):
    said = factories.said(answer)
    for _ in range(2):
        actions.give_before(by=ana_place, window_id=before.pk, said=said)
    assert CheckIn.objects.count() == 1
    once = RecordEntry.objects.filter(actor=ana_place.person).exclude(act="limits_set")
    assert [row.act for row in once].count(answer) == 1


def test_less_that_is_sent_twice_is_one_step(after, ana_place, pair, clock):
    said = less(ana_place, clock, safe=2)
    for _ in range(2):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert terms_in_force(pair).minutes == 20


def test_r1_less_is_not_said_to_hold_once_both_agreed_to_other_terms(
    after, ana_place, ben_place, pair, clock
):
    said = less(ana_place, clock)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    factories.hold(pair=pair, clock=clock)
    factories.agree(by=ben_place, other=ana_place, clock=clock, minutes=60)
    with pytest.raises(WayGoneError):
        actions.give_own(by=ana_place, said=said)
    assert terms_in_force(pair).minutes == 60


def test_r9_more_is_not_said_to_hold_once_one_allowed_less(ana_place, after, clock):
    limits = replace(own_limits(ana_place), letters=3)
    boundaries.set_limits(by=ana_place, limits=limits)
    clock.move(minutes=1)
    said = more(ana_place, clock)
    for _ in range(2):
        actions.give_own(by=ana_place, said=said)
    assert CheckIn.objects.count() == 1
    clock.move(minutes=1)
    boundaries.set_limits(by=ana_place, limits=replace(limits, letters=0, letter_length=0))
    with pytest.raises(WayGoneError):
        actions.give_own(by=ana_place, said=said)


# --- Another answer from the same page --------------------------------------------------------


def test_r24_who_thinks_again_on_the_same_page_has_what_they_chose_last(before, ana_place, clock):
    """Each button of a page sends the same key: a skip after a "go ahead" is no doubled click."""
    go_ahead = factories.said(Answer.GO_AHEAD)
    skip = replace(go_ahead, answer=Answer.SKIP)
    for said in (go_ahead, skip, skip):
        actions.give_before(by=ana_place, window_id=before.pk, said=said)
        clock.move(minutes=1)
    before.refresh_from_db()
    assert before.as_value().skipped == {ana_place.person_id}
    assert answers() == ["go_ahead", "skip"]
    with pytest.raises(OverError):  # the page of the pair takes a skip back, and says so
        actions.give_before(by=ana_place, window_id=before.pk, said=go_ahead)


def test_r24_a_skip_that_was_taken_back_since_is_no_doubled_click(before, ana_place, clock):
    skip = factories.said(Answer.SKIP)
    actions.give_before(by=ana_place, window_id=before.pk, said=skip)
    clock.move(minutes=1)
    boundaries.go_ahead(by=ana_place, window_id=before.pk)
    actions.give_before(by=ana_place, window_id=before.pk, said=skip)
    before.refresh_from_db()
    assert before.as_value().skipped == {ana_place.person_id}


@shared("first", [Answer.GO_AHEAD, Answer.SKIP])
def test_r1_less_from_the_same_page_holds_whatever_was_answered_first(
    before, ana_place, pair, clock, first
):
    second = less(ana_place, clock)
    for said in (factories.said(first, key=second.key), second, second):
        actions.give_before(by=ana_place, window_id=before.pk, said=said)
        clock.move(minutes=1)
    assert terms_in_force(pair).minutes == 20
    assert answers() == [first, "less"]


def test_r1_less_from_the_same_page_after_a_conversation_holds_and_its_words_are_kept(
    after, ana_place, pair, clock
):
    second = less(ana_place, clock, safe=1, body="On second thought, no.")
    first = factories.said(Answer.SAME, key=second.key, safe=3, body="Once.")
    for said in (first, second, second):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
        clock.move(minutes=1)
    assert terms_in_force(pair).minutes == 20
    rows = queries.check_ins_in(ana_place)
    assert [(row.kind, row.body, row.how_safe) for row in rows] == [
        ("own", "On second thought, no.", 1),
        ("after", "Once.", 3),
    ]


def test_other_words_from_the_same_page_are_refused_after_a_conversation(after, ana_place):
    first = factories.said(Answer.SAME, safe=3, body="Once.")
    actions.give_after(by=ana_place, window_id=after.pk, said=first)
    for changes in ({"body": "Twice."}, {"safe": 2}):
        with pytest.raises(OverError):
            actions.give_after(by=ana_place, window_id=after.pk, said=replace(first, **changes))
    assert CheckIn.objects.get().key != first.key


def test_other_words_from_the_same_page_are_another_one_of_ones_own(ana_place, clock):
    first = factories.said(Answer.SAME, safe=3, body="Once.")
    second = replace(first, body="Twice.")
    third = replace(first, safe=1)
    for said in (first, second, third, third, second, first):
        actions.give_own(by=ana_place, said=said)
        clock.move(minutes=1)
    rows = queries.check_ins_in(ana_place)
    assert [(row.body, row.how_safe) for row in rows] == [("Once.", 1), ("Twice.", 3), ("Once.", 3)]


def test_r1_less_that_holds_no_more_is_taken_again_from_the_same_page(
    after, ana_place, ben_place, pair, clock
):
    """They agreed again on what there was; so who presses it again means it."""
    said = less(ana_place, clock, safe=2)
    actions.give_own(by=ana_place, said=said)
    factories.hold(pair=pair, clock=clock)  # more needs a whole one first (R5)
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    assert terms_in_force(pair).minutes == 45
    actions.give_own(by=ana_place, said=said)
    assert terms_in_force(pair).minutes == 20
    assert CheckIn.objects.count() == 2


def answers():
    return [row.answer for row in CheckIn.objects.order_by("given_at")]


# --- What cannot be given ---------------------------------------------------------------------


def nothing_given(by, window, said):
    kept, agreements = CheckIn.objects.count(), Agreement.objects.count()
    with pytest.raises(OverError):
        actions.give_before(by=by, window_id=window.pk, said=said)
    assert CheckIn.objects.count() == kept
    assert Agreement.objects.count() == agreements


def test_a_go_ahead_that_is_over_given_or_not_yet_due_is_refused(before, ana_place, clock):
    clock.go_to(before.opens_at - 4 * DAY)
    nothing_given(ana_place, before, factories.said(Answer.GO_AHEAD))
    clock.go_to(before.opens_at - DAY)
    actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    nothing_given(ana_place, before, factories.said(Answer.GO_AHEAD))
    CheckIn.objects.all().delete()
    clock.go_to(before.opens_at)
    nothing_given(ana_place, before, factories.said(Answer.GO_AHEAD))


@shared("how", ["not due yet", "switched off", "due for opening"])
def test_r1_a_skip_and_less_hold_whatever_became_of_the_check_in(
    before, ana_place, pair, clock, how
):
    if how == "not due yet":
        clock.go_to(before.opens_at - 4 * DAY)
    if how == "switched off":
        actions.save_wish(by=ana_place, is_wanted=False, days_ahead=3)
    if how == "due for opening":
        clock.go_to(before.opens_at)
    for said in (less(ana_place, clock), factories.said(Answer.SKIP)):
        actions.give_before(by=ana_place, window_id=before.pk, said=said)
    before.refresh_from_db()
    assert before.as_value().skipped == {ana_place.person_id}
    assert terms_in_force(pair).minutes == 20


def test_r24_who_skips_when_it_has_opened_meanwhile_leaves_it(before, ana_place, clock):
    clock.go_to(before.opens_at)
    conversations.sweep()
    assert actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.SKIP))
    before.refresh_from_db()
    assert before.state == State.CUT_SHORT
    assert not CheckIn.objects.exists(), "leaving is no answer from before it"


@shared("how", ["open", "held", "to come"])
def test_r1_less_is_kept_as_given_before_only_what_is_to_come(before, ana_place, pair, clock, how):
    if how == "open":
        factories.open_next(pair=pair, clock=clock)
    if how == "held":
        factories.hold(pair=pair, clock=clock)
        clock.move(days=1)
    assert not actions.give_before(by=ana_place, window_id=before.pk, said=less(ana_place, clock))
    row = CheckIn.objects.get()
    wanted = ("before", before.pk) if how == "to come" else ("own", None)
    assert (row.kind, row.window_id) == wanted


def test_a_skip_of_what_is_over_is_refused_by_the_gate(before, ana_place, clock):
    clock.go_to(before.closes_at)
    with pytest.raises(RefusedError):
        actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.SKIP))
    assert not CheckIn.objects.exists()


@shared("answer", [Answer.GO_AHEAD, Answer.SKIP])
def test_around_another_pair_s_conversation_nothing_is_given(before, elsewhere, answer):
    nothing_given(elsewhere, before, factories.said(answer))


def test_around_another_pair_s_conversation_no_less_is_taken(before, ana_place, elsewhere, clock):
    with pytest.raises(OverError):
        actions.give_before(by=elsewhere, window_id=before.pk, said=less(ana_place, clock))


def test_after_what_was_cancelled_nothing_is_given(before, ana_place, ben_place, clock):
    boundaries.pause(by=ben_place)
    nothing_given(ana_place, before, factories.said(Answer.GO_AHEAD))


# --- Asked again ------------------------------------------------------------------------------


@pytest.fixture
def other_zone_data(tmp_path):
    """Zone data with which what is agreed is an hour earlier: summer time for ever."""
    with zones.other(folder=tmp_path / "2099a", version="2099a", Berlin="CEST-2"):
        yield


@pytest.mark.parametrize("needed", [True, False])
def test_r24_who_said_go_ahead_to_a_conversation_that_moves_is_asked_again(
    before, ana_place, clock, request, needed
):
    factories.allow(by=(ana_place,), ask_before_each=needed)
    actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    assert due(ana_place, clock) == []
    request.getfixturevalue("other_zone_data")
    boundaries.sweep()
    was = before.opens_at
    before.refresh_from_db()
    assert before.opens_at == was - timedelta(hours=1)
    assert due(ana_place, clock) == [(Kind.BEFORE, before.pk)]
    clock.move(minutes=1)
    actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    before.refresh_from_db()
    assert before.as_value().go_ahead == {ana_place.person_id}
    assert due(ana_place, clock) == []
    clock.go_to(before.opens_at)
    conversations.sweep()
    before.refresh_from_db()
    assert before.state == State.OPEN


def test_who_skipped_a_conversation_that_moves_is_not_asked_again(
    before, ana_place, clock, request
):
    actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.SKIP))
    request.getfixturevalue("other_zone_data")
    boundaries.sweep()
    assert due(ana_place, clock) == []


def test_r24_after_less_who_must_say_go_ahead_still_can(before, ana_place, pair, clock):
    factories.allow(by=(ana_place,), ask_before_each=True)
    actions.give_before(by=ana_place, window_id=before.pk, said=less(ana_place, clock))
    assert due(ana_place, clock) == [(Kind.BEFORE, before.pk)]
    clock.move(minutes=1)
    actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    assert due(ana_place, clock) == []
    clock.go_to(before.opens_at)
    conversations.sweep()
    before.refresh_from_db()
    assert before.state == State.OPEN
    assert before.closes_at - before.opens_at == timedelta(minutes=20)


def test_after_less_who_need_not_say_go_ahead_is_asked_nothing(before, ana_place, clock):
    actions.give_before(by=ana_place, window_id=before.pk, said=less(ana_place, clock))
    assert due(ana_place, clock) == []


def test_where_the_gate_refuses_the_answer_nothing_is_kept(before, ana_place, clock, monkeypatch):
    """It opens between the two instants: the act's own, later one counts."""

    def too_late(**_):
        raise RefusedError([])

    monkeypatch.setattr(boundaries, "go_ahead", too_late)
    with pytest.raises(RefusedError):
        actions.give_before(by=ana_place, window_id=before.pk, said=factories.said(Answer.GO_AHEAD))
    assert not CheckIn.objects.exists()


# --- After, and by oneself --------------------------------------------------------------------


def test_after_a_conversation_words_are_sealed_and_there_for_their_writer(after, ana_place):
    said = factories.said(Answer.SAME, safe=4, body="My shoulders came down.")
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    row = queries.check_ins_in(ana_place).get()
    assert (row.how_safe, row.body) == (4, "My shoulders came down.")
    stored = CheckIn.objects.values_list("safe", "body").get()
    assert not any(bytes(each) == b"4" or b"shoulders" in bytes(each) for each in stored)


def all_that_was_stored():
    """The rows as the database has them, without what tells when, whose and around what."""
    return list(CheckIn.objects.order_by("given_at").values_list("answer", "way", "safe"))


def test_from_a_copy_of_the_database_nobody_tells_what_was_wanted(
    after, ana_place, ben_place, clock
):
    """Neither by what stands there nor by its length."""
    more = factories.more(by=ana_place, way=More.LONGER_LETTERS, safe=5)
    actions.give_own(by=ana_place, said=more)
    clock.move(minutes=1)
    actions.give_own(by=ana_place, said=factories.said(Answer.SAME, safe=1))
    clock.move(minutes=1)
    actions.give_own(by=ben_place, said=less(ben_place, clock, way=Less.NO_TALK, safe=1))
    wanted = [(row.answer, row.way) for row in CheckIn.objects.order_by("given_at")]
    assert wanted == [("more", "longer_letters"), ("same", ""), ("less", "no_talk")]
    stored = [tuple(map(bytes, row)) for row in all_that_was_stored()]
    assert len({tuple(map(len, row)) for row in stored}) == 1
    everything = b"".join(b"".join(row) for row in stored)
    assert not any(word in everything for word in (b"more", b"same", b"less", b"longer", b"talk"))


@shared("answer", [Answer.GO_AHEAD, Answer.SKIP, Answer.LESS])
def test_r1_before_a_conversation_an_answer_holds_also_where_it_cannot_be_sealed(
    before, ana_place, pair, clock, answer
):
    ana_place.person.wrapped_key = "1:damaged"
    ana_place.person.save()
    said = less(ana_place, clock) if answer is Answer.LESS else factories.said(answer)
    actions.give_before(by=ana_place, window_id=before.pk, said=said)
    before.refresh_from_db()
    value = before.as_value()
    assert (ana_place.person_id in value.go_ahead) == (answer is Answer.GO_AHEAD)
    assert (ana_place.person_id in value.skipped) == (answer is Answer.SKIP)
    assert terms_in_force(pair).minutes == (20 if answer is Answer.LESS else 45)
    assert not CheckIn.objects.exists()


def test_less_without_a_word_loses_none_where_nothing_can_be_sealed(after, ana_place, pair, clock):
    ana_place.person.wrapped_key = "1:damaged"
    ana_place.person.save()
    actions.give_after(by=ana_place, window_id=after.pk, said=less(ana_place, clock))
    assert terms_in_force(pair).minutes == 20


@shared(
    "said",
    [
        {"answer": Answer.SKIP, "safe": 3},
        {"answer": Answer.SAME},
        {"answer": Answer.SAME, "safe": 6},
        {"answer": Answer.SAME, "safe": 3, "way": Less.NO_TALK},
    ],
)
def test_what_is_no_answer_to_what_is_asked_is_not_kept(after, ana_place, said):
    """The database cannot see that it is none."""
    with pytest.raises(ValueError, match="no answer"):
        actions.give_after(by=ana_place, window_id=after.pk, said=factories.said(**said))
    assert not CheckIn.objects.exists()


def test_an_answer_that_cannot_be_read_any_more_counts_as_given_after_and_is_asked_again_before(
    before, ana_place, pair, clock
):
    actions.give_before(by=ana_place, window_id=before.pk, said=less(ana_place, clock))
    assert due(ana_place, clock) == []
    CheckIn.objects.update(answer=b"cut")
    assert due(ana_place, clock) == [(Kind.BEFORE, before.pk)]
    boundaries.go_ahead(by=ana_place, window_id=before.pk)
    factories.hold(pair=pair, clock=clock)
    clock.move(days=1)
    said = factories.said(Answer.SAME, safe=3)
    actions.give_after(by=ana_place, window_id=before.pk, said=said)
    CheckIn.objects.update(answer=b"cut")
    assert due(ana_place, clock) == []


def test_after_it_the_same_two_people_have_a_check_in_each(after, ana_place, ben_place, clock):
    assert due(ana_place, clock) == due(ben_place, clock) == [(Kind.AFTER, after.pk)]
    said = factories.said(Answer.SAME, safe=1)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert due(ana_place, clock) == []
    assert due(ben_place, clock) == [(Kind.AFTER, after.pk)]


def test_unanswered_it_goes_away(after, ana_place, clock):
    clock.go_to(after.closes_at + 15 * DAY)
    assert due(ana_place, clock) == []
    said = factories.said(Answer.SAME, safe=3)
    with pytest.raises(OverError):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)


@shared("way", list(Less))
def test_r1_each_way_to_less_is_in_force_at_once(after, ana_place, pair, clock, way):
    was = terms_in_force(pair)
    said = less(ana_place, clock, way=way, safe=2)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert terms_in_force(pair) < was


def test_less_is_exactly_what_was_shown_or_nothing(after, ana_place, ben_place, pair, clock):
    said = less(ana_place, clock, safe=2)
    boundaries.take_less(by=ben_place, terms=factories.terms(minutes=30))
    with pytest.raises(WayGoneError):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert terms_in_force(pair).minutes == 30
    assert not CheckIn.objects.exists()


@shared("way", [None, More.LONGER])
def test_less_in_no_way_is_nothing(after, ana_place, clock, way):
    said = less(ana_place, clock, way=way, safe=2)
    with pytest.raises(WayGoneError):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert not CheckIn.objects.exists()


@shared("way", [More.LONGER, More.MORE_LETTERS, More.LONGER_LETTERS])
def test_r9_open_to_more_widens_ones_own_limits_alone(
    after, ana_place, ben_place, pair, clock, way
):
    was, bens = terms_in_force(pair), own_limits(ben_place)
    wider = queries.more_for(ana_place, load_situation(pair, clock.at))[way]
    said = factories.more(by=ana_place, way=way, safe=5)
    for _ in range(2):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert own_limits(ana_place) == wider
    assert own_limits(ben_place) == bens
    assert terms_in_force(pair) == was


def test_open_to_more_in_a_way_that_is_none_changes_nothing(after, ana_place):
    """They allow talking already; so there is no such way."""
    limits = own_limits(ana_place)
    for way in (More.TALK, None, Less.NO_TALK):
        said = factories.more(by=ana_place, way=way, safe=5)
        with pytest.raises(WayGoneError):
            actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert own_limits(ana_place) == limits


def test_open_to_more_is_exactly_what_was_shown_or_nothing(after, ana_place):
    said = factories.more(by=ana_place, way=More.LONGER, safe=5)
    factories.allow(by=(ana_place,), minutes=200)
    with pytest.raises(WayGoneError):
        actions.give_after(by=ana_place, window_id=after.pk, said=said)
    assert own_limits(ana_place).minutes == 200
    assert not CheckIn.objects.exists()


def test_r1_less_needs_no_word_of_how_it_was(after, ana_place, pair, clock):
    actions.give_after(by=ana_place, window_id=after.pk, said=less(ana_place, clock))
    assert terms_in_force(pair).minutes == 20
    row = CheckIn.objects.get()
    assert (row.kind, row.was_rated, row.how_safe) == ("after", False, None)


@shared("give", ["give_after", "give_own"])
def test_r1_less_holds_where_its_words_cannot_be_sealed_and_nothing_else_does(
    after, ana_place, pair, clock, give
):
    ana_place.person.wrapped_key = "1:damaged"
    ana_place.person.save()
    around = {"window_id": after.pk} if give == "give_after" else {}
    act = getattr(actions, give)
    with pytest.raises(UnreadableError):
        act(by=ana_place, said=factories.said(Answer.SAME, safe=2), **around)
    assert not CheckIn.objects.exists()
    said = less(ana_place, clock, safe=2, body="Tired.")
    with pytest.raises(WordsNotKeptError):
        act(by=ana_place, said=said, **around)
    assert terms_in_force(pair).minutes == 20
    assert not CheckIn.objects.exists()
    with pytest.raises(WayGoneError):  # not "it is kept", which would be the end of the words
        act(by=ana_place, said=said, **around)
    assert terms_in_force(pair).minutes == 20


def test_at_any_time_one_can_give_one_of_ones_own(ana_place, clock):
    """Before anything is agreed, and when the pair has ended."""
    factories.check_in(by=ana_place, safe=2, body="Tired.")
    conversations.part(by=ana_place)
    factories.check_in(by=ana_place, safe=4)
    rows = queries.check_ins_in(ana_place)
    assert sorted((row.kind, row.how_safe, row.window_id) for row in rows) == [
        ("own", 2, None),
        ("own", 4, None),
    ]


def test_when_the_pair_has_ended_nothing_is_due(after, ana_place, ben_place, clock):
    conversations.part(by=ben_place)
    ana_place.pair.refresh_from_db()
    assert due(ana_place, clock) == []


def test_what_was_done_stays_done_when_the_check_in_is_deleted(after, ana_place, pair, clock):
    said = less(ana_place, clock, safe=2)
    actions.give_after(by=ana_place, window_id=after.pk, said=said)
    row = CheckIn.objects.get()
    actions.delete_check_in(by=ana_place, check_in_id=row.pk)
    actions.delete_check_in(by=ana_place, check_in_id=row.pk)
    assert terms_in_force(pair).minutes == 20
    assert due(ana_place, clock) == [(Kind.AFTER, after.pk)]


def test_nobody_deletes_another_s(ana_place, ben_place, clock):
    row = factories.check_in(by=ana_place)
    actions.delete_check_in(by=ben_place, check_in_id=row.pk)
    actions.delete_check_in(by=ben_place, check_in_id=uuid4())
    assert CheckIn.objects.get() == row


# --- What each wants --------------------------------------------------------------------------


def test_scheduled_ones_can_be_switched_off_and_come_as_many_days_ahead_as_one_wants(
    before, ana_place, ben_place, clock
):
    both = [(Kind.BEFORE, before.pk)]
    assert due(ana_place, clock) == both
    actions.save_wish(by=ana_place, is_wanted=False, days_ahead=3)
    assert due(ana_place, clock) == []
    assert due(ben_place, clock) == both
    actions.save_wish(by=ana_place, is_wanted=True, days_ahead=7)
    clock.go_to(before.opens_at - 7 * DAY)
    assert due(ana_place, clock) == both
    assert due(ben_place, clock) == []
