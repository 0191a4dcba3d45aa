"""The exploration itself: what it passes through, and that it catches rules which are broken.

Each broken copy of a rule says how it is broken; the walk has to find a story in which the named
invariant does not hold. Where a second rule guards the same, both are broken: one alone would do no
harm, and the walk would rightly find none.
"""

from dataclasses import replace

import pytest

from boundaries.rules import acts as rules
from boundaries.rules import gate, limits, proposal_checks, terms
from boundaries.rules.reasons import Reason
from boundaries.rules.terms import NO_CONTACT
from tests.explorer import apart, invariants, model
from tests.explorer.__main__ import Found, report
from tests.explorer.acts import TICK
from tests.explorer.breaking import ignore, walk, walk_with_one
from tests.explorer.domain import NEVER, NO_TERMS, PROPOSED
from tests.explorer.model import GO_AHEAD, NOBODY, NOT_ENDED, SKIP
from tests.explorer.quotient import WITHDRAWN
from tests.explorer.walk import APART, LESS_IN_FORCE, MORE_IN_FORCE, NEW_PAIR, WIDE_LIMITS, Layer

pytestmark = pytest.mark.once  # no database at all


SHORT_WALKS = (NEW_PAIR, 4), (LESS_IN_FORCE, 3), (MORE_IN_FORCE, 2), (APART, 4)


def test_nothing_is_so_that_must_not_be_and_much_happens():
    """Less deep than `make explore`, so that it belongs to every run of the tests."""
    found = [walk(*each) for each in SHORT_WALKS]
    for each in found:
        assert each.violation is None, str(each.violation)
    nodes = [node for each in found for node in each.steps]
    assert len(nodes) > 2_000
    # Or it would hold of nothing.
    assert {name for name, is_so in SEEN.items() if not any(map(is_so, nodes))} == set()


@pytest.mark.proof
def test_more_is_reached_after_a_whole_window():
    """The long way up, in which every rule of an increase has its say."""
    held = (*LESS_IN_FORCE, TICK, TICK)
    found = walk(held, depth=3)
    assert found.violation is None, str(found.violation)
    assert any(node.pair.in_force == 2 and node.pair.last == 2 for node in found.steps)


@pytest.mark.proof
def test_without_a_pause_all_passes_in_the_best_case():
    """Or it would say nothing that a pause and the end are enough against it."""
    passing = invariants.passes_in_the_best_case((False, False), parted=False)
    notices = ["Notify", "NotifyOfArrival", "NotifyAhead"]
    asking = ["Show", "Consent", "TakeForce", "ShowTimeApart", "AgreeToTimeApart"]
    assert passing == ["OpenWindow", "Release", *notices, *asking]


WITHOUT_CONSENT = "contact was added without two fresh consents and their cooling-off"


@pytest.mark.long
def test_a_violation_is_told_as_the_shortest_story(monkeypatch):
    """Here, that what both consented to takes force whatever limits say by then."""
    limits_ignored_when_it_takes_force(monkeypatch)
    violation = walk(WIDE_LIMITS).violation
    assert str(violation).splitlines() == [
        f"more_needs_two_fresh_consents: {WITHOUT_CONSENT}",
        "  1. Ana sets limits to wide",
        "  2. Ben sets limits to wide",
        "  3. Ana: propose LESS",
        "  4. Ben: consent, Ana's proposal of LESS",
        "  5. Ana sets limits to middle",
        "  6. 72.00 hours pass, the worker is at work",
    ]


def test_the_command_fails_with_the_story(capsys):
    layer = Layer(depth=1, new_states=1, states=2, transitions=3, refused=4, seconds=0)
    assert report([Found(layer, "")], 1) == 0
    assert report([Found(layer, ""), Found(layer, "pause: it passes")], 1) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "pause: it passes"


