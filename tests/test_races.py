"""Two acts at the same moment, in many races: one waits and then reads what the other wrote.

Of each it is written down what may come of it, one outcome for each order. Both must have come
about, and nothing else. `make races` runs thousands of trials of each; without the lock each of
them is caught, which the last test shows. The same act twice at once is in `test_twice_at_once`.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from accounts.locks import locked_pair
from accounts.models import Membership
from boundaries import actions
from boundaries.actions.record import Act, Entry, add_to_record
from boundaries.exceptions import RefusedError
from boundaries.models import Agreement, Pause, Proposal, RecordEntry, TimeApart, Window
from boundaries.rules.reasons import Reason
from conversations import actions as conversations
from conversations.models import Letter
from tests import couples as many
from tests import factories
from tests.outcomes import ALLOWED, by_pair, counted, may_end, of_module, only_as_allowed
from tests.races import DatabaseError, no_lock, side_by_side

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
]

RACES = 40
OPENS_AT = factories.utc(year=2026, month=12, day=5, hour=17)
LESS = factories.limits(minutes=20)


def acts_by_pair(*names: str) -> dict[Any, list[Any]]:
    """By pair, who did these acts, in the order of the record."""
    rows = RecordEntry.objects.filter(act__in=names).order_by("pair", "number")
    found: dict[Any, list[Any]] = {}
    for pair, act, actor in rows.values_list("pair", "act", "actor"):
        found.setdefault(pair, []).append((act, actor))
    return found


def in_conversation(clock, trials):
    clock.go_to(OPENS_AT)
    return many.in_conversation(count=trials, opens_at=OPENS_AT)


def strangers(clock, trials):
    clock.go_to(OPENS_AT)
    return many.strangers(count=trials, at=OPENS_AT)


def release(couple):
    conversations.open_and_release([couple[0].pair_id])


def in_force_days_later(clock):
    """Which pairs have terms in force once every cooling-off is over."""
    clock.move(days=4)
    actions.sweep()
    return set(Agreement.objects.filter(ended_at=None).values_list("pair", flat=True))


@may_end(("released", "cut_short"), ("held", "skipped"))
def pause_and_release(clock, trials, **faults):
    """Letters, and the conversation: it came first and was closed, or it never opened."""
    couples = in_conversation(clock, trials)
    races = side_by_side(couples, lambda it: actions.pause(by=it[0]), release, **faults)
    letters, windows = by_pair(Letter, "state"), by_pair(Window, "state")
    return counted(couples, races, lambda pair, *_: (letters[pair], windows[pair]))


def test_r13_pause_and_release(clock):
    only_as_allowed(pause_and_release, clock)
    assert not Window.objects.filter(state="open").exists()


@may_end(
    ("void", False, "ben consented", "ana paused"),
    ("void", False, "ana paused"),
)
def pause_and_consent(clock, trials, **faults):
    """The proposal, whether it is in force days later, and who did what."""
    couples = strangers(clock, trials)
    proposals = many.propose(by=[ana for ana, _ in couples], at=clock.at)
    races = side_by_side(
        couples,
        lambda it: actions.pause(by=it[0]),
        lambda it: factories.consent(by=it[1], to=proposals[it[0].pair_id]),
        **faults,
    )
    told = who_did_what(couples, "paused", "consented")
    ends, in_force = by_pair(Proposal, "end"), in_force_days_later(clock)
    return counted(
        couples, races, lambda pair, *_: (ends[pair], pair in in_force, *told.get(pair, ()))
    )


def test_r13_pause_and_consent(clock):
    only_as_allowed(pause_and_consent, clock)


@may_end(("done", "consent_withdrawn", False), ("refused", "withdrawn", False))
def consent_and_withdrawal(clock, trials, **faults):
    """The second consent, the proposal, and whether it is in force days later."""
    couples = strangers(clock, trials)
    proposals = many.propose(by=[ana for ana, _ in couples], at=clock.at)
    races = side_by_side(
        couples,
        lambda it: factories.consent(by=it[1], to=proposals[it[0].pair_id]),
        lambda it: actions.withdraw_proposal(by=it[0], proposal_id=proposals[it[0].pair_id].pk),
        **faults,
    )
    ends, in_force = by_pair(Proposal, "end"), in_force_days_later(clock)
    return counted(couples, races, lambda pair, consent, _: (consent, ends[pair], pair in in_force))


def test_r4_consent_and_withdrawal(clock):
    only_as_allowed(consent_and_withdrawal, clock)


@may_end(("done", "refused", 1), ("refused", "done", 1))
def two_consents(clock, trials, **faults):
    """Each says yes to what the other proposed: both consents, and how many cool off."""
    couples = strangers(clock, trials)
    hers = many.propose(by=[ana for ana, _ in couples], at=clock.at)
    his = many.propose(by=[ben for _, ben in couples], at=clock.at, minutes=60)
    races = side_by_side(
        couples,
        lambda it: factories.consent(by=it[1], to=hers[it[0].pair_id]),
        lambda it: factories.consent(by=it[0], to=his[it[0].pair_id]),
        **faults,
    )
    cooling = Proposal.objects.filter(takes_force_at__isnull=False)
    number = Counter(cooling.values_list("pair", flat=True))
    refusals = [it for both in races for it in both if isinstance(it, RefusedError)]
    assert all(it.reasons == (Reason.COOLING_OFF,) for it in refusals)
    return counted(couples, races, lambda pair, one, other: (one, other, number[pair]))


def test_r5_two_consents(clock):
    only_as_allowed(two_consents, clock)


@may_end((20, "in_force", "20"), (0, "void", ""))
def lowering_and_force(clock, trials, **faults):
    """Minutes in force, the proposal, and the minutes of the conversations planned."""
    couples = strangers(clock, trials)
    anas, bens = [ana for ana, _ in couples], [ben for _, ben in couples]
    many.propose(by=anas, other=bens, at=clock.at)
    clock.move(hours=72)
    races = side_by_side(
        couples,
        lambda it: actions.set_limits(by=it[1], limits=LESS),
        lambda it: actions.proposals.take_force(it[0].pair_id),
        **faults,
    )
    agreed = {it.pair_id: it.terms.minutes for it in Agreement.objects.filter(ended_at=None)}
    ends, planned = by_pair(Proposal, "end"), minutes_planned()
    return counted(
        couples, races, lambda pair, *_: (agreed.get(pair, 0), ends[pair], planned.get(pair, ""))
    )


def minutes_planned():
    found: dict[Any, set[str]] = {}
    for each in Window.objects.filter(state="planned"):
        minutes = (each.closes_at - each.opens_at) // timedelta(minutes=1)
        found.setdefault(each.pair_id, set()).add(str(minutes))
    return {pair: "+".join(values) for pair, values in found.items()}


def test_r8_lowering_a_limit_and_taking_force(clock):
    only_as_allowed(lowering_and_force, clock)


@may_end(("ana ended", "ana paused", "ben paused"), ("ben ended", "ben paused", "ana paused"))
def two_pauses(clock, trials, **faults):
    """Who did what: the first pause ends the agreement, once; both stand."""
    couples = in_conversation(clock, trials)
    races = side_by_side(
        couples, lambda it: actions.pause(by=it[0]), lambda it: actions.pause(by=it[1]), **faults
    )
    told = who_did_what(couples, "paused", "ended")
    standing = Counter(Pause.objects.filter(lifted_at=None).values_list("pair", flat=True))
    assert faults or set(standing.values()) == {2}
    return counted(couples, races, lambda pair, *_: told.get(pair))


def who_did_what(couples, *names):
    found = acts_by_pair(*names)
    name = {place.person_id: who for it in couples for who, place in zip(NAMES, it, strict=True)}
    name[None] = "nobody"
    return {
        pair: tuple(f"{name[actor]} {act}" for act, actor in told) for pair, told in found.items()
    }


NAMES = ("ana", "ben")


def test_r13_two_pauses(clock):
    only_as_allowed(two_pauses, clock)


@may_end(("ana", "ana paused", "ben pause_lifted"), ("ana", "ben pause_lifted", "ana paused"))
def wrong_lift(clock, trials, **faults):
    """Ben lifts his pause while Ana pauses: whose stands, and who did what."""
    couples = strangers(clock, trials)
    many.pause(by=[ben for _, ben in couples], at=clock.at)
    races = side_by_side(
        couples, lambda it: actions.lift(by=it[1]), lambda it: actions.pause(by=it[0]), **faults
    )
    told = who_did_what(couples, "paused", "pause_lifted")
    anas = {ana.person_id for ana, _ in couples}
    standing = {
        pair: "ana" if person in anas else "ben"
        for pair, person in Pause.objects.filter(lifted_at=None).values_list("pair", "person")
    }
    return counted(couples, races, lambda pair, *_: (standing.get(pair), *told.get(pair, ())))


def test_r14_lift_by_the_wrong_person(clock):
    """It lifts nothing but their own, however close the other's pause comes."""
    only_as_allowed(wrong_lift, clock)


