"""States in which a pair can be, from which Ana's silent acts are told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from accounts import actions as accounts
from accounts.models import Membership, Person
from boundaries import actions
from boundaries.rules.checkins import ROUND_AHEAD, Answer
from checkins import actions as checkins
from conversations import actions as conversations
from tests import factories
from tests.clock import Clock
from tests.pages import silent

BENS = {"minutes": 60, "letters": 3}
AS_AGREED = {
    "days_between": 28,
    "minutes": 45,
    "letters": 2,
    "letter_length": 4000,
    "live": False,
}


@dataclass(frozen=True)
class State:
    """A state, and the time of what is told from it.

    span: within it Ana acts, from the instant on at which `build` left the clock. later: how long
    after that Ben looks once more; no conversation opens and nothing takes force meanwhile.
    seen: Ana's acts that Ben is to notice here. idle: those for which there is nothing here.
    """

    build: Callable[[Membership, Membership, Clock], None]
    later: timedelta
    span: timedelta = timedelta(hours=6)
    is_thorough: bool = False
    seen: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()

    @property
    def acts(self) -> list[str]:
        return [name for name in silent.ACTS if name not in self.seen]


def nothing_agreed(ana: Membership, ben: Membership, clock: Clock) -> None:
    """Both would like to; hers is more than he allows. He is in a pair with somebody else, too."""
    other = Person.objects.create_user("dora@example.org")
    accounts.use_code(by=other, code=accounts.create_code(by=ben.person))
    _allow(ana, ben)
    factories.propose(by=ana, minutes=90)
    factories.propose(by=ben, live=False)
    _letters(ana, ben)
    clock.move(days=1)


def asked(ana: Membership, ben: Membership, clock: Clock) -> None:
    """Nothing is agreed yet; he is shown what she proposes."""
    _allow(ana, ben)
    factories.propose(by=ana, live=False)
    _letters(ana, ben)
    clock.move(days=1)


def agreed(ana: Membership, ben: Membership, clock: Clock) -> None:
    """Between two conversations, with all waiting that can be. Long ago she declined something."""
    _after_one_conversation(ana, ben, clock)
    opens_at = factories.next_window(pair=ana.pair).opens_at
    clock.go_to(opens_at - timedelta(days=7))
    checkins.sweep()
    clock.go_to(opens_at - timedelta(days=2, hours=1))
    factories.propose(by=ben, live=False, minutes=60)
    factories.suggest(by=ben)


def a_week_before(ana: Membership, ben: Membership, clock: Clock) -> None:
    """While she acts it is looked whether both leave room (R12). Ben leaves none."""
    _until_it_is_looked(ana, ben, clock)
    factories.allow(by=(ben,), **AS_AGREED)


def a_week_before_with_room(ana: Membership, ben: Membership, clock: Clock) -> None:
    """The same; both leave some, which both are told at the check-in."""
    _until_it_is_looked(ana, ben, clock)


def _until_it_is_looked(ana: Membership, ben: Membership, clock: Clock) -> None:
    _after_one_conversation(ana, ben, clock)
    opens_at = factories.next_window(pair=ana.pair).opens_at
    clock.go_to(opens_at - ROUND_AHEAD - timedelta(hours=3))


def day_after(ana: Membership, ben: Membership, clock: Clock) -> None:
    """A day after a conversation; he has said how it was, and may say again how it is."""
    _after_one_conversation(ana, ben, clock)
    factories.propose(by=ben, live=False, minutes=60)


def cooling_off(ana: Membership, ben: Membership, clock: Clock) -> None:
    """Both have said yes; nothing is in force yet."""
    _allow(ana, ben)
    _letters(ana, ben)
    factories.cooling_off(by=ana, other=ben, live=False)


def paused(ana: Membership, ben: Membership, clock: Clock) -> None:
    """Ana's pause stands; Ben proposes into it. He wants to see no kind words."""
    _after_one_conversation(ana, ben, clock)
    factories.allow(by=(ben,), **BENS, kind_words=False)
    clock.move(days=20)
    actions.pause(by=ana)
    clock.move(days=1)
    factories.propose(by=ben, live=False)


def is_open(ana: Membership, ben: Membership, clock: Clock) -> None:
    """The second conversation is open and brought each a letter."""
    _after_one_conversation(ana, ben, clock)
    factories.open_next(pair=ana.pair, clock=clock)
    _letters(ana, ben)
    factories.propose(by=ben, live=False, minutes=60)
    clock.move(minutes=2)