SEEN = {
    "nothing in force": lambda node: node.pair.in_force == NO_TERMS,
    "an agreement in force": lambda node: node.pair.agreement,
    "what is left of one": lambda node: node.pair.in_force >= len(PROPOSED),
    "an open window": lambda node: any(each.open for each in node.pair.windows),
    "one that opened late": lambda node: any(
        each.open and not each.whole for each in node.pair.windows
    ),
    "one that is due and not open": lambda node: any(
        each.opens < node.pair.now and not each.open for each in node.pair.windows
    ),
    "one that was held": lambda node: node.pair.held_whole,
    "one that somebody skips": lambda node: any(SKIP in each.answers for each in node.pair.windows),
    "one that both want": lambda node: any(
        each.answers == (GO_AHEAD, GO_AHEAD) for each in node.pair.windows
    ),
    "an open proposal": lambda node: any(
        each.end == NOT_ENDED and each.due == NEVER for each in node.pair.proposals
    ),
    "two of them": lambda node: len({each.author for each in node.pair.proposals}) == 2,
    "cooling-off": lambda node: any(
        each.end == NOT_ENDED and each.due != NEVER for each in node.pair.proposals
    ),
    "what seems to be in cooling-off": lambda node: any(
        each.end != NOT_ENDED and each.due > node.pair.now for each in node.pair.proposals
    ),
    "a rest": lambda node: any(each.end == WITHDRAWN for each in node.pair.proposals),
    "one person's pause": lambda node: sum(node.pair.paused) == 1,
    "both persons' pauses": lambda node: all(node.pair.paused),
    "the end of a pair": lambda node: node.pair.parted,
    "an agreement that is over": lambda node: node.pair.number and not node.pair.agreement,
    "a suggestion of a time apart": lambda node: any(
        each.agreed == NEVER and wish.stands
        for each, wish in zip(node.pair.times_apart, node.memory.wishes, strict=True)
    ),
    "one that is over and seems to stand": lambda node: any(
        each.end != apart.NOT_ENDED for each in node.pair.times_apart
    ),
    "one that was taken back": lambda node: any(
        each.back != NEVER for each in node.pair.times_apart
    ),
    "a time apart": lambda node: node.memory.apart != NEVER,
    "a pause in one": lambda node: node.memory.apart != NEVER and any(node.pair.paused),
    "a parting in one": lambda node: node.memory.apart != NEVER and node.pair.parted,
    "a renewal": lambda node: any(
        each.terms == node.pair.in_force and each.due != NEVER for each in node.pair.proposals
    ),
}


# How a rule may be broken.


def no_cooling_off(monkeypatch):
    """What both consented to takes force at once."""
    monkeypatch.setattr(model, "cooling_off", lambda _: 0)
    ignore(monkeypatch, Reason.COOLING_OFF, rules.TakeForce)


def the_shorter_cooling_off_counts(monkeypatch):
    """Whoever wants to think longer is not waited for."""

    def cooling_off(limits_of):
        return min(each.cooling_off for each in limits_of.values()) // model.MINUTE

    monkeypatch.setattr(model, "cooling_off", cooling_off)
    ignore(monkeypatch, Reason.COOLING_OFF, rules.TakeForce)


def cooling_off_from_the_first_consent(monkeypatch):
    """It is counted from when the terms were proposed."""
    real = model.consent

    def consent(pair, who, index):
        now = real(pair, who, index)
        row = now.proposals[index]
        waited = row.agreed - row.made
        if now == pair:
            return pair
        rows = model.put(now.proposals, index, row._replace(agreed=row.made, due=row.due - waited))
        return now._replace(proposals=rows)

    monkeypatch.setattr(model, "consent", consent)


def limits_leave_what_one_said_yes_to(monkeypatch):
    """Who lowers a limit and raises it again has said yes all the time."""
    monkeypatch.setattr(proposal_checks, "forbidden_by_own_limits", lambda *_: [])


def a_longer_cooling_off_set_meanwhile_is_ignored(monkeypatch):
    """Only what was set at the second consent counts."""
    limits_leave_what_one_said_yes_to(monkeypatch)

    def cooling_off(act, _, at):
        return at < act.proposal.takes_force_at

    monkeypatch.setitem(gate.GATE[rules.TakeForce], Reason.COOLING_OFF, cooling_off)


def one_consent_is_enough(monkeypatch):
    """What one proposes goes into cooling-off without the other."""
    ignore(monkeypatch, Reason.NOT_CONFIRMED, rules.TakeForce)
    real = model.propose

    def propose(pair, who, code):
        *rows, last = real(pair, who, code).proposals
        last = last._replace(
            agreed=pair.now, due=pair.now + model.cooling_off(model.both_limits(pair.limits))
        )
        return pair._replace(proposals=(*rows, last))

    monkeypatch.setattr(model, "propose", propose)


def a_consent_that_was_withdrawn_still_counts(monkeypatch):
    """Withdrawing only changes what one sees."""
    monkeypatch.setattr(model, "withdraw", lambda pair, who, index: pair)


