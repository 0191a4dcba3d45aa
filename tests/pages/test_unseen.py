"""What the other sees: nothing of what is not theirs to see, down to the bytes (R9 to R20).

Ben goes through every page that a link leads him to. What Ana did in between, if it is hers alone,
or why something ended, cannot be told from any byte; also long after. For all other acts of hers
and all addresses, also those to which no link leads, see test_non_interference.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse

from boundaries import actions
from boundaries.models import Pause
from boundaries.rules.terms import NO_CONTACT
from conversations import actions as conversations
from tests import factories
from tests.beginnings import beginning, meet
from tests.pages.visitor import ClientVisitor
from tests.pages.watch import all_pages, sweep, without_ids
from tests.story.reading import Page

# Who may see what is decided alike on every database, and it is many pages to look at.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.long]


def nothing() -> None:
    """What Ana does most of the time."""


# --- What Ana does alone ---------------------------------------------------------------------


def live(begun):
    """Ordinary life before the second conversation: all that can be waiting is waiting."""
    meet(begun)
    for place in begun.places:
        factories.letter(by=place, body="held")
        factories.letter(by=place, body="a draft", hold=False)
    opens_at = factories.next_window(pair=begun.pair).opens_at
    begun.clock.go_to(opens_at - timedelta(days=2, hours=1))
    factories.propose(by=begun.ben_place, live=False, minutes=60)
    begun.life = begun.past


BEGINNINGS = {"life": live}
life = beginning("life")


def test_a_letter_that_was_taken_back_in_time_leaves_no_trace(watch, life, ana_place, clock, pair):
    """Also after the conversation to which it would have gone."""

    def back_and_forth() -> None:
        letter = factories.letter(by=ana_place, body="never sent")
        conversations.edit_letter(
            by=ana_place, letter_id=letter.pk, version=1, body="changed " * 500, hold=True
        )
        factories.take_back(by=ana_place, letter_id=letter.pk)

    clock.go_to(factories.next_window(pair=pair).opens_at)
    first, other = (
        [without_ids(pages) for pages in watch.after(act, 0, 1)]
        for act in (nothing, back_and_forth)
    )
    assert other == first


def test_the_writer_sees_one_state_whatever_happens(watch, life, past, ana_place):
    """R19, for half a year; at once and soon after it, see test_non_interference."""
    choices = (
        conversations.open_envelope,
        conversations.keep_envelope,
        conversations.hand_back_envelope,
    )
    quiet = watch.after(nothing, 180, at_once=False)
    for choose in choices:
        act = partial(choose, by=ana_place, envelope_id=past.to_ana.pk)
        assert watch.after(act, 180, at_once=False) == quiet, choose


# --- Cooling-off -----------------------------------------------------------------------------


def test_a_yes_that_was_taken_back_still_seems_to_stand(watch, ana_place, ben_place, clock):
    """R4: until the instant at which it would have taken force."""
    factories.allow(by=(ana_place, ben_place))
    proposal = factories.cooling_off(by=ana_place, other=ben_place, live=False)

    def take_back() -> None:
        actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk)

    def lower() -> None:
        factories.allow(by=(ana_place,), minutes=5)

    quiet = watch.after(nothing, 2.9)
    for act in (take_back, lower, lambda: actions.pause(by=ana_place)):
        assert watch.after(act, 2.9) == quiet


def test_all_that_did_not_take_force_reads_the_same(watch, ana_place, ben_place, clock):
    factories.allow(by=(ana_place, ben_place))
    proposal = factories.cooling_off(by=ana_place, other=ben_place, live=False)
    causes = [
        lambda: actions.withdraw_proposal(by=ana_place, proposal_id=proposal.pk),
        lambda: factories.allow(by=(ana_place,), minutes=5),
        lambda: factories.allow(by=(ana_place,), days_between=None),
        lambda: actions.pause(by=ana_place),
    ]
    first, *others = [watch.after(cause, 3.1, 20) for cause in causes]
    assert any("This did not take force." in page.decode() for page in first[1].values())
    for other in others:
        assert other == first


# --- What Ben proposed -----------------------------------------------------------------------


def test_declined_ignored_filtered_and_paused_look_the_same(watch, ana_place, ben_place, clock):
    """R10, R14: over the whole life of a proposal and the rest after it."""
    factories.allow(by=(ana_place, ben_place))
    proposal = factories.propose(by=ben_place, live=False)
    fates = {
        "ignored": nothing,
        "declined": lambda: actions.decline(by=ana_place, proposal_id=proposal.pk),
        "filtered by minutes": lambda: factories.allow(by=(ana_place,), minutes=5),
        "filtered by hours": lambda: factories.allow(by=(ana_place,), hours=frozenset()),
        "filtered by all": lambda: factories.allow(by=(ana_place,), days_between=None),
        "paused": lambda: actions.pause(by=ana_place),
        "paused and lifted": lambda: (actions.pause(by=ana_place), actions.lift(by=ana_place)),
    }
    seen = {name: watch.after(fate, 13.9, 0.2, 31) for name, fate in fates.items()}
    for name in fates:
        assert seen[name] == seen["ignored"], name


def test_a_proposal_looks_the_same_whatever_it_meets(watch, ana_place, ben_place, clock, at_ben):
    """R10, R14: also one that never reaches her, from the answer to the form onwards."""
    factories.allow(by=(ana_place, ben_place))

    def propose_after(before: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            before()
            factories.propose(by=ben_place, live=False)

        return act

    obstacles = [
        nothing,
        lambda: factories.allow(by=(ana_place,), minutes=5),
        lambda: factories.allow(by=(ana_place,), hours=frozenset()),
        lambda: actions.pause(by=ana_place),
        lambda: (
            factories.allow(by=(ana_place,), minutes=240),
            factories.propose(by=ana_place, minutes=240),
        ),
    ]
    first, *others = [
        [without_ids(pages) for pages in watch.after(propose_after(obstacle), 1, 14, 31)]
        for obstacle in obstacles
    ]
    for other in others:
        assert other == first


# --- Pause, lapse, and all that ends contact -------------------------------------------------


@pytest.fixture
def last_one_open(agreement, pair, clock):
    """The last conversation of an agreement is open: it lapses at its end."""
    for _ in range(5):
        factories.hold(pair=pair, clock=clock)
    return factories.open_next(pair=pair, clock=clock)


def test_after_a_pause_ben_reads_the_very_same_as_after_a_lapse(
    watch, last_one_open, ana_place, ben_place
):
    """R15: also after she lifted it, and when he proposes into it."""
    ends = {
        "lapse": nothing,
        "pause": lambda: actions.pause(by=ana_place),
        "pause, lifted": lambda: (actions.pause(by=ana_place), actions.lift(by=ana_place)),
        "nothing allowed": lambda: factories.allow(by=(ana_place,), days_between=None),
        "ended": lambda: actions.take_less(by=ana_place, terms=NO_CONTACT),
        "no letters allowed": lambda: factories.allow(by=(ana_place,), letters=0, live=False),
    }
    seen = {name: watch.after(end, 1, 20, 60)[1:] for name, end in ends.items()}
    for name in ends:
        assert seen[name] == seen["lapse"], name


def test_what_ben_proposes_into_a_pause_reads_the_same_as_after_a_lapse(
    watch, last_one_open, ana_place, ben_place, clock
):
    def then_ben_proposes(end: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            end()
            clock.move(days=1)
            sweep()
            factories.propose(by=ben_place, live=False)

        return act

    lapse, *others = [
        [without_ids(pages) for pages in watch.after(then_ben_proposes(end), 1, 14, 31)]
        for end in (
            nothing,
            lambda: actions.pause(by=ana_place),
            lambda: factories.allow(by=(ana_place,), days_between=None),
        )
    ]
    for other in others:
        assert other == lapse


def now_section(visitor: ClientVisitor) -> str:
    """What the pair's page says about the next conversation."""
    html = visitor.answer.content.decode()
    return html[html.index('<div id="now"') : html.index("</section>", html.index('<div id="now"'))]