def talking(ana: Membership, ben: Membership, clock: Clock) -> None:
    """A conversation is open in which both have talked."""
    _allow(ana, ben)
    agreement = factories.agree(by=ana, other=ben, clock=clock, live=True)
    _letters(ana, ben, ben)
    opened = factories.open_next(pair=agreement.pair, clock=clock)
    _letters(ana, ben)
    for place, body in ((ana, "Hello."), (ben, "Hello you."), (ana, "It rains here.")):
        clock.move(seconds=20)
        conversations.say(by=place, window_id=opened.pk, key=uuid4(), body=body)
    factories.check_in(by=ben, body="I am here.")
    clock.move(minutes=1)


def parted(ana: Membership, ben: Membership, clock: Clock) -> None:
    """The pair has ended; his door is open. Were hers too, they would be told, but not so soon."""
    _after_one_conversation(ana, ben, clock)
    clock.move(days=20)
    conversations.part(by=ana)
    actions.open_door(by=ben)


def after_a_time_apart(ana: Membership, ben: Membership, clock: Clock) -> None:
    """Its day came; he suggests another and receives nothing that she would."""
    _after_one_conversation(ana, ben, clock)
    clock.move(days=1)
    clock.go_to(factories.apart(by=ben, other=ana, days=30).ends_at)
    factories.allow(by=(ben,), **BENS, receives_proposals=False)
    clock.move(days=1)
    factories.propose(by=ben, live=False)
    factories.suggest(by=ben)


def _allow(ana: Membership, ben: Membership) -> None:
    factories.allow(by=(ana,))
    factories.allow(by=(ben,), **BENS)


def _after_one_conversation(ana: Membership, ben: Membership, clock: Clock) -> None:
    _allow(ana, ben)
    declined = factories.propose(by=ben, live=False, minutes=30)
    actions.decline(by=ana, proposal_id=declined.pk)
    agreement = factories.agree(by=ana, other=ben, clock=clock, live=False)
    for each in (ana, ben, ben):
        factories.letter(by=each, body="It rained.")
    held = factories.hold(pair=agreement.pair, clock=clock)
    _letters(ana, ben)
    clock.move(days=1)
    said = factories.said(Answer.SAME, safe=3, body="My shoulders came down.")
    checkins.give_after(by=ben, window_id=held.pk, said=said)
    factories.reflection(by=ben.person)


def _letters(*places: Membership) -> None:
    for each in places:
        factories.letter(by=each, body="The garden is quiet now.")
        factories.letter(by=each, body="I have mended the fence.", hold=False)


def instants(state: State, begun: datetime) -> tuple[datetime, datetime]:
    """When Ben looks."""
    return begun + state.span, begun + state.span + state.later