@may_end(("released", "cut_short"), ("draft", "skipped"))
def part_and_release(clock, trials, **faults):
    """Letters, and the conversation: it came first and was closed, or it never opened."""
    couples = in_conversation(clock, trials)
    races = side_by_side(couples, lambda it: conversations.part(by=it[0]), release, **faults)
    letters, windows = by_pair(Letter, "state"), by_pair(Window, "state")
    return counted(couples, races, lambda pair, *_: (letters[pair], windows[pair]))


def test_r16_part_and_release(clock):
    only_as_allowed(part_and_release, clock)


@may_end(
    ("done", "refused", 1, "+settled", "ben time_apart_agreed"),
    ("refused", "done", 1, "+settled", "ana time_apart_agreed"),
)
def two_yeses(clock, trials, **faults):
    """Each says yes to what the other suggested: both, how many stand, and what became of them."""
    couples = strangers(clock, trials)
    hers = many.suggest(by=[ana for ana, _ in couples], at=clock.at)
    his = many.suggest(by=[ben for _, ben in couples], at=clock.at, days=30)
    races = side_by_side(
        couples,
        lambda it: factories.choose(by=it[1], time_apart=hers[it[0].pair_id]),
        lambda it: factories.choose(by=it[0], time_apart=his[it[0].pair_id]),
        **faults,
    )
    told = who_did_what(couples, "time_apart_agreed")
    ends = by_pair(TimeApart, "end")
    chosen = TimeApart.objects.filter(agreed_at__isnull=False, end=None)
    number = Counter(chosen.values_list("pair", flat=True))
    return counted(
        couples,
        races,
        lambda pair, one, other: (
            one,
            other,
            number[pair],
            ends[pair].replace("None", ""),
            *told.get(pair, ()),
        ),
    )


