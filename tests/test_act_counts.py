"""What an act costs does not depend on how much has happened, or on how many letters there are."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts import clock as clocks
from accounts.clock import Read
from boundaries import actions
from boundaries.actions.agreements import compute_again
from boundaries.actions.proposals import take_force
from boundaries.actions.windows import close_due, lapse
from boundaries.models import Agreement, Window
from boundaries.queries import load_situation
from boundaries.rules.checkins import Answer
from boundaries.rules.phrases import Occasion, Phrase
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.ways import Less, More
from boundaries.rules.windows import State
from checkins import actions as checkins
from checkins.queries import base_of
from conversations import actions as conversations
from conversations.models import Envelope, Letter
from tests import factories
from tests.clock import now

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST = 12
"""Queries of one act, the clock's among them, without the two that begin and end its transaction.
"""


def asking(read: Read) -> datetime:
    """A clock that asks the database, as in production, and says what the test wants."""
    read()
    return now()


@pytest.fixture(autouse=True)
def _the_clock_is_counted(clock, settings):
    settings.REPAIR_CLOCK = f"{__name__}.asking"


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(marks) for query in queries)


def agreed(ana, ben, clock):
    return factories.agree(by=ana, other=ben, clock=clock)


def limits_raised(ana, ben, clock):
    agreed(ana, ben, clock)
    return lambda: actions.set_limits(by=ben, limits=factories.limits(minutes=240))


def limits_lowered(ana, ben, clock):
    agreed(ana, ben, clock)
    return lambda: actions.set_limits(by=ben, limits=factories.limits(minutes=20))


def less_taken(ana, ben, clock):
    agreed(ana, ben, clock)
    return lambda: actions.take_less(by=ben, terms=factories.terms(minutes=20))


def nothing_taken(ana, ben, clock):
    agreed(ana, ben, clock)
    return lambda: actions.take_less(by=ben, terms=NO_CONTACT)


def everything_stands(ana, ben, clock):
    """An open conversation, one to come, a proposal from each, and one that was declined."""
    agreed(ana, ben, clock)
    factories.hold(pair=ana.pair, clock=clock)
    actions.decline(by=ben, proposal_id=factories.propose(by=ana, minutes=50).pk)
    factories.open_next(pair=ana.pair, clock=clock)
    factories.propose(by=ben, minutes=60)


def limits_lowered_while_everything_stands(ana, ben, clock):
    everything_stands(ana, ben, clock)
    least = factories.limits(minutes=20, hours=frozenset(range(24 * 5)))
    return lambda: actions.set_limits(by=ana, limits=least)


def less_taken_while_everything_stands(ana, ben, clock):
    everything_stands(ana, ben, clock)
    return lambda: actions.take_less(by=ana, terms=factories.terms(minutes=20))


def nothing_taken_while_everything_stands(ana, ben, clock):
    everything_stands(ana, ben, clock)
    return lambda: actions.take_less(by=ana, terms=NO_CONTACT)


def paused_while_everything_stands(ana, ben, clock):
    everything_stands(ana, ben, clock)
    return lambda: actions.pause(by=ana)


def parted_while_everything_stands(ana, ben, clock):
    everything_stands(ana, ben, clock)
    factories.letter(by=ben)
    return lambda: conversations.part(by=ana)


def paused_with_words(ana, ben, clock):
    """In place of words from long ago."""
    actions.pause(by=ana, phrase=Phrase.CARE)
    actions.lift(by=ana)
    clock.move(days=40)
    everything_stands(ana, ben, clock)
    return lambda: actions.pause(by=ana, phrase=Phrase.CARE)


def time_apart_chosen_with_words_of_both(ana, ben, clock):
    everything_stands(ana, ben, clock)
    suggested = factories.suggest(by=ana, phrase=Phrase.CARE)
    return lambda: factories.choose(by=ben, time_apart=suggested, phrase=Phrase.GOOD_TIME)


def due_and_forbidden(ana, ben, clock):
    """Before any worker has come."""
    proposal = factories.cooling_off(by=ana, other=ben, minutes=60)
    factories.allow(by=(ana,), cooling_off=timedelta(days=14))
    clock.go_to(proposal.takes_force_at)


def limits_lowered_beside_what_is_due_and_forbidden(ana, ben, clock):
    agreed(ana, ben, clock)
    factories.hold(pair=ana.pair, clock=clock)
    due_and_forbidden(ana, ben, clock)
    return lambda: actions.set_limits(by=ana, limits=factories.limits(minutes=20))


def consented_beside_what_is_due_and_forbidden(ana, ben, clock):
    due_and_forbidden(ana, ben, clock)
    proposal = factories.propose(by=ben, minutes=5)
    return lambda: factories.consent(by=ana, to=proposal)


def more_taken_force(ana, ben, clock):
    """More than what is in force, beside another proposal, and with a conversation to skip."""
    agreed(ana, ben, clock)
    factories.hold(pair=ana.pair, clock=clock)
    actions.skip(by=ana, window_id=factories.next_window(pair=ana.pair).pk)
    clock.go_to(factories.cooling_off(by=ana, other=ben, minutes=60).takes_force_at)
    return lambda: take_force(ana.pair_id)


def renewed(ana, ben, clock):
    agreed(ana, ben, clock)
    clock.go_to(factories.cooling_off(by=ana, other=ben).takes_force_at)
    return lambda: take_force(ana.pair_id)


def door_opened(ana, ben, clock):
    conversations.part(by=ana)
    return lambda: actions.open_door(by=ben)


def door_closed(ana, ben, clock):
    door_opened(ana, ben, clock)()
    return lambda: actions.close_door(by=ben)


def begun_again(ana, ben, clock):
    conversations.part(by=ana)
    for place in (ana, ben):
        actions.open_door(by=place)
    clock.move(days=11)
    return lambda: actions.begin_again(by=ben)


def proposed(ana, ben, clock):
    return lambda: factories.propose(by=ana)


def consented(ana, ben, clock):
    proposal = factories.propose(by=ana)
    return lambda: factories.consent(by=ben, to=proposal)


def declined(ana, ben, clock):
    proposal = factories.propose(by=ana)
    return lambda: actions.decline(by=ben, proposal_id=proposal.pk)


def proposal_withdrawn(ana, ben, clock):
    proposal = factories.propose(by=ana)
    return lambda: actions.withdraw_proposal(by=ana, proposal_id=proposal.pk)


def consent_withdrawn(ana, ben, clock):
    proposal = factories.cooling_off(by=ana, other=ben)
    return lambda: actions.withdraw_proposal(by=ben, proposal_id=proposal.pk)


def taken_force(ana, ben, clock):
    clock.go_to(factories.cooling_off(by=ana, other=ben).takes_force_at)
    return lambda: take_force(ana.pair_id)


def lapsed(ana, ben, clock):
    clock.go_to(agreed(ana, ben, clock).review_at)
    Window.objects.filter(state=State.PLANNED).update(state=State.CANCELLED)
    return lambda: lapse(ana.pair_id)


def computed_again(ana, ben, clock):
    """After a change of zone data by which all conversations move."""
    agreement = agreed(ana, ben, clock)
    windows = Window.objects.filter(agreement=agreement, state=State.PLANNED)
    windows.update(opens_at=F("opens_at") + HOUR, closes_at=F("closes_at") + HOUR)
    Agreement.objects.filter(pk=agreement.pk).update(zone_data="1999a")
    return lambda: compute_again(ana.pair_id)


def gone_ahead(ana, ben, clock):
    agreed(ana, ben, clock)
    window = factories.next_window(pair=ana.pair)
    return lambda: actions.go_ahead(by=ana, window_id=window.pk)


def skipped(ana, ben, clock):
    agreed(ana, ben, clock)
    window = factories.next_window(pair=ana.pair)
    return lambda: actions.skip(by=ana, window_id=window.pk)


def paused(ana, ben, clock):
    agreed(ana, ben, clock)
    factories.open_next(pair=ana.pair, clock=clock)
    return lambda: actions.pause(by=ben)


def lifted(ana, ben, clock):
    actions.pause(by=ben)
    return lambda: actions.lift(by=ben)


def opened(ana, ben, clock):
    agreed(ana, ben, clock)
    for place in (ana, ben):
        factories.letter(by=place)
    clock.go_to(factories.next_window(pair=ana.pair).opens_at)
    return lambda: conversations.open_and_release([ana.pair_id])


def closed(ana, ben, clock):
    agreed(ana, ben, clock)
    clock.go_to(factories.open_next(pair=ana.pair, clock=clock).closes_at)
    return lambda: close_due([ana.pair_id])


def notices_sent(ana, ben, clock):
    """Two acts: it is claimed, and that is committed, before it is sent."""
    factories.ask_for_notices(by=ana, only=["wants_notice_on_opening", "wants_notice_on_arrival"])
    opened(ana, ben, clock)()
    return conversations.send_notices


def notices_of_what_is_ahead_sent(ana, ben, clock):
    looked_for(ana, ben, clock)()
    clock.move(days=1, hours=-1)
    return conversations.send_notices


def looked_for(ana, ben, clock):
    """All that there can be to tell her of, a day before a conversation."""
    agreed(ana, ben, clock)
    factories.hold(pair=ana.pair, clock=clock)
    actions.set_limits(by=ana, limits=factories.limits(ask_before_each=True))
    opens_at = factories.next_window(pair=ana.pair).opens_at
    clock.go_to(opens_at - 3 * DAY)
    factories.ask_for_notices(by=ana)
    again = conversations.ReadAgain(72, only=True)
    for words in ("one", "two"):
        letter = factories.letter(by=ana, body=words)
        conversations.edit_letter(
            by=ana, letter_id=letter.pk, version=1, body=words, hold=True, again=again
        )
    Letter.objects.filter(author=ana.person, state="held").update(read_again_at=None)
    factories.propose(by=ben, minutes=60)
    factories.suggest(by=ben)
    clock.go_to(opens_at - DAY)
    return conversations.look_for_matters


def time_apart_suggested(ana, ben, clock):
    everything_stands(ana, ben, clock)
    return lambda: factories.suggest(by=ana)


def time_apart_chosen_while_everything_stands(ana, ben, clock):
    """With another suggestion beside it, and one that both chose before."""
    clock.go_to(factories.apart(by=ben, other=ana, days=7).ends_at)
    everything_stands(ana, ben, clock)
    factories.suggest(by=ben)
    suggested = factories.suggest(by=ana)
    return lambda: factories.choose(by=ben, time_apart=suggested)


def time_apart_declined(ana, ben, clock):
    suggested = factories.suggest(by=ana)
    return lambda: actions.decline_time_apart(by=ben, time_apart_id=suggested.pk)


def time_apart_taken_back(ana, ben, clock):
    suggested = factories.suggest(by=ana)
    return lambda: actions.take_back_time_apart(by=ana, time_apart_id=suggested.pk)


def let_be(ana, ben, clock):
    apart = factories.apart(by=ana, other=ben)
    clock.go_to(apart.ends_at)
    return lambda: actions.let_be(by=ana, time_apart_id=apart.pk)


def parted_with_words(ana, ben, clock):
    everything_stands(ana, ben, clock)
    return lambda: conversations.part(by=ana, phrase=Phrase.WELL)


def words_taken_back(ana, ben, clock):
    actions.pause(by=ana, phrase=Phrase.CARE)
    return lambda: actions.take_back_phrase(by=ana, occasion=Occasion.PAUSE)


def in_conversation(ana, ben, clock):
    agreed(ana, ben, clock)
    return factories.open_next(pair=ana.pair, clock=clock)


def said(ana, ben, clock):
    window = in_conversation(ana, ben, clock)
    say = lambda: conversations.say(by=ana, window_id=window.pk, key=uuid4(), body="Hello")  # noqa: E731 - said twice
    say()
    return say


def said_too_late(ana, ben, clock):
    window = in_conversation(ana, ben, clock)
    actions.leave(by=ben, window_id=window.pk)
    return lambda: conversations.say(by=ana, window_id=window.pk, key=uuid4(), body="Hello")


def left(ana, ben, clock):
    window = in_conversation(ana, ben, clock)
    return lambda: actions.leave(by=ana, window_id=window.pk)


def skipped_while_open(ana, ben, clock):
    window = in_conversation(ana, ben, clock)
    return lambda: actions.skip(by=ana, window_id=window.pk)


def kind_words_hidden(ana, ben, clock):
    return lambda: actions.hide_kind_words(by=ana)


def paused_by_a_supporter(ana, ben, clock):
    everything_stands(ana, ben, clock)
    support = factories.support(of=ana.person, by=factories.person(name="cem"), allowed=["pause"])
    return lambda: actions.pause_for(by=support)


def gone_ahead_in_a_check_in(ana, ben, clock):
    return answered_before(ana, ben, clock, Answer.GO_AHEAD)


def skipped_in_a_check_in(ana, ben, clock):
    return answered_before(ana, ben, clock, Answer.SKIP)


def answered_before(ana, ben, clock, answer):
    agreed(ana, ben, clock)
    window = factories.next_window(pair=ana.pair)
    clock.go_to(window.opens_at - DAY)
    told = factories.said(answer)
    return lambda: checkins.give_before(by=ana, window_id=window.pk, said=told)


def less_in_a_check_in(ana, ben, clock):
    everything_stands(ana, ben, clock)
    base = base_of(load_situation(ana.pair, clock.at))
    told = factories.said(Answer.LESS, way=Less.HALF_AS_LONG, base=base, safe=2)
    return lambda: checkins.give_own(by=ana, said=told)


def more_in_a_check_in(ana, ben, clock):
    agreed(ana, ben, clock)
    told = factories.more(by=ana, way=More.LONGER, safe=4)
    return lambda: checkins.give_own(by=ana, said=told)


def nothing_due(ana, ben, clock):
    agreed(ana, ben, clock)
    return lambda: (actions.sweep(), conversations.sweep())


def written(ana, ben, clock):
    return lambda: factories.letter(by=ana)


def kept(ana, ben, clock):
    """Beside the letter into which it was typed."""
    letter = factories.letter(by=ana)
    words = {"key": letter.key, "version": letter.version, "body": "More words"}
    return lambda: conversations.keep_words(by=ana, **words)


def given_way(ana, ben, clock):
    draft = kept(ana, ben, clock)()
    return lambda: conversations.give_way(by=ana, key=draft.key, version=draft.version)


def edited(ana, ben, clock):
    letter = factories.letter(by=ana, hold=False)
    return lambda: conversations.edit_letter(
        by=ana, letter_id=letter.pk, version=1, body="Other words", hold=True
    )


def letter_withdrawn(ana, ben, clock):
    letter = factories.letter(by=ana)
    return lambda: conversations.edit_letter(
        by=ana, letter_id=letter.pk, version=1, body="Dear you", hold=False
    )


def deleted(ana, ben, clock):
    letter = factories.letter(by=ana)
    return lambda: conversations.delete_letter(by=ana, letter_id=letter.pk)


def read(ana, ben, clock):
    opened(ana, ben, clock)()
    envelope = Envelope.objects.filter(recipient=ben.person).latest("letter__released_at")
    return lambda: conversations.open_envelope(by=ben, envelope_id=envelope.pk)


def looked(ana, ben, clock):
    agreed(ana, ben, clock)
    return lambda: load_situation(ana.pair, clocks.now())


ACTS = [
    limits_lowered_while_everything_stands,
    less_taken_while_everything_stands,
    nothing_taken_while_everything_stands,
    paused_while_everything_stands,
    parted_while_everything_stands,
    paused_with_words,
    time_apart_chosen_with_words_of_both,
    limits_lowered_beside_what_is_due_and_forbidden,
    consented_beside_what_is_due_and_forbidden,
    more_taken_force,
    renewed,
    door_opened,
    door_closed,
    begun_again,
    limits_raised,
    limits_lowered,
    less_taken,
    nothing_taken,
    proposed,
    consented,
    declined,
    proposal_withdrawn,
    consent_withdrawn,
    taken_force,
    lapsed,
    computed_again,
    gone_ahead,
    skipped,
    paused,
    lifted,
    time_apart_suggested,
    time_apart_chosen_while_everything_stands,
    time_apart_declined,
    time_apart_taken_back,
    let_be,
    parted_with_words,
    words_taken_back,
    opened,
    closed,
    notices_sent,
    looked_for,
    notices_of_what_is_ahead_sent,
    nothing_due,
    written,
    kept,
    given_way,
    edited,
    letter_withdrawn,
    deleted,
    read,
    looked,
    said,
    said_too_late,
    left,
    skipped_while_open,
    kind_words_hidden,
    paused_by_a_supporter,
    gone_ahead_in_a_check_in,
    skipped_in_a_check_in,
    less_in_a_check_in,
    more_in_a_check_in,
]

# Finding for whom, then in each pair one; a notice is claimed in one and sent in another. The kind
# words of each person are an act of their own, after the one with which they come; so are what an
# answer in a check-in does at once and the check-in, and a supporter's pause and its line in the
# log.
TRANSACTIONS = {
    nothing_due: 2,
    paused_by_a_supporter: 2,
    gone_ahead_in_a_check_in: 2,
    skipped_in_a_check_in: 2,
    less_in_a_check_in: 2,
    more_in_a_check_in: 2,
    looked_for: 2,
    notices_sent: 3,
    notices_of_what_is_ahead_sent: 3,
    paused_with_words: 2,
    time_apart_chosen_with_words_of_both: 3,
}


def analyse():
    """Let PostgreSQL know what there is, as it does by itself between transactions.

    What it knew of other tests would make these slow.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def queries_of_each(ana, ben, clock, *, past):
    """How many queries each act takes, by its name, with so many of everything in the past."""
    start, counts = clock.at, {}
    with factories.undone():
        factories.history(of=ana.pair, count=past, until=clock.at)
        factories.allow(by=(ana, ben))
        analyse()
        for act in ACTS:
            with factories.undone():
                counts[act.__name__] = queries_of(act(ana, ben, clock))
            clock.go_to(start)
            for place in (ana, ben):
                place.refresh_from_db()
    return counts