def test_every_cause_gives_the_same_sentence(at_ben, ana_place, ben_place, agreement, pair, clock):
    """R15."""
    causes: dict[str, Callable[[], object]] = {
        "pause": lambda: actions.pause(by=ana_place),
        "limits lowered to nothing": lambda: factories.allow(by=(ana_place,), days_between=None),
        "no minutes": lambda: factories.allow(by=(ana_place,), minutes=0),
        "ended": lambda: actions.take_less(by=ana_place, terms=NO_CONTACT),
        "one's own pause": lambda: actions.pause(by=ben_place),
        "lapse": lambda: [factories.hold(pair=pair, clock=clock) for _ in range(6)],
    }
    said = {}
    for name, cause in causes.items():
        with factories.undone():
            cause()
            sweep()
            at_ben.open(reverse("conversations:pair", args=[pair.pk]))
            said[name] = now_section(at_ben)
    assert len(set(said.values())) == 1, said
    assert "No conversation is scheduled." in said["pause"]


def test_the_words_for_ben_never_tell_of_a_pause(at_ben, past, ana_place):
    actions.pause(by=ana_place)
    assert Pause.objects.count() == 1
    for path, page in all_pages(at_ben).items():
        text = Page(page.decode()).text
        for own in ("Pause all contact in this pair", "Pause with a few words"):
            text = text.replace(own, "")
        offers_his_own = path.endswith(("/with-words/", "/part/", "/time-apart/"))
        assert offers_his_own or "pause" not in text.lower(), path