def test_r1_two_yeses_to_a_time_apart(clock):
    only_as_allowed(two_yeses, clock)


@may_end(("done", True, False), ("refused", False, True))
def yes_and_taking_back(clock, trials, **faults):
    """The yes, whether both chose it, and whether it was taken back."""
    couples = strangers(clock, trials)
    hers = many.suggest(by=[ana for ana, _ in couples], at=clock.at)
    races = side_by_side(
        couples,
        lambda it: factories.choose(by=it[1], time_apart=hers[it[0].pair_id]),
        lambda it: actions.take_back_time_apart(by=it[0], time_apart_id=hers[it[0].pair_id].pk),
        **faults,
    )
    agreed, taken_back = by_pair(TimeApart, "agreed_at"), by_pair(TimeApart, "taken_back_at")
    return counted(
        couples,
        races,
        lambda pair, yes, _: (yes, agreed[pair] != "None", taken_back[pair] != "None"),
    )


def test_r4_a_yes_to_a_time_apart_and_taking_it_back(clock):
    only_as_allowed(yes_and_taking_back, clock)


@may_end(
    ("done", True, "None", "nobody ended", "ben time_apart_agreed", "ana paused"),
    ("refused", False, "void", "ana ended", "ana paused"),
)
def yes_and_pause(clock, trials, **faults):
    """The yes, whether both chose it, what became of it, and who did what."""
    couples = in_conversation(clock, trials)
    hers = many.suggest(by=[ana for ana, _ in couples], at=clock.at)
    races = side_by_side(
        couples,
        lambda it: factories.choose(by=it[1], time_apart=hers[it[0].pair_id]),
        lambda it: actions.pause(by=it[0]),
        **faults,
    )
    told = who_did_what(couples, "ended", "time_apart_agreed", "paused")
    agreed, ends = by_pair(TimeApart, "agreed_at"), by_pair(TimeApart, "end")
    return counted(
        couples,
        races,
        lambda pair, yes, _: (yes, agreed[pair] != "None", ends[pair], *told.get(pair, ())),
    )


def test_r13_a_yes_to_a_time_apart_and_a_pause(clock):
    only_as_allowed(yes_and_pause, clock)


@may_end(("done", False, 2), ("refused", True, 1))
def begin_again_and_close(clock, trials, **faults):
    """The new beginning, whether a door was closed by hand, and how many pairs the two have."""
    couples = many.with_open_doors(strangers(clock, trials), clock)
    races = side_by_side(
        couples,
        lambda it: actions.begin_again(by=it[0]),
        lambda it: actions.close_door(by=it[1]),
        **faults,
    )
    closed = acts_by_pair("door_closed")
    theirs = Counter(Membership.objects.values_list("person", flat=True))
    pairs = {ana.pair_id: theirs[ana.person_id] for ana, _ in couples}
    return counted(couples, races, lambda pair, begun, _: (begun, pair in closed, pairs[pair]))


def test_r16_a_new_beginning_and_a_door_that_is_closed(clock):
    only_as_allowed(begin_again_and_close, clock)


def lift_anybodys(*, by):
    with locked_pair(by.pair_id) as (pair, at):
        Pause.objects.filter(pair=pair, lifted_at=None).update(lifted_at=at)
        add_to_record(pair, [Entry(Act.PAUSE_LIFTED, by.person_id)], at)


@pytest.mark.proof
def test_r14_a_lift_that_lifts_anybodys_pause_is_caught(clock, monkeypatch):
    """That one is kept by whose pause is named, and not by the lock."""
    monkeypatch.setattr(actions, "lift", lift_anybodys)
    assert set(wrong_lift(clock, RACES)) - ALLOWED[wrong_lift]


KEPT_BY_THE_LOCK = [race for race in of_module(__name__) if race is not wrong_lift]


@pytest.mark.proof
@pytest.mark.parametrize("race", KEPT_BY_THE_LOCK, ids=lambda race: race.__name__)
def test_without_the_lock_each_of_them_is_caught(race, clock):
    """So that they are known to bite: something comes of it that may not."""
    with no_lock():
        races = (race(clock, RACES, faults=(DatabaseError,)) for _ in range(5))
        assert any(set(outcomes) - ALLOWED[race] for outcomes in races)
