"""For every page that Ben can fetch, and whatever he does there, the answer is the same whether or
not Ana acted in silence.

Two worlds from one state: in one Ana does nothing, in the other she does this and that. Ben asks
for every address of the URL table, at once and again some days later, and compares. Every mail that
he gets meanwhile is compared, too: he asked for all kinds of notices (R28).
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, Person
from accounts.queries import other_membership
from accounts.scopes import Scope
from boundaries import actions, guards
from boundaries.exceptions import RefusedError
from boundaries.models import Proposal
from boundaries.queries import coming_windows
from boundaries.rules import acts, gate
from boundaries.rules.reasons import Reason
from checkins import actions as checkins
from conversations import actions as conversations
from conversations import live, matters
from conversations.models import Letter, Matter, Notice
from tests import factories
from tests.clock import Clock
from tests.pages import silent
from tests.pages.everything import (
    GUESSED,
    KNOWN_SEED,
    Addresses,
    Answers,
    Asked,
    Reader,
    Route,
    UnknownKeyError,
    differences,
    model_of,
    queries_in,
    routes,
    view_of,
)
from tests.pages.filled import WELL_FILLED
from tests.pages.silent import Ana, NotHereError
from tests.pages.visitor import ClientVisitor
from tests.pages.worlds import STATES, State, instants

# Who may see what is decided alike on every database, and it is many pages to look at.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

STORIES = int(os.environ.get("STORIES", "1"))
FEW = 2
"""So few stories are the same each time; `make prove` tells more, and others each time."""
THOUSANDTHS = 1000
# At once, and some days later.
LOOKS = (0, 1)
OTHERWISE: tuple[dict[str, Any], ...] = ({"by_htmx": True}, {"method": "HEAD"})
# So often the worker sweeps while Ana acts, and so often until Ben looks again: at the same
# instants in both worlds.
SWEEPS = 4
OF_A_CHECK_IN = re.compile("look 2, .*/check-in/before/")
Mails = list[tuple[datetime, str, str, str]]
Looks = Sequence[int]
Story = Sequence[tuple[str, int]]


def sweep() -> None:
    actions.sweep()
    conversations.sweep()
    conversations.send_notices()
    checkins.sweep()


class Worlds:
    """A state from which stories are told, and what Ben is answered in each of them.

    quiet: what he is answered at each of his two looks if Ana does nothing. compared, performed:
    so that nobody takes for true what holds of nothing.
    """

    def __init__(
        self, state: State, ana: Membership, ben: ClientVisitor, clock: Clock, only: str = ""
    ) -> None:
        """only: what stands in all addresses that are to be asked for."""
        self.state, self.place, self.clock, self.only = state, ana, clock, only
        self.ben = Reader(ben.client)
        self.ben_address = other_membership(ana).person.email
        self.begun = clock.at
        self.compared = 0
        self.performed: Counter[str] = Counter()
        self.quiet: dict[int, Answers] = {number: {} for number in LOOKS}
        self.only_posted: set[object] = set()
        self.quiet_mails: Mails = []
        self.mails: Mails = []
        self._after((), LOOKS, self._first_look)
        self.quiet_mails = self.mails
        self.asked = {number: list(answers) for number, answers in self.quiet.items()}

    def _first_look(self, number: int) -> None:
        """Find what there is to ask for, and ask for it."""
        addresses, quiet = self._addresses(), self.quiet[number]
        asked = [each for each in addresses.all() if self.only in each.path]
        natural = [each for each in addresses.natural() if self.only in each.path]
        plainly = filter(self._is_worth_it, natural)
        self._read(number, natural if self.state.is_thorough else plainly)
        self.only_posted |= {view_of(each) for each, was in quiet.items() if was.status == 405}
        self._read(number, filter(self._is_worth_it, asked))
        if self.state.is_thorough:
            self._read(number, [] if number else asked)
            self._read(number, [each._replace(**OTHERWISE[number]) for each in natural])
        self._read(number, queries_in(quiet))

    def _addresses(self) -> Addresses:
        return Addresses({"pair_id": str(self.place.pair_id)})

    def _is_worth_it(self, asked: Asked) -> bool:
        """Whether to ask for it after each story and in each state.

        What refuses every GET, what is not of a pair, and what is guessed is asked for in one
        state, after all acts.
        """
        view = view_of(asked)
        is_of_a_pair = not view.__module__.startswith(("allauth.", "accounts."))
        is_plain = asked == Asked(asked.path) and str(GUESSED) not in asked.path
        is_wanted = view not in self.only_posted and self.only in asked.path
        return is_of_a_pair and is_plain and is_wanted

    def _read(self, number: int, asked: Iterable[Asked]) -> None:
        new = [each for each in asked if each not in self.quiet[number]]
        self.quiet[number].update(self.ben.ask(new))

    def _after(self, story: Story, looks: Looks, look: Callable[[int], object]) -> None:
        """Let Ana act, and look. Then nothing of it has happened."""
        cache.clear()
        self.mails = []
        with factories.undone():
            self._act(story)
            for number in looks:
                self._go_to(instants(self.state, self.begun)[number])
                look(number)
        self.clock.go_to(self.begun)

    def _go_to(self, instant: datetime) -> None:
        """Let time pass, and the worker sweep; the mails that Ben gets are noted with the hour."""
        begun = self.clock.at
        for part in range(1, SWEEPS + 1) if instant > begun else ():
            self.clock.go_to(begun + (instant - begun) * part / SWEEPS)
            self._sweep()

    def _sweep(self) -> None:
        mail.outbox.clear()
        sweep()
        self.mails += [
            (self.clock.at, str(each.subject), str(each.body), str(each.extra_headers))
            for each in mail.outbox
            if self.ben_address in each.to
        ]

    def differences(self, story: Story, looks: Looks = LOOKS, *, all_: bool = False) -> list[str]:
        """What Ben is answered otherwise because of a story, also where only it made a key."""
        seen: dict[int, Answers] = {}

        def look(number: int) -> None:
            asked = [*self.asked[number], *self._addresses().all()]
            ask = self.asked[number] if all_ else []
            seen[number] = self.ben.ask(dict.fromkeys([*ask, *filter(self._is_worth_it, asked)]))

        self._after(story, looks, look)
        mails = self.mails
        if any(seen[number].keys() - self.quiet[number].keys() for number in looks):
            self._after((), looks, lambda number: self._read(number, seen[number]))
        self.compared += sum(map(len, seen.values()))
        return self._mails_that_differ(mails, looks) + [
            f"look {number + 1}, {line}"
            for number, answers in seen.items()
            for line in differences({each: self.quiet[number][each] for each in answers}, answers)
        ]

    def differences_when_he_acts(self, story: Story, looks: Looks = LOOKS) -> list[str]:
        """What he is answered otherwise to what he does, at each address of the pair, if anything.

        He sends what a page would send, from pages that may be old: also what none offers now.
        """
        told: dict[int, Answers] = {}
        self._after(story, looks, lambda number: told.update({number: self.ben.ask(self._posts())}))
        quiet: dict[int, Answers] = {}
        self._after((), looks, lambda number: quiet.update({number: self.ben.ask(told[number])}))
        self.compared += sum(map(len, told.values()))
        return [
            f"look {number + 1}, {line}"
            for number in looks
            for line in differences(quiet[number], told[number])
        ]

    def _posts(self) -> list[Asked]:
        pages = filter(self._is_in_the_pair, self._addresses().all())
        return [each._replace(method="POST", form=form_of(each)) for each in pages]

    def _is_in_the_pair(self, asked: Asked) -> bool:
        return asked.path.startswith(f"/pairs/{self.place.pair_id}/") and self.only in asked.path

    def _mails_that_differ(self, mails: Mails, looks: Looks) -> list[str]:
        """Up to the last of these looks; each line says when a mail came in one world alone."""
        until = instants(self.state, self.begun)[max(looks)]
        quiet = [each for each in self.quiet_mails if each[0] <= until]
        return [f"mail at {each[0]}" for each in sorted({*mails} ^ {*quiet})]

    def _act(self, story: Story) -> None:
        """Between her acts the worker sweeps, at instants that are the same whatever she does."""
        ana = Ana(Membership.objects.select_related("pair", "person").get(pk=self.place.pk))
        sweeps = [(None, THOUSANDTHS * part // SWEEPS) for part in range(1, SWEEPS + 1)]
        for name, when in sorted([*story, *sweeps], key=lambda each: each[1]):
            self.clock.go_to(self.begun + self.state.span * when / THOUSANDTHS)
            if name is None:
                self._sweep()
                continue
            with counted() as rows, suppress(RefusedError, NotHereError):
                silent.ACTS[name](ana)
                if rows or name in silent.LOOKS:
                    self.performed[name] += 1


def form_of(asked: Asked) -> tuple[tuple[str, str], ...]:
    """What a page would send there; a key that forms bring is one that never came before."""
    filled = WELL_FILLED.get(resolve(asked.path).view_name, {})
    values = ((name, each if isinstance(each, list) else [each]) for name, each in filled.items())
    return tuple((name, str(one)) for name, some in values for one in some)


@contextmanager
def counted():
    """How many rows are written in the block, by statement."""
    rows: list[int] = []

    def execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and context["cursor"].rowcount > 0:
            rows.append(context["cursor"].rowcount)
        return result

    with connection.execute_wrapper(execute):
        yield rows


@pytest.fixture
def worlds_of(ana_place, ben_place, at_ben, clock):
    def begin(state: State, only: str = "") -> Worlds:
        state.build(ana_place, ben_place, clock)
        factories.ask_for_notices(by=ben_place)
        held = Letter.objects.filter(author=ben_place.person, state=Letter.State.HELD)
        held.update(read_again_hours=24, only_after_reading=True)
        factories.feed(of=ben_place.person, seed=KNOWN_SEED)
        _supporters(ana_place.person, ben_place.person)
        return Worlds(state, ana_place, at_ben, clock, only)

    return begin


def _supporters(ana, ben):
    """Each of the two has a supporter, and Ben supports somebody else."""
    for person in (ana, ben):
        by = Person.objects.create_user(f"with-{person.pk}@example.org")
        factories.support(of=person, by=by, allowed=Scope)
    factories.support(of=Person.objects.create_user("eli@example.org"), by=ben, allowed=Scope)


TOLD_BY = {"talking": (), "agreed": (pytest.mark.long,), "asked": (pytest.mark.long,)}
"""The state of which `make test` tells, and those that are told of for every change."""
ALL_STATES = [pytest.param(name, marks=TOLD_BY.get(name, (pytest.mark.proof,))) for name in STATES]


@pytest.fixture(params=ALL_STATES)
def worlds(request, worlds_of):
    return worlds_of(STATES[request.param])


def all_acts(state: State) -> Story:
    """Each act once, at equal distances."""
    return [
        (name, THOUSANDTHS * number // len(state.acts)) for number, name in enumerate(state.acts)
    ]


def without_going_back(story: Story) -> Story:
    """The same, but what she did stands at its end."""
    return [each for each in story if each[0] not in silent.BACK]


def stories(state: State) -> st.SearchStrategy[Story]:
    """Some acts, and then some, at random moments; the same act comes up to two times.

    Sorted by their endings, so that the first ones, which come often, are of every kind.
    """
    names = sorted(state.acts, key=lambda name: name[::-1])
    acts = st.tuples(st.sampled_from(names), st.integers(0, THOUSANDTHS - 1))
    some = st.lists(acts, min_size=5, max_size=12, unique_by=lambda each: each[0])
    return st.builds(_in_time, some, some)


def _in_time(*parts: Story) -> Story:
    names, moments = zip(*chain(*parts), strict=True)
    return list(zip(names, sorted(moments), strict=True))


def shortest(worlds: Worlds, story: Story) -> Story:
    """A beginning of a story that still makes a difference; mostly its last act is the one."""
    without, enough = 0, len(story)
    while enough - without > 1:
        half = (without + enough) // 2
        if worlds.differences(story[:half]):
            enough = half
        else:
            without = half
    return story[:enough]


def test_nothing_that_ana_does_in_silence_changes_what_ben_is_answered(worlds):
    state, every, told = worlds.state, all_acts(worlds.state), Counter()
    thoroughly = {"all_": True} if state.is_thorough else {"looks": LOOKS[1:]}
    found = worlds.differences(every, **thoroughly)
    assert not found, (found, shortest(worlds, every)[-3:])
    standing = without_going_back(every)
    found = worlds.differences(standing, LOOKS[:1])
    assert not found, (found, shortest(worlds, standing)[-3:])
    idle = set(state.acts) - set(worlds.performed)
    assert idle == state.idle, (idle - state.idle, state.idle - idle)

    @settings(
        max_examples=STORIES,
        deadline=None,
        derandomize=STORIES <= FEW,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(story=stories(state), number=st.sampled_from(LOOKS))
    def tell(story, number):
        told[number] += 1
        assert worlds.differences(story, [number]) == []

    tell()
    assert told.total() >= STORIES
    assert worlds.compared > (400 if state.is_thorough else 60)
    assert worlds.performed.total() > len(worlds.performed) + STORIES
    sys.stdout.write(
        f"\n{worlds.compared} answers compared, {len(found)} differ, "
        f"{worlds.performed.total()} acts performed\n"
    )


def test_nothing_that_ana_does_in_silence_changes_what_ben_is_answered_when_he_acts(worlds):
    """Once all is done and some of it undone again, and with what she did still standing."""
    every = all_acts(worlds.state)
    assert worlds.differences_when_he_acts(every, LOOKS[1:]) == []
    assert worlds.differences_when_he_acts(without_going_back(every), LOOKS[:1]) == []
    assert worlds.compared > 60


@pytest.mark.long
def test_an_answer_to_what_he_does_that_tells_of_her_is_found_out(worlds_of, monkeypatch):
    """As if nobody could skip what the other has skipped already."""
    act = ("skips_the_next_one", 0)
    worlds = worlds_of(STATES["agreed"], only="/skip/")
    assert worlds.differences_when_he_acts([act], LOOKS[:1]) == []
    told = lambda skip, *_: bool(skip.window.skipped)  # noqa: E731 - said here alone
    monkeypatch.setitem(gate.GATE[acts.Skip], Reason.SKIPPED, told)
    found = worlds.differences_when_he_acts([act], LOOKS[:1])
    assert any("POST" in line and "/skip/" in line for line in found), found


def test_each_act_is_performed_in_some_state():
    for name in silent.ACTS:
        assert any(name in state.acts and name not in state.idle for state in STATES.values()), name


def test_each_kind_of_key_has_a_row(worlds_of):
    """Or an address with this key would only be asked for with a guessed one."""
    worlds_of(STATES["agreed"], only="/letters/")
    models = {model_of(key) for route in routes() for key in route.keys} - {None}
    assert len(models) >= 5
    assert [model for model in models if not model._default_manager.exists()] == []


def test_a_key_of_which_nobody_knows_what_it_is_fails():
    unknown = Route("/x/%(riddle)s/", ("riddle",), lambda request, riddle: None)
    with pytest.raises(UnknownKeyError, match="Nobody knows with what to fill <riddle>"):
        Addresses({}).of(unknown)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("agreed", marks=pytest.mark.proof),
        pytest.param("parted", marks=pytest.mark.long),
    ],
)
def test_where_a_row_lies_tells_nothing(worlds_of, monkeypatch, name):
    """A row that is written anew comes last where nothing orders them: a receipt, if it is seen."""
    monkeypatch.setitem(silent.ACTS, "turns_the_tables", turn_the_tables)
    turned = worlds_of(STATES[name])
    assert turned.differences([("turns_the_tables", 0)], LOOKS[:1]) == []
    assert turned.performed["turns_the_tables"] == 1


def turn_the_tables(ana: Ana) -> None:
    """Write each row of the project's tables anew, the last ones first, and change nothing.

    And let them be read from the tables: an index keeps the old order for a while.
    """
    with (
        connection.cursor() as cursor,
        guards.down(connection, *(each.name for each in guards.ALL)),
    ):
        for label in ("accounts", "boundaries", "conversations", "checkins"):
            for model in apps.get_app_config(label).get_models():
                table, key = model._meta.db_table, model._meta.pk.column
                cursor.execute(f"SELECT {key} FROM {table} ORDER BY ctid DESC")
                for (value,) in cursor.fetchall():
                    cursor.execute(f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", [value])
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


LEAKS = {
    "holds_a_letter": "/in-the-body/: body b'2' or b'3'",
    "changes_what_she_holds": "/in-a-header/: headers [('Last-Modified'",
    "writes_a_draft": "/in-the-status/: status 404 or 200",
    "says_how_it_is": "/of_check_ins/: body b'0' or b'1'",
    "writes_a_reflection": "/of_reflections/: body b'0' or b'1'",
    "gets_support": "/of_supporters/: body b'2' or b'3'",
    "is_looked_at_by_her_supporter": "/of_looks/: body b'2' or b'3'",
}


@pytest.mark.long
def test_it_bites(worlds_of, settings, subtests):
    """Addresses that nobody has listed, and that tell something, are found and found out."""
    settings.ROOT_URLCONF = "tests.pages.urls_with_leaks"
    state = replace(STATES["nothing agreed"], later=timedelta(hours=1))
    worlds = worlds_of(state, only="/leaks/")
    for act, leak in LEAKS.items():
        with subtests.test(act):
            found = worlds.differences([(act, 500)])
            assert sum(leak in line for line in found) == len(LOOKS), found
            assert not [line for line in found if "/leaks/" not in line]


@pytest.mark.long
def test_what_ben_is_to_see_makes_a_difference(worlds_of):
    """That there is less now, on the pages that there really are (R1)."""
    found = worlds_of(STATES["agreed"], only="/agreement/").differences([("allows_nothing", 0)])
    assert any("/agreement/: body" in line for line in found)


@pytest.mark.proof
def test_r12_that_she_leaves_no_room_is_told_at_the_check_in_and_not_before(worlds_of):
    """And only if it was so when it was looked, in the middle of what is told."""
    worlds = worlds_of(STATES["a week before, with room"])
    found = worlds.differences([("lowers_them_to_what_is_in_force", 100)])
    assert found
    assert [line for line in found if not OF_A_CHECK_IN.match(line)] == []
    assert worlds.differences([("lowers_them_to_what_is_in_force", 900)]) == []


@pytest.mark.proof
@pytest.mark.parametrize("act", ["types_a_new_letter", "looks_at_the_pair"])
def test_what_would_tell_him_while_they_talk_that_she_types_is_found_out(
    worlds_of, monkeypatch, act
):
    """On his page and in what is sent to it."""
    real = live._state

    def state_with_drafts(now):
        drafts = Letter.objects.filter(pair=now["window"].pair, state=Letter.State.DRAFT)
        return f"{real(now)}<!-- {drafts.count()} -->"

    monkeypatch.setattr(live, "_state", state_with_drafts)
    found = worlds_of(STATES["talking"], only="/conversations/").differences([(act, 0)], LOOKS[:1])
    assert any("/stream/" in line for line in found) == (act == "types_a_new_letter"), found


def unless_anybody_skips(membership, situation, at):
    """Where the next conversation is one that the other did not skip either."""
    return next((each for each in coming_windows(situation, at) if not each.skipped), None)


def all_that_was_proposed(membership, situation, at):
    """Also what this person is not shown."""
    others = Proposal.objects.filter(pair=membership.pair_id).exclude(author=membership.person_id)
    return [Matter(Notice.Kind.TO_DECIDE, each.pk, None) for each in others]


MAILS_THAT_LEAK = (
    ("would_go_into", unless_anybody_skips, "skips_the_next_one"),
    ("_proposed", all_that_was_proposed, "proposes_more_than_ben_allows"),
)


@pytest.mark.long
def test_a_mail_that_comes_or_does_not_because_of_her_is_found_out(
    worlds_of, monkeypatch, subtests
):
    """So that it is known to bite (R10, R24, R28)."""
    agreed = worlds_of(STATES["agreed"], only="/agreement/")
    assert len(agreed.quiet_mails) >= 1
    for name, leak, act in MAILS_THAT_LEAK:
        with subtests.test(act), monkeypatch.context() as patch:
            assert agreed.differences([(act, 100)]) == []
            patch.setattr(matters, name, leak)
            found = agreed.differences([(act, 100)])
            assert any(line.startswith("mail at") for line in found), found


@pytest.mark.long
def test_his_calendar_feed_is_among_what_he_is_answered(worlds_of, subtests):
    worlds = worlds_of(STATES["agreed"], only="/feeds/")
    assert {answer.status for answer in worlds.quiet[0].values()} == {200, 404}
    for act, seen in (("allows_nothing", 1), ("skips_the_next_one", 0), ("says_go_ahead", 0)):
        with subtests.test(act):
            found = worlds.differences([(act, 0)], LOOKS[:1])
            # That nothing is to come any more is also told by a mail that does not come.
            assert len([each for each in found if "/feeds/" in each]) == seen, found
