"""What Ana does that Ben is not to notice: her acts by name (R4, R9 to R12, R14, R17, R19, R22)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import reverse

from accounts import actions as accounts
from accounts import support_actions
from accounts.models import Membership, Person, Support
from accounts.proof import Proof
from accounts.queries import looks_to_tell, other_membership
from accounts.scopes import FIELDS, Scope
from boundaries import actions
from boundaries.models import Pause, Proposal, TimeApart, Window
from boundaries.queries import own_limits
from boundaries.rules.checkins import Answer
from boundaries.rules.limits import HOURS_OF_THE_WEEK
from boundaries.rules.phrases import Occasion, Phrase
from boundaries.rules.ways import More
from boundaries.rules.windows import State
from checkins import actions as checkins
from checkins.exceptions import OverError, WayGoneError
from checkins.models import CheckIn, Reflection
from conversations import actions as conversations
from conversations.models import Envelope, Letter
from tests import factories
from tests.factories import PASSWORD

Row = TypeVar("Row", bound=Model)
PASSWORDS = (PASSWORD, "another-quiet-password")
ALL_ALLOWED = dict.fromkeys(FIELDS.values(), True)
HELD, DRAFT = Letter.State.HELD, Letter.State.DRAFT


Act = Callable[["Ana"], object]
ACTS: dict[str, Act] = {}
LOOKS: set[str] = set()
BACK: set[str] = set()


def act(function: Act) -> Act:
    """Put it into the table. Their order is such that in it each finds something to act on."""
    ACTS[function.__name__] = function
    return function


def look(function: Act) -> Act:
    """The same for one that writes nothing in the database."""
    LOOKS.add(function.__name__)
    return act(function)


def back(function: Act) -> Act:
    """The same for one that takes back what another did."""
    BACK.add(function.__name__)
    return act(function)


class NotHereError(Exception):
    """There is nothing on which she could act."""


@dataclass
class Ana:
    """Her place in the pair with Ben, and her browser."""

    place: Membership
    browser: Client = field(default_factory=Client)

    @property
    def person(self) -> Person:
        return self.place.person

    def letter(self, state: Letter.State) -> Letter:
        """The first of her letters that is a draft, or held."""
        own = Letter.objects.filter(pair=self.place.pair, author=self.person, state=state)
        return first(own.order_by("written_at", "length"))

    def window(self) -> Window:
        """The next one that is planned."""
        planned = Window.objects.filter(pair=self.place.pair, state=State.PLANNED)
        return first(planned.order_by("opens_at"))

    def envelope(self) -> Envelope:
        """The first that came to her and that she has neither read nor handed back."""
        unread = (Envelope.State.CLOSED, Envelope.State.KEPT)
        own = Envelope.objects.filter(recipient=self.person, state__in=unread)
        return first(own.order_by("letter__held_at"))

    def proposal(self, **which: Any) -> Proposal:
        """The last of the pair that is not over."""
        found = Proposal.objects.filter(pair=self.place.pair, end=None, **which)
        return first(found.order_by("-made_at"))

    def time_apart(self, **which: Any) -> TimeApart:
        """The last of the pair that is not over."""
        found = TimeApart.objects.filter(pair=self.place.pair, end=None, taken_back_at=None)
        return first(found.filter(**which).order_by("-suggested_at"))

    def limit(self, **changes: Any) -> None:
        """Change some of her limits."""
        own = own_limits(self.place) or factories.limits()
        actions.set_limits(by=self.place, limits=replace(own, **changes))

    def look(self, name: str, *keys: object) -> None:
        """Open a page, signed in."""
        self.browser.force_login(self.person)
        if self.browser.get(reverse(name, args=keys)).status_code == 404:
            raise NotHereError

    def send(self, name: str, **values: str) -> None:
        """Send a form that is well filled."""
        if self.browser.post(reverse(name), values).status_code != 302:
            raise NotHereError

    def with_friend(self) -> Membership:
        """Her place in the pair with somebody else."""
        return first(self.friend_places())

    def friend_places(self) -> QuerySet[Membership]:
        return Membership.objects.filter(person=self.person).exclude(pk=self.place.pk)


def first(rows: QuerySet[Row]) -> Row:
    """The first of these rows, if there is one."""
    row = rows.first()
    if row is None:
        raise NotHereError
    return row


# --- Letters (R17) and envelopes (R19) -------------------------------------------------------


@act
def writes_a_draft(ana: Ana) -> None:
    factories.letter(by=ana.place, body="A first word.", hold=False)


@act
def types_a_new_letter(ana: Ana) -> None:
    conversations.begin_draft(by=ana.place, key=uuid4(), version=1, body="A first")


@act
def types_on(ana: Ana) -> None:
    letter = ana.letter(DRAFT)
    conversations.save_draft(
        by=ana.place,
        letter_id=letter.pk,
        version=letter.version,
        body=letter.body + " and a second word.",
    )


@act
def leaves_a_page_with_words_typed_into_what_she_holds(ana: Ana) -> None:
    letter = ana.letter(HELD)
    conversations.keep_words(by=ana.place, key=letter.key, version=letter.version, body="More.")


@act
def holds_a_letter(ana: Ana) -> None:
    factories.letter(by=ana.place, body="I planted beans.")


@act
def holds_a_long_letter(ana: Ana) -> None:
    factories.letter(by=ana.place, body="word " * 10_000)


@act
def changes_what_she_holds(ana: Ana) -> None:
    _edit(ana, ana.letter(HELD), hold=True)


@act
def changes_a_draft(ana: Ana) -> None:
    _edit(ana, ana.letter(DRAFT), hold=False)


@act
def holds_a_draft(ana: Ana) -> None:
    _edit(ana, ana.letter(DRAFT), hold=True)


def _edit(ana: Ana, letter: Letter, *, hold: bool) -> None:
    conversations.edit_letter(
        by=ana.place,
        letter_id=letter.pk,
        version=letter.version,
        body=letter.body + " And more.",
        hold=hold,
    )


@act
def wants_to_read_it_again(ana: Ana) -> None:
    letter = ana.letter(HELD)
    conversations.edit_letter(
        by=ana.place,
        letter_id=letter.pk,
        version=letter.version,
        body=letter.body,
        hold=True,
        again=conversations.ReadAgain(72, only=True),
    )


@act
def reads_it_again(ana: Ana) -> None:
    factories.read_again(by=ana.place, letter_id=ana.letter(HELD).pk)


@back
def takes_back_what_she_holds(ana: Ana) -> None:
    factories.take_back(by=ana.place, letter_id=ana.letter(HELD).pk)


@back
def deletes_what_she_holds(ana: Ana) -> None:
    conversations.delete_letter(by=ana.place, letter_id=ana.letter(HELD).pk)


@back
def deletes_a_draft(ana: Ana) -> None:
    conversations.delete_letter(by=ana.place, letter_id=ana.letter(DRAFT).pk)


@act
def keeps_what_came(ana: Ana) -> None:
    conversations.keep_envelope(by=ana.place, envelope_id=ana.envelope().pk)


@act
def hands_back_what_came(ana: Ana) -> None:
    conversations.hand_back_envelope(by=ana.place, envelope_id=ana.envelope().pk)


@act
def reads_what_came(ana: Ana) -> None:
    conversations.open_envelope(by=ana.place, envelope_id=ana.envelope().pk)


# --- Check-ins, reflections (R12, R24) --------------------------------------------------------


@act
def says_how_it_is(ana: Ana) -> None:
    factories.check_in(by=ana.place, safe=4, body="It is quiet.")


@act
def says_how_it_was(ana: Ana) -> None:
    held = Window.objects.filter(pair=ana.place.pair, state=State.HELD)
    said = factories.said(Answer.SAME, safe=2, body="My hands were cold.")
    with not_here_if(OverError):
        checkins.give_after(by=ana.place, window_id=first(held).pk, said=said)


@act
def is_open_to_more(ana: Ana) -> None:
    said = factories.more(by=ana.place, way=More.LONGER, safe=5)
    with not_here_if(WayGoneError):
        checkins.give_own(by=ana.place, said=said)


@act
def says_go_ahead_in_a_check_in(ana: Ana) -> None:
    _give_before(ana, Answer.GO_AHEAD)


@back
def deletes_a_check_in(ana: Ana) -> None:
    latest = CheckIn.objects.filter(membership=ana.place).order_by("-given_at", "pk")
    checkins.delete_check_in(by=ana.place, check_in_id=first(latest).pk)


@act
def skips_in_a_check_in(ana: Ana) -> None:
    _give_before(ana, Answer.SKIP)


def _give_before(ana: Ana, answer: Answer) -> None:
    with not_here_if(OverError):
        checkins.give_before(by=ana.place, window_id=ana.window().pk, said=factories.said(answer))


@contextmanager
def not_here_if(fault: type[Exception]) -> Iterator[None]:
    """What raises this had nothing on which it could act."""
    try:
        yield
    except fault:
        raise NotHereError from None


@act
def wants_check_ins_earlier(ana: Ana) -> None:
    checkins.save_wish(by=ana.place, is_wanted=True, days_ahead=7)


@act
def wants_no_check_ins(ana: Ana) -> None:
    checkins.save_wish(by=ana.place, is_wanted=False, days_ahead=3)


@act
def writes_a_reflection(ana: Ana) -> None:
    factories.reflection(by=ana.person, body="Evenings without a knot in the stomach.")


@act
def marks_a_reflection(ana: Ana) -> None:
    row = first(Reflection.objects.filter(person=ana.person).order_by("written_at", "pk"))
    checkins.edit_reflection(
        by=ana.person,
        reflection_id=row.pk,
        version=row.version,
        body="Evenings without a knot.",
        is_marked=True,
    )


@back
def deletes_a_reflection(ana: Ana) -> None:
    own = Reflection.objects.filter(person=ana.person).order_by("written_at", "pk")
    checkins.delete_reflection(by=ana.person, reflection_id=first(own).pk)


@look
def looks_at_how_it_went(ana: Ana) -> None:
    ana.look("checkins:picture", ana.place.pair_id)


# --- Proposals (R4, R10) and answers (R24) ---------------------------------------------------


@act
def lifts_her_pause(ana: Ana) -> None:
    first(Pause.objects.filter(pair=ana.place.pair, person=ana.person, lifted_at=None))
    actions.lift(by=ana.place)


@look
def looks_at_what_ben_proposes(ana: Ana) -> None:
    ana.look("boundaries:proposal", ana.place.pair_id, _bens(ana).pk)


def _bens(ana: Ana) -> Proposal:
    return ana.proposal(takes_force_at=None, author=other_membership(ana.place).person)


@act
def proposes_more_than_ben_allows(ana: Ana) -> None:
    factories.propose(by=ana.place, minutes=90)


@back
def takes_back_her_proposal(ana: Ana) -> None:
    own = ana.proposal(author=ana.person, takes_force_at=None)
    actions.withdraw_proposal(by=ana.place, proposal_id=own.pk)


@act
def declines_what_ben_proposes(ana: Ana) -> None:
    actions.decline(by=ana.place, proposal_id=_bens(ana).pk)


@act
def says_go_ahead(ana: Ana) -> None:
    actions.go_ahead(by=ana.place, window_id=ana.window().pk)


@act
def skips_the_next_one(ana: Ana) -> None:
    actions.skip(by=ana.place, window_id=ana.window().pk)


@act
def skips_the_last_one(ana: Ana) -> None:
    planned = Window.objects.filter(pair=ana.place.pair, state=State.PLANNED)
    actions.skip(by=ana.place, window_id=first(planned.order_by("-opens_at")).pk)


# --- A time apart (R10, R14): where Ben receives nothing that is proposed --------------------


@act
def lets_it_be_after_a_time_apart(ana: Ana) -> None:
    actions.let_be(by=ana.place, time_apart_id=ana.time_apart(agreed_at__isnull=False).pk)


@look
def looks_at_the_time_apart_that_ben_suggests(ana: Ana) -> None:
    ana.look("boundaries:time_apart", ana.place.pair_id, _bens_time_apart(ana).pk)


@act
def declines_the_time_apart_that_ben_suggests(ana: Ana) -> None:
    actions.decline_time_apart(by=ana.place, time_apart_id=_bens_time_apart(ana).pk)


def _bens_time_apart(ana: Ana) -> TimeApart:
    return ana.time_apart(agreed_at=None, author=other_membership(ana.place).person)


@act
def suggests_a_time_apart(ana: Ana) -> None:
    factories.suggest(by=ana.place, phrase=Phrase.CARE)


@back
def takes_back_the_time_apart(ana: Ana) -> None:
    own = ana.time_apart(author=ana.person, agreed_at=None)
    actions.take_back_time_apart(by=ana.place, time_apart_id=own.pk)


# --- Limits that touch nothing which is in force (R9, R10, R24) ------------------------------


@act
def takes_back_her_yes(ana: Ana) -> None:
    both = ana.proposal(takes_force_at__isnull=False)
    actions.withdraw_proposal(by=ana.place, proposal_id=both.pk)


@act
def raises_her_limits(ana: Ana) -> None:
    ana.limit(days_between=1, minutes=240, letters=10, letter_length=20_000, live=True)


@act
def lowers_them_to_what_is_in_force(ana: Ana) -> None:
    ana.limit(days_between=28, minutes=45, letters=2, letter_length=4000, live=False)


@act
def lowers_them_below_what_ben_proposes(ana: Ana) -> None:
    ana.limit(minutes=50)


@act
def allows_no_hours(ana: Ana) -> None:
    ana.limit(hours=frozenset())


@act
def allows_only_hours_in_which_nothing_is(ana: Ana) -> None:
    ana.limit(hours=frozenset(range(5 * 24)), zone="Asia/Tokyo")


@back
def allows_all_hours(ana: Ana) -> None:
    ana.limit(hours=HOURS_OF_THE_WEEK)


@act
def wants_to_be_asked(ana: Ana) -> None:
    ana.limit(ask_before_each=True)


@back
def wants_not_to_be_asked(ana: Ana) -> None:
    ana.limit(ask_before_each=False)


@act
def wants_a_longer_cooling_off(ana: Ana) -> None:
    ana.limit(cooling_off=factories.COOLING_OFF * 4)


@act
def wants_a_longer_rest(ana: Ana) -> None:
    ana.limit(rest=timedelta(days=90))


@act
def wants_no_kind_words(ana: Ana) -> None:
    ana.limit(kind_words=False)


@act
def receives_no_proposals(ana: Ana) -> None:
    ana.limit(receives_proposals=False)


@act
def allows_nothing(ana: Ana) -> None:
    ana.limit(days_between=None, minutes=0, letters=0)


# --- What ends contact where there is none to end; doors (R4, R13, R15, R16) -----------------


@act
def pauses(ana: Ana) -> None:
    actions.pause(by=ana.place)


@back
def lifts_it_again(ana: Ana) -> None:
    lifts_her_pause(ana)


@act
def pauses_with_kind_words(ana: Ana) -> None:
    actions.pause(by=ana.place, phrase=next(iter(Phrase)))


@back
def takes_her_kind_words_back(ana: Ana) -> None:
    first(Pause.objects.filter(pair=ana.place.pair, person=ana.person).exclude(phrase=""))
    actions.take_back_phrase(by=ana.place, occasion=Occasion.PAUSE)


@act
def turns_kind_words_away(ana: Ana) -> None:
    ana.limit(kind_words=True)
    actions.hide_kind_words(by=ana.place)


@act
def opens_her_door(ana: Ana) -> None:
    actions.open_door(by=ana.place)


@back
def closes_her_door(ana: Ana) -> None:
    actions.close_door(by=ana.place)


@act
def opens_her_door_again(ana: Ana) -> None:
    actions.open_door(by=ana.place)


# --- Herself: names, settings, codes, other people, signing in (R22, R23, R26) ---------------


@act
def gives_ben_another_name(ana: Ana) -> None:
    accounts.rename_other(membership=ana.place, name="Nobody")


@act
def moves_to_another_zone(ana: Ana) -> None:
    factories.ask_for_notices(by=ana.place, time_zone="Asia/Tokyo")


@act
def makes_a_code(ana: Ana) -> None:
    accounts.create_code(by=ana.person)


@back
def withdraws_her_code(ana: Ana) -> None:
    accounts.withdraw_code(by=ana.person)


@act
def makes_a_calendar_feed(ana: Ana) -> None:
    factories.feed(of=ana.person, seed="hers")


@act
def makes_another_calendar_feed(ana: Ana) -> None:
    factories.feed(of=ana.person, seed="hers again")


@act
def renames_her_calendar_feed(ana: Ana) -> None:
    accounts.rename_feed(by=ana.person, title="Piano")


@look
def reads_her_calendar_feed(ana: Ana) -> None:
    token = factories.feed(of=ana.person, seed="hers again")
    if Client().get(f"/feeds/{token}.ics").status_code != 200:
        raise NotHereError


@back
def stops_her_calendar_feed(ana: Ana) -> None:
    accounts.stop_feed(by=ana.person)


# --- Those she trusts (R25) ------------------------------------------------------------------


@act
def asks_somebody_for_support(ana: Ana) -> None:
    factories.asked_support(of=ana.person, seed="asked", allowed=Scope)


@act
def makes_another_code_for_them(ana: Ana) -> None:
    support_actions.make_support_code(by=_asked(ana), seed="again", proof=Proof(ana.person.pk))


@back
def takes_back_what_she_asked(ana: Ana) -> None:
    support_actions.end_support(by=_asked(ana))


def _asked(ana: Ana) -> Support:
    return first(Support.objects.filter(person=ana.person, began_at=None, ended_at=None))


def _friend() -> Person:
    """Somebody whom Ben does not know."""
    address = "supporter@example.org"
    found = Person.objects.filter(email=address).first()
    return found or Person.objects.create_user(address)


@act
def gets_support(ana: Ana) -> None:
    if Support.objects.filter(person=ana.person, supporter=_friend(), ended_at=None).exists():
        raise NotHereError
    factories.support(of=ana.person, by=_friend(), allowed=Scope)


def _hers(ana: Ana) -> Support:
    own = Support.objects.filter(person=ana.person, began_at__isnull=False, ended_at=None)
    return first(own.order_by("-made_at"))


@act
def changes_what_they_may(ana: Ana) -> None:
    support_actions.change_support(
        by=_hers(ana),
        name="C.",
        request="Only listen.",
        allowed=ALL_ALLOWED,
        proof=Proof(ana.person.pk),
    )


@act
def renews_it(ana: Ana) -> None:
    row = _hers(ana)
    later, proof = row.ends_at + timedelta(days=60), Proof(ana.person.pk)
    support_actions.renew_support(by=row, ends_at=later, proof=proof)


def _looks(ana: Ana, name: str, *, method: str = "get") -> None:
    """Her supporter opens a page, or presses a button."""
    row = _hers(ana)
    browser = Client()
    browser.force_login(first(Person.objects.filter(supporting=row)))
    answer = getattr(browser, method)(reverse(name, args=[row.pk]))
    assert answer.status_code == (200 if method == "get" else 302)


@act
def is_looked_at_by_her_supporter(ana: Ana) -> None:
    _looks(ana, "accounts:support")


@act
def shows_her_calendar_to_her_supporter(ana: Ana) -> None:
    _looks(ana, "boundaries:supported_calendar")


@act
def shows_her_check_ins_to_her_supporter(ana: Ana) -> None:
    _looks(ana, "checkins:supported_check_ins")


@act
def shows_what_she_marked_to_her_supporter(ana: Ana) -> None:
    _looks(ana, "checkins:supported_reflections")


@act
def is_paused_for(ana: Ana) -> None:
    _looks(ana, "boundaries:pause_for", method="post")


@back
def lets_that_line_go(ana: Ana) -> None:
    told = first(looks_to_tell(ana.person))
    support_actions.dismiss_told(by=ana.person, look_id=told.pk)


@back
def lifts_what_her_supporter_paused(ana: Ana) -> None:
    lifts_her_pause(ana)


@look
def reads_her_log(ana: Ana) -> None:
    ana.look("accounts:log")


@back
def is_left_by_her_supporter(ana: Ana) -> None:
    _looks(ana, "accounts:leave_support", method="post")


@act
def begins_with_somebody_else(ana: Ana) -> None:
    if ana.friend_places().exists():
        raise NotHereError
    friend = Person.objects.create_user("friend@example.org")
    accounts.use_code(by=friend, code=accounts.create_code(by=ana.person))


@act
def writes_to_somebody_else(ana: Ana) -> None:
    factories.letter(by=ana.with_friend())


@act
def pauses_with_somebody_else(ana: Ana) -> None:
    actions.pause(by=ana.with_friend())


@act
def signs_in(ana: Ana) -> None:
    ana.browser.logout()
    ana.send("account_login", login=ana.person.email, password=_password(ana))


@back
def signs_out(ana: Ana) -> None:
    if "_auth_user_id" not in ana.browser.session:
        raise NotHereError
    ana.send("account_logout")


@look
def mistypes_her_password(ana: Ana) -> None:
    ana.browser.logout()
    answer = ana.browser.post(
        reverse("account_login"), {"login": ana.person.email, "password": "x"}
    )
    assert answer.status_code == 200


@act
def changes_her_password(ana: Ana) -> None:
    ana.browser.force_login(ana.person)
    old = _password(ana)
    new = PASSWORDS[1 - PASSWORDS.index(old)]
    ana.send("account_change_password", oldpassword=old, password1=new, password2=new)


def _password(ana: Ana) -> str:
    ana.person.refresh_from_db()
    return next(each for each in PASSWORDS if ana.person.check_password(each))


@look
def asks_for_a_new_password(ana: Ana) -> None:
    ana.browser.logout()
    ana.send("account_reset_password", email=ana.person.email)


@look
def looks_at_the_pair(ana: Ana) -> None:
    ana.look("conversations:pair", ana.place.pair_id)


@look
def reads_her_record(ana: Ana) -> None:
    ana.look("boundaries:record", ana.place.pair_id)


@look
def takes_a_copy(ana: Ana) -> None:
    ana.look("conversations:copy", ana.place.pair_id)