def consent_survives_a_decrease(monkeypatch):
    """What was asked is not void when somebody takes less or pauses, and nothing asks again."""
    monkeypatch.setattr(model, "void_proposals", lambda pair, who: pair)
    ignore(monkeypatch, Reason.CHANGED_MEANWHILE)


def consent_to_other_terms(monkeypatch):
    """What takes force is not what was consented to."""
    real = model.put_in_force

    def put_in_force(pair, index):
        row = pair.proposals[index]._replace(terms=2)
        return real(pair._replace(proposals=model.put(pair.proposals, index, row)), index)

    monkeypatch.setattr(model, "put_in_force", put_in_force)


def limits_ignored_when_it_takes_force(monkeypatch):
    """They were asked at the second consent, and so was the cooling-off that goes with them."""
    limits_leave_what_one_said_yes_to(monkeypatch)
    ignore(monkeypatch, Reason.BEYOND_LIMITS, rules.TakeForce)
    ignore(monkeypatch, Reason.COOLING_OFF, rules.TakeForce)


def limits_cut_nothing(monkeypatch):
    """Lowering limits leaves what is in force."""
    monkeypatch.setattr(model, "_cut", lambda _, pair, who: pair)


def limits_cut_too_little(monkeypatch):
    """The number of letters is forgotten."""
    real = limits.cut

    def cut(of, by):
        left = real(of, by)
        return left if left == NO_CONTACT or not of.letters else replace(left, letters=of.letters)

    monkeypatch.setattr(limits, "cut", cut)


def pauses_ignored_by_the_gate(monkeypatch):
    """The gate does not look at them."""
    ignore(monkeypatch, Reason.PAUSED)


def pauses_ignored_for_release_alone(monkeypatch):
    """The gate does not look at them for letters."""
    ignore(monkeypatch, Reason.PAUSED, rules.Release)


def a_pause_ends_nothing(monkeypatch):
    """The agreement waits until the pause is lifted."""

    def pause(pair, who):
        return pair._replace(paused=model.put(pair.paused, who, value=True))

    monkeypatch.setattr(model, "pause", pause)


def lifting_restores(monkeypatch):
    """What was in force before the pause is in force again."""
    real = model.lift

    def lift(pair, who):
        pair = real(pair, who)
        may = pair.last not in (NOBODY, NO_TERMS) and not any(pair.paused) and not pair.agreement
        return model._begin(pair, pair.last, pair.now) if may else pair

    monkeypatch.setattr(model, "lift", lift)


def a_pause_runs_out(monkeypatch):
    """When time passes, nobody's pause stands any more."""
    real = model.wait

    def wait(pair, until):
        return real(pair, until)._replace(paused=(False, False))

    monkeypatch.setattr(model, "wait", wait)


def silence_renews(monkeypatch):
    """An agreement whose review has come begins again."""

    def lapse(pair):
        if not pair.agreement or pair.review > pair.now or pair.windows:
            return pair
        again = model.Proposed(0, pair.in_force, pair.agreement, pair.now, due=pair.now)
        index = len(pair.proposals)
        renewed = model.put_in_force(pair._replace(proposals=(*pair.proposals, again)), index)
        return renewed._replace(proposals=pair.proposals)

    monkeypatch.setattr(model, "lapse", lapse)


def the_review_is_forgotten(monkeypatch):
    """An agreement goes on for ever."""
    monkeypatch.setattr(model, "lapse", lambda pair: pair)


def a_lapse_brings_back_what_was_before(monkeypatch):
    """Instead of ending, an agreement gives way to MORE."""
    real = model.lapse

    def lapse(pair):
        ended = real(pair)
        return ended if ended == pair else model._begin(ended, 2, ended.now)

    monkeypatch.setattr(model, "lapse", lapse)


def parting_ignored_by_the_gate(monkeypatch):
    """The gate does not look at the end of a pair."""
    ignore(monkeypatch, Reason.PARTED)


def parting_ends_nothing(monkeypatch):
    """It only says that it is over."""
    monkeypatch.setattr(model, "part", lambda pair, who: pair._replace(parted=True))


def more_is_taken_alone(monkeypatch):
    """Whatever one person takes is in force at once."""
    ignore(monkeypatch, Reason.NOT_LESS, rules.TakeLess)


def what_cannot_be_compared_is_less(monkeypatch):
    """Terms are less unless they are more."""
    monkeypatch.setattr(terms.Terms, "__lt__", lambda a, b: a != b and terms.meet(a, b) != b)