@pytest.mark.long
def test_an_act_asks_the_database_as_often_after_years_as_at_the_beginning(
    ana_place, ben_place, clock
):
    few = queries_of_each(ana_place, ben_place, clock, past=10)
    many = queries_of_each(ana_place, ben_place, clock, past=1_000)
    assert many == few
    most = {act.__name__: MOST * TRANSACTIONS.get(act, 1) for act in ACTS}
    assert {act: n for act, n in many.items() if n > most[act]} == {}


def plan_of(sql, params):
    """How the database would go about it if it could use any index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {sql}", params)
        return " ".join(str(column) for row in cursor.fetchall() for column in row)


@pytest.mark.parametrize(
    ("step", "index"),
    [
        (conversations.look_for_matters, "person_to_look_for"),
        (conversations.send_notices, "notice_to_send"),
    ],
)
def test_with_nothing_to_tell_a_sweep_asks_once_and_an_index_answers(
    ana_place, ben_place, clock, step, index
):
    factories.allow(by=(ana_place, ben_place))
    agreed(ana_place, ben_place, clock)
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        step()
    assert len(asked) <= 3, "the clock, who or what is due, and the clock when that is known"
    plan = plan_of(*asked[-1])
    assert index in plan, plan


OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)


@pytest.mark.once  # SQLite takes so many values in a statement and no more, so it needs several
@pytest.mark.parametrize(("pairs", "letters"), [(1, 1), (1, 30), (20, 1), (20, 4)])
def test_releasing_a_batch_takes_as_many_queries_whatever_is_in_it(clock, pairs, letters):
    clock.go_to(OPENS_AT)
    made = factories.many(count=pairs, opens_at=OPENS_AT, letters=letters)
    count = queries_of(lambda: conversations.open_and_release([pair.pk for pair in made]))
    assert Letter.objects.filter(state="released").count() == 2 * pairs * letters
    assert count <= MOST
    assert count == queries_of_the_smallest(clock)


def queries_of_the_smallest(clock):
    (pair,) = factories.many(count=1, opens_at=OPENS_AT, letters=1)
    return queries_of(lambda: conversations.open_and_release([pair.pk]))