ANSWERS = frozenset({"says_go_ahead", "skips_the_next_one", "skips_the_last_one"})
ENVELOPES = frozenset({"reads_what_came", "keeps_what_came", "hands_back_what_came"})
GO_AHEAD = frozenset({"says_go_ahead_in_a_check_in"})  # only while one is due; a skip needs none
BEFORE = GO_AHEAD | {"skips_in_a_check_in"}
AFTER = frozenset({"says_how_it_was"})
CHECK_INS = BEFORE | AFTER
OF_HERS = frozenset({"proposes_more_than_ben_allows", "takes_back_her_proposal"})
OF_BENS = frozenset({"looks_at_what_ben_proposes", "declines_what_ben_proposes"})
YES = frozenset({"takes_back_her_yes"})
LIFT = frozenset({"lifts_her_pause"})
KIND_WORDS = frozenset({"pauses_with_kind_words", "takes_her_kind_words_back"})
PAUSES = KIND_WORDS | {
    "pauses",
    "lifts_it_again",
    "is_paused_for",
    "lets_that_line_go",
    "lifts_what_her_supporter_paused",
}
DOORS = frozenset({"opens_her_door", "closes_her_door", "opens_her_door_again"})
SUGGESTS = frozenset({"suggests_a_time_apart"})
TAKES_BACK = frozenset({"takes_back_the_time_apart"})
LET_BE = frozenset({"lets_it_be_after_a_time_apart"})
OF_BENS_APART = LET_BE | {
    "looks_at_the_time_apart_that_ben_suggests",
    "declines_the_time_apart_that_ben_suggests",
}
HELD = frozenset(
    {
        "changes_what_she_holds",
        "leaves_a_page_with_words_typed_into_what_she_holds",
        "wants_to_read_it_again",
        "reads_it_again",
        "takes_back_what_she_holds",
        "deletes_what_she_holds",
    }
)
HOURS = frozenset({"allows_no_hours", "allows_only_hours_in_which_nothing_is"})
ROOM = HOURS | {
    "lowers_them_to_what_is_in_force",
    "lowers_them_below_what_ben_proposes",
    "skips_the_next_one",
    "skips_in_a_check_in",
    "wants_no_check_ins",
    "allows_nothing",
}
"""With which she leaves none, or not the other two of what both are told (R12)."""
STATES = {
    "nothing agreed": State(
        nothing_agreed,
        later=timedelta(days=3),
        seen=KIND_WORDS | SUGGESTS,
        idle=OF_BENS_APART
        | TAKES_BACK
        | ANSWERS
        | CHECK_INS
        | ENVELOPES
        | YES
        | LIFT
        | DOORS
        | {"proposes_more_than_ben_allows"},
    ),
    "asked": State(
        asked,
        later=timedelta(days=3),
        seen=PAUSES | SUGGESTS | HOURS | {"takes_back_her_proposal", "allows_nothing"},
        idle=OF_BENS
        | OF_BENS_APART
        | TAKES_BACK
        | ANSWERS
        | CHECK_INS
        | ENVELOPES
        | YES
        | LIFT
        | DOORS
        | {"proposes_more_than_ben_allows", "allows_all_hours"},
    ),
    "agreed": State(
        agreed,
        later=timedelta(days=1),
        is_thorough=True,
        seen=PAUSES | SUGGESTS | {"allows_nothing"},
        idle=AFTER | LET_BE | TAKES_BACK | YES | LIFT | DOORS,
    ),
    "a week before": State(
        a_week_before,
        later=timedelta(days=4, hours=1),
        seen=PAUSES | SUGGESTS | {"allows_nothing"},
        idle=GO_AHEAD | AFTER | OF_BENS | OF_BENS_APART | TAKES_BACK | YES | LIFT | DOORS,
    ),
    "a week before, with room": State(
        a_week_before_with_room,
        later=timedelta(days=4, hours=1),
        seen=PAUSES | SUGGESTS | ROOM,
        idle=BEFORE - ROOM
        | AFTER
        | OF_BENS
        | OF_BENS_APART
        | TAKES_BACK
        | YES
        | LIFT
        | DOORS
        | {"allows_all_hours"},
    ),
    "the day after": State(
        day_after,
        later=timedelta(days=3),
        seen=PAUSES | SUGGESTS | {"allows_nothing"},
        idle=GO_AHEAD | OF_BENS_APART | TAKES_BACK | YES | LIFT | DOORS,
    ),
    "cooling off": State(
        cooling_off,
        later=timedelta(days=2, hours=12),
        seen=KIND_WORDS | SUGGESTS,
        idle=OF_BENS_APART
        | TAKES_BACK
        | ANSWERS
        | CHECK_INS
        | ENVELOPES
        | OF_HERS
        | OF_BENS
        | LIFT
        | DOORS,
    ),
    "paused": State(
        paused,
        later=timedelta(days=3),
        seen=SUGGESTS,
        idle=OF_BENS_APART | TAKES_BACK | ANSWERS | CHECK_INS | OF_BENS | YES | DOORS,
    ),
    "parted": State(
        parted,
        later=timedelta(days=2, hours=12),
        idle=OF_BENS_APART
        | SUGGESTS
        | TAKES_BACK
        | HELD
        | ANSWERS
        | CHECK_INS
        | {"is_open_to_more"}
        | OF_HERS
        | OF_BENS
        | YES
        | LIFT,
    ),
    "open": State(
        is_open,
        later=timedelta(days=1),
        span=timedelta(minutes=20),
        seen=PAUSES
        | SUGGESTS
        | {"allows_nothing", "allows_no_hours", "allows_only_hours_in_which_nothing_is"},
        idle=OF_BENS_APART
        | TAKES_BACK
        | GO_AHEAD
        | AFTER
        | YES
        | LIFT
        | DOORS
        | {"allows_all_hours"},
    ),
    "talking": State(
        talking,
        later=timedelta(days=1),
        span=timedelta(minutes=20),
        seen=PAUSES
        | SUGGESTS
        | HOURS
        | {"allows_nothing", "lowers_them_to_what_is_in_force", "wants_to_be_asked"},
        idle=OF_HERS
        | OF_BENS
        | OF_BENS_APART
        | TAKES_BACK
        | GO_AHEAD
        | AFTER
        | YES
        | LIFT
        | DOORS
        | {"allows_all_hours", "wants_not_to_be_asked"},
    ),
    "after a time apart": State(
        after_a_time_apart,
        later=timedelta(days=3),
        seen=KIND_WORDS,
        idle=ANSWERS | CHECK_INS | YES | LIFT | DOORS,
    ),
}