def raising_limits_raises_what_is_in_force(monkeypatch):
    """The agreement follows the limits up."""
    real = model.set_limits

    def set_limits(pair, who, code):
        pair = real(pair, who, code)
        both_wide = pair.limits == (2, 2) and pair.agreement
        return model._begin(pair, 2, pair.review) if both_wide else pair

    monkeypatch.setattr(model, "set_limits", set_limits)


def raising_limits_forgets_skips(monkeypatch):
    """Whoever allows more again has not skipped anything."""
    real = model.set_limits

    def set_limits(pair, who, code):
        pair = real(pair, who, code)
        answers = [each._replace(answers=(0, 0)) for each in pair.windows]
        return pair._replace(windows=tuple(answers))

    monkeypatch.setattr(model, "set_limits", set_limits)


def to_be_asked_no_more_lets_through(monkeypatch):
    """Whoever wants to be asked no more is not asked about what is planned either."""
    real = model._skipping
    monkeypatch.setattr(model, "_skipping", lambda _, pair, who: real(pair, pair, who))


def less_plans_more_windows(monkeypatch):
    """A decrease begins with windows of its own up to a new review."""
    real = model.put_less_in_force

    def put_less_in_force(pair, code, who):
        pair = real(pair, code, who)
        if code == NO_TERMS:
            return pair
        now = model.instant(pair.now)
        spans = model._first_windows(
            model.TERMS[code], model.situation_of(pair), now, shown_from=now
        )
        new = tuple(
            model.Planned(
                model.minute_of(each.opens_at), model.minute_of(each.closes_at), pair.number
            )
            for each in spans
        )
        return pair._replace(windows=new, review=new[-1].closes)

    monkeypatch.setattr(model, "put_less_in_force", put_less_in_force)


def less_keeps_all_windows(monkeypatch):
    """Those stay as well that the lesser terms do not have."""

    def left_of(_, situation, planned):
        every = {each.span.opens_at: each.span.closes_at for each in situation.windows}
        return {model.minute_of(at): model.minute_of(every[at]) for at in planned}

    monkeypatch.setattr(model, "_left_of", left_of)


def no_pace(monkeypatch):
    """More may follow at once upon more."""
    ignore(monkeypatch, Reason.TOO_SOON_FOR_MORE)


def a_window_that_was_cut_short_counts(monkeypatch):
    """Whoever opened a window has held it."""
    real = model.open_due

    def open_due(pair):
        now = real(pair)
        return now._replace(held_whole=now.held_whole or any(each.open for each in now.windows))

    monkeypatch.setattr(model, "open_due", open_due)


def many_increases_at_once(monkeypatch):
    """Each proposal is looked at alone."""
    ignore(monkeypatch, Reason.COOLING_OFF, rules.Consent)
    ignore(monkeypatch, Reason.ONE_AT_A_TIME, rules.Propose)


def windows_open_after_their_end(monkeypatch):
    """A worker that comes late opens what it finds."""
    ignore(monkeypatch, Reason.TOO_LATE, rules.OpenWindow)


def nobody_is_asked_before_a_window(monkeypatch):
    """Whoever wanted to be asked is not."""
    ignore(monkeypatch, Reason.NOT_CONFIRMED, rules.OpenWindow)


def skips_are_ignored(monkeypatch):
    """A conversation that somebody skips takes place."""
    ignore(monkeypatch, Reason.SKIPPED, rules.OpenWindow)


def windows_of_an_agreement_that_ended_open(monkeypatch):
    """The gate does not ask for what is in force, and nothing cancels what was planned."""
    ignore(monkeypatch, Reason.NO_AGREEMENT)
    ignore(monkeypatch, Reason.BEYOND_LIMITS, rules.OpenWindow)


def limits_that_are_given_back_revive(monkeypatch):
    """What is due and forbidden is only void once a worker has come."""
    real = model.set_limits

    def set_limits(pair, who, code):
        now = real(pair, who, code)
        revived = (
            was if model.is_due(pair, was) else row
            for was, row in zip(pair.proposals, now.proposals, strict=True)
        )
        return now._replace(proposals=tuple(revived))

    monkeypatch.setattr(model, "set_limits", set_limits)


CONSENTS = invariants.more_needs_two_fresh_consents
LIMITS = invariants.in_force_is_within_both_limits
PAUSE = invariants.nothing_passes_a_pause
TIME = invariants.time_adds_nothing
END = invariants.parted_is_the_end
ALONE = invariants.alone_only_less
PACE = invariants.more_only_after_a_whole_window
ONE = invariants.one_increase_at_a_time
PLANNED = invariants.what_is_planned_was_agreed
DELIVERED = invariants.what_is_delivered_was_agreed
OPENS = invariants.what_opens_was_agreed
SILENCE = invariants.silence_ends_it
STAYS = invariants.over_stays_over

BROKEN = [
    (no_cooling_off, WIDE_LIMITS, CONSENTS),
    (the_shorter_cooling_off_counts, WIDE_LIMITS, CONSENTS),
    (cooling_off_from_the_first_consent, WIDE_LIMITS, CONSENTS),
    (a_longer_cooling_off_set_meanwhile_is_ignored, WIDE_LIMITS, CONSENTS),
    (one_consent_is_enough, WIDE_LIMITS, CONSENTS),
    (a_consent_that_was_withdrawn_still_counts, WIDE_LIMITS, CONSENTS),
    (consent_survives_a_decrease, WIDE_LIMITS, CONSENTS),
    (consent_to_other_terms, WIDE_LIMITS, CONSENTS),
    (limits_ignored_when_it_takes_force, WIDE_LIMITS, LIMITS),
    (limits_cut_nothing, LESS_IN_FORCE, LIMITS),
    (limits_cut_too_little, MORE_IN_FORCE, LIMITS),
    (pauses_ignored_by_the_gate, NEW_PAIR, PAUSE),
    (pauses_ignored_for_release_alone, NEW_PAIR, PAUSE),
    (a_pause_ends_nothing, LESS_IN_FORCE, PAUSE),
    (a_pause_runs_out, WIDE_LIMITS, TIME),
    (silence_renews, LESS_IN_FORCE, TIME),
    (a_lapse_brings_back_what_was_before, LESS_IN_FORCE, TIME),
    (the_review_is_forgotten, LESS_IN_FORCE, SILENCE),
    (parting_ignored_by_the_gate, NEW_PAIR, END),
    (parting_ends_nothing, LESS_IN_FORCE, END),
    (lifting_restores, LESS_IN_FORCE, ALONE),
    (more_is_taken_alone, NEW_PAIR, ALONE),
    (what_cannot_be_compared_is_less, LESS_IN_FORCE, ALONE),
    (raising_limits_raises_what_is_in_force, LESS_IN_FORCE, ALONE),
    (raising_limits_forgets_skips, LESS_IN_FORCE, ALONE),
    (to_be_asked_no_more_lets_through, LESS_IN_FORCE, ALONE),
    (less_plans_more_windows, MORE_IN_FORCE, ALONE),
    (no_pace, LESS_IN_FORCE, PACE),
    (a_window_that_was_cut_short_counts, (*LESS_IN_FORCE, TICK), PACE),
    (many_increases_at_once, WIDE_LIMITS, ONE),
    (less_keeps_all_windows, MORE_IN_FORCE, PLANNED),
    (windows_open_after_their_end, LESS_IN_FORCE, DELIVERED),
    (windows_of_an_agreement_that_ended_open, LESS_IN_FORCE, DELIVERED),
    (windows_open_after_their_end, LESS_IN_FORCE, OPENS),
    (nobody_is_asked_before_a_window, LESS_IN_FORCE, OPENS),
    (skips_are_ignored, LESS_IN_FORCE, OPENS),
    (limits_that_are_given_back_revive, WIDE_LIMITS, STAYS),
    (limits_leave_what_one_said_yes_to, WIDE_LIMITS, CONSENTS),
]


@pytest.mark.proof
@pytest.mark.parametrize(
    ("broken", "beginning", "invariant"),
    [pytest.param(*each, id=f"{each[0].__name__}-{each[2].__name__}") for each in BROKEN],
)
def test_a_broken_rule_is_caught(broken, beginning, invariant, monkeypatch):
    """By this invariant, with no other beside it."""
    broken(monkeypatch)
    found = walk_with_one(invariant, beginning, 6, invariants.OF_STATES, invariants.OF_ACTS)
    violation = found.violation
    assert violation is not None, "nothing was found"
    assert violation.invariant == invariant.__name__


def test_every_invariant_catches_something():
    assert {each for _, _, each in BROKEN} == {*invariants.OF_STATES, *invariants.OF_ACTS}
