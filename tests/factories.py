"""What the tests make: values of the rules, and pairs in which something has happened.

Keyword-only functions. Whatever a test does not name is ordinary: one conversation on the first
Saturday of the month at six in the evening in Berlin, and limits that allow much more than that.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.db.models import F

from accounts import actions as accounts
from accounts import support_actions
from accounts.actions import make_feed
from accounts.clock import now as clock_now
from accounts.models import Membership, Pair, Person, Support
from accounts.proof import Proof
from accounts.scopes import FIELDS, Scope
from boundaries import actions, guards
from boundaries.actions.record import Act, Entry, add_to_record
from boundaries.models import Agreement, Consent, PersonalLimits, Proposal, TimeApart, Window
from boundaries.queries import agreement_in_force, load_situation
from boundaries.rules.canonical import terms_digest
from boundaries.rules.checkins import Answer
from boundaries.rules.limits import HOURS_OF_THE_WEEK, Limits
from boundaries.rules.phrases import Phrase
from boundaries.rules.proposals import End
from boundaries.rules.rhythm import Monthly, NthWeekday, Rhythm, Weekly
from boundaries.rules.terms import Terms
from boundaries.rules.time_apart import EVERYWHERE
from boundaries.rules.ways import More
from boundaries.rules.windows import Span, State, zone_data
from checkins import actions as checkins
from checkins.actions import Said
from checkins.models import CheckIn, Reflection
from checkins.queries import own_base_of
from conversations import actions as conversations
from conversations.models import Envelope, Letter, Notice
from tests.clock import Clock

PASSWORD = "a-quiet-password"
SATURDAY = 5
WISHES = tuple(Notice.WISHES.values())
COOLING_OFF = timedelta(hours=72)


def nth(*, nth: int = 1, weekday: int = SATURDAY, every: int = 1, phase: int = 0) -> Rhythm:
    """One weekday of every `every`th month."""
    return Monthly(every=every, phase=phase, days=frozenset({NthWeekday(nth, weekday)}))


def terms(**changes: Any) -> Terms:
    """Ordinary terms with these changes."""
    ordinary: dict[str, Any] = {
        "rhythm": nth(),
        "at": time(18, 0),
        "zone": "Europe/Berlin",
        "minutes": 45,
        "letters": 2,
        "letter_length": 4000,
        "live": True,
        "ask_before_each": False,
    }
    return Terms(**(ordinary | changes))


def limits(**changes: Any) -> Limits:
    """Wide limits with these changes; they ask before no conversation."""
    wide: dict[str, Any] = {
        "days_between": 7,
        "minutes": 120,
        "letters": 5,
        "letter_length": 10_000,
        "live": True,
        "hours": HOURS_OF_THE_WEEK,
        "zone": "UTC",
        "ask_before_each": False,
    }
    return Limits(**(wide | changes))


def utc(*, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def settings(**changes: Any) -> dict[str, Any]:
    """All settings of a person but their zone as they are at first, with these changes."""
    ordinary: dict[str, Any] = dict.fromkeys(WISHES, False)
    return ordinary | {"quiet_from": time(21), "quiet_until": time(9)} | changes


def ask_for_notices(*, by: Membership | Person, only: Iterable[str] = (), **changes: Any) -> None:
    """Let somebody ask for all kinds of notices, or `only` these, at any time of the day."""
    person = by.person if isinstance(by, Membership) else by
    wishes = dict.fromkeys(only or WISHES, True)
    never_quiet = {"quiet_from": time(9), "quiet_until": time(9)}
    values = settings(**(never_quiet | wishes | changes))
    accounts.save_settings(person=person, **({"time_zone": person.time_zone} | values))


def span(*, opens_at: datetime, minutes: int = 45) -> Span:
    """A stretch of time."""
    return Span(opens_at, opens_at + timedelta(minutes=minutes))


def person(*, name: str, **fields: Any) -> Person:
    """Somebody with an account, whose address is verified."""
    made = Person.objects.create_user(f"{name}@example.org", PASSWORD, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def proof(*, of: Membership) -> Proof:
    """What this person's page would have taken from their session."""
    return Proof(of.person_id)


def place(*, of: Person, pair: Pair) -> Membership:
    """This person's place in the pair."""
    return Membership.objects.get(person=of, pair=pair)


def allow(*, by: tuple[Membership, ...], **changes: Any) -> None:
    """Let these persons set wide limits with these changes."""
    for each in by:
        actions.set_limits(by=each, limits=limits(**changes))


def propose(*, by: Membership, **changes: Any) -> Proposal:
    """Let this person propose ordinary terms with these changes."""
    return actions.propose(by=by, terms=terms(**changes), proof=proof(of=by))


def consent(*, by: Membership, to: Proposal) -> Proposal:
    """Let this person say yes to a proposal."""
    return actions.consent(by=by, proposal_id=to.pk, digest=to.digest, proof=proof(of=by))


def cooling_off(*, by: Membership, other: Membership, **changes: Any) -> Proposal:
    """A proposal by one person that both have said yes to."""
    return consent(by=other, to=propose(by=by, **changes))


def agree(*, by: Membership, other: Membership, clock: Clock, **changes: Any) -> Agreement:
    """Let both agree to ordinary terms with these changes, and let them take force."""
    proposal = cooling_off(by=by, other=other, **changes)
    assert proposal.takes_force_at is not None
    clock.go_to(proposal.takes_force_at)
    actions.sweep()
    agreement = agreement_in_force(by.pair)
    assert agreement is not None, "the agreement did not take force"
    return agreement


def suggest(*, by: Membership, days: int = 60, phrase: Phrase | None = None) -> TimeApart:
    """Let this person suggest a time apart until so many days from now."""
    day = clock_now().date() + timedelta(days=days)
    return actions.suggest_time_apart(by=by, day=day, zone=EVERYWHERE, phrase=phrase)


def choose(*, by: Membership, time_apart: TimeApart, phrase: Phrase | None = None) -> None:
    """Let this person say yes to a time apart."""
    digest = time_apart.as_value().digest
    actions.agree_to_time_apart(by=by, time_apart_id=time_apart.pk, digest=digest, phrase=phrase)


def apart(*, by: Membership, other: Membership, days: int = 60) -> TimeApart:
    """A time apart that one person suggested and both chose."""
    suggested = suggest(by=by, days=days)
    choose(by=other, time_apart=suggested)
    suggested.refresh_from_db()
    assert suggested.agreed_at is not None
    return suggested


def feed(*, of: Person, seed: str = "a seed") -> str:
    """Let this person make their calendar feed. The secret in its address."""
    return make_feed(by=of, seed=seed, proof=Proof(of.pk))


def asked_support(
    *,
    of: Person,
    seed: str = "a seed",
    allowed: Iterable[str] = (),
    request: str = "Please listen, and do not advise me.",
    ends_at: datetime | None = None,
) -> str:
    """Let this person ask for support, for a month. The code."""
    return support_actions.invite_supporter(
        by=of,
        seed=seed,
        name="A friend",
        request=request,
        allowed={FIELDS[Scope(scope)]: True for scope in allowed},
        ends_at=ends_at or clock_now() + timedelta(days=30),
        proof=Proof(of.pk),
    )


def support(*, of: Person, by: Person, **changes: Any) -> Support:
    """Let somebody support this person."""
    code = asked_support(of=of, **({"seed": str(uuid4())} | changes))
    begun = accounts.use_any_code(by=by, code=code)
    assert isinstance(begun, Support)
    return begun


def change(
    *, support: Support, allowed: Iterable[str], name: str = "C.", request: str = "x"
) -> None:
    """Let the person change what somebody may who supports them, with their password."""
    proof = Proof(support.person_id)
    fields = {FIELDS[Scope(scope)]: True for scope in allowed}
    support_actions.change_support(
        by=support, name=name, request=request, allowed=fields, proof=proof
    )


def renew(*, support: Support, ends_at: datetime) -> None:
    """Let the person set until when somebody supports them, with their password."""
    proof = Proof(support.person_id)
    support_actions.renew_support(by=support, ends_at=ends_at, proof=proof)


def next_window(*, pair: Pair) -> Window:
    """The next planned window."""
    return Window.objects.filter(pair=pair, state=State.PLANNED).order_by("opens_at")[0]


def open_next(*, pair: Pair, clock: Clock) -> Window:
    """Go to the next window and let the workers open it, and tell of it."""
    window = next_window(pair=pair)
    clock.go_to(window.opens_at)
    conversations.sweep()
    conversations.send_notices()
    window.refresh_from_db()
    assert window.state == State.OPEN, f"the window is {window.state}"
    return window


def hold(*, pair: Pair, clock: Clock) -> Window:
    """Let one whole conversation take place."""
    window = open_next(pair=pair, clock=clock)
    clock.go_to(window.closes_at)
    actions.sweep()
    window.refresh_from_db()
    assert window.state == State.HELD, f"the window is {window.state}"
    return window


def many(*, count: int, opens_at: datetime, letters: int = 2, body: str = "Dear you") -> list[Pair]:
    """Pairs that agreed on a conversation at `opens_at`, with so many held letters from each.

    Written as rows, since acting a thousand times would take long.
    """
    number = Person.objects.count()
    people = Person.objects.bulk_create(
        Person(email=f"p{number + n}@example.org", password="!") for n in range(2 * count)
    )
    pairs = Pair.objects.bulk_create(Pair(created_at=opens_at) for _ in range(count))
    places = Membership.objects.bulk_create(
        Membership(pair=pairs[n // 2], person=person, seat=n % 2 + 1)
        for n, person in enumerate(people)
    )
    PersonalLimits.objects.bulk_create(
        PersonalLimits(membership=each, value=limits(letters=30), changed_at=opens_at)
        for each in places
    )
    local = opens_at.astimezone(ZoneInfo("Europe/Berlin"))
    weekly = Weekly(1, 0, frozenset({local.weekday()}))
    # Terms name whole minutes, whatever the instant.
    at = local.time().replace(second=0, microsecond=0)
    agreed = terms(rhythm=weekly, at=at, letters=letters)
    agreements = _agreed(places, agreed, opens_at - timedelta(days=1))
    Window.objects.bulk_create(
        Window(
            pair_id=each.pair_id,
            agreement=each,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(minutes=agreed.minutes),
        )
        for each in agreements
    )
    held_letters(by=places, each=letters, at=opens_at - timedelta(hours=1), body=body)
    return pairs


def _agreed(places: list[Membership], agreed: Terms, at: datetime) -> list[Agreement]:
    """Each two neighbours agreed on these terms, in force from `at`."""
    made_at, digest = at - timedelta(days=4), terms_digest(agreed)
    proposals = Proposal.objects.bulk_create(
        Proposal(
            pair_id=place.pair_id,
            author_id=place.person_id,
            terms=agreed,
            digest=digest,
            made_at=made_at,
            agreed_at=made_at,
            takes_force_at=made_at + COOLING_OFF,
            end=End.IN_FORCE,
            ended_at=at,
        )
        for place in places[::2]
    )
    Consent.objects.bulk_create(
        Consent(
            proposal=proposals[n // 2], person_id=place.person_id, digest=digest, given_at=made_at
        )
        for n, place in enumerate(places)
    )
    return Agreement.objects.bulk_create(
        Agreement(
            pair_id=each.pair_id,
            number=1,
            terms=agreed,
            digest=digest,
            proposal=each,
            in_force_from=at,
            review_at=at + timedelta(days=101),
            zone_data=zone_data(),
        )
        for each in proposals
    )


def held_letters(*, by: list[Membership], each: int, at: datetime, body: str = "Dear you") -> None:
    """Held letters, as rows."""
    Letter.objects.bulk_create(
        Letter(
            pair_id=place.pair_id,
            author_id=place.person_id,
            key=uuid4(),
            body=body,
            length=len(body),
            state=Letter.State.HELD,
            written_at=at,
            changed_at=at,
            held_at=at + timedelta(seconds=n),
        )
        for place in by
        for n in range(each)
    )


def history(*, of: Pair, count: int, until: datetime) -> None:
    """Long ago: agreements that ended, proposals, windows, record entries, letters, as rows."""
    places = list(Membership.objects.filter(pair=of))
    then = [until - timedelta(days=1000 + n) for n in reversed(range(count))]
    _old_proposals(places[0], then)
    windows = _old_conversations(of, then)
    _old_letters(places[0], places[1], windows)
    of.refresh_from_db()
    add_to_record(of, [Entry(Act.WINDOW_OPENED, subject=each.pk) for each in windows], then[-1])


def _old_proposals(by: Membership, then: list[datetime]) -> None:
    """Proposals that came to nothing."""
    digest = terms_digest(terms())
    with guards.down(connection, "proposal_is_made"):
        proposals = Proposal.objects.bulk_create(
            Proposal(
                pair_id=by.pair_id,
                author_id=by.person_id,
                terms=terms(),
                digest=digest,
                made_at=at,
                end=End.VOID,
                ended_at=at,
            )
            for at in then
        )
    Consent.objects.bulk_create(
        Consent(proposal=each, person_id=by.person_id, digest=digest, given_at=each.made_at)
        for each in proposals
    )


def _old_conversations(of: Pair, then: list[datetime]) -> list[Window]:
    """Conversations that were held, each under an agreement that was lessened since."""
    with guards.down(connection, "agreement_is_made", "agreement_alone_is_less"):
        agreements = Agreement.objects.bulk_create(
            Agreement(
                pair=of,
                number=n + 1,
                terms=terms(),
                digest=terms_digest(terms()),
                in_force_from=at,
                review_at=at,
                ended_at=at,
            )
            for n, at in enumerate(then)
        )
    return Window.objects.bulk_create(
        Window(
            pair=of,
            agreement=agreements[n],
            opens_at=at,
            closes_at=at + timedelta(hours=1),
            state=State.HELD,
            opened_at=at,
            ended_at=at + timedelta(hours=1),
        )
        for n, at in enumerate(then)
    )


def _old_letters(by: Membership, other: Membership, windows: list[Window]) -> None:
    """A letter in each of these conversations."""
    letters = Letter.objects.bulk_create(
        Letter(
            pair_id=by.pair_id,
            author_id=by.person_id,
            key=uuid4(),
            body="Dear you",
            length=8,
            state=Letter.State.HELD,
            written_at=each.opens_at,
            changed_at=each.opens_at,
            held_at=each.opens_at,
        )
        for each in windows
    )
    Envelope.objects.bulk_create(
        Envelope(letter=letter, window=window, recipient_id=other.person_id)
        for letter, window in zip(letters, windows, strict=True)
    )
    held = Letter.objects.filter(pk__in=[each.pk for each in letters])
    held.update(state=Letter.State.RELEASED, released_at=F("held_at"))


@contextmanager
def undone() -> Iterator[None]:
    """What happens in the block has not happened after it."""
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)


def letter(*, by: Membership, body: str = "Dear you", hold: bool = True) -> Letter:
    """Let this person write a letter."""
    return conversations.write_letter(by=by, key=uuid4(), body=body, hold=hold)


def take_back(*, by: Membership, letter_id: UUID) -> Letter:
    """Let them make a draft of a letter again, with the words that it has."""
    return _press(by, letter_id, hold=False)


def read_again(*, by: Membership, letter_id: UUID) -> Letter:
    """Let them read a held letter again, and leave it as it is."""
    return _press(by, letter_id, hold=True)


def _press(by: Membership, letter_id: UUID, *, hold: bool) -> Letter:
    row = Letter.objects.select_related("pair").get(pk=letter_id)
    return conversations.edit_letter(
        by=by, letter_id=row.pk, version=row.version, body=row.body, hold=hold
    )


def said(answer: Answer, **changes: Any) -> Said:
    """An answer as a page would send it."""
    values: dict[str, Any] = {"key": uuid4(), "answer": answer}
    return Said(**(values | changes))


def more(*, by: Membership, way: More, **changes: Any) -> Said:
    """That they are open to more in this way, as a page of now would send it."""
    base = own_base_of(by, load_situation(by.pair, clock_now()))
    return said(Answer.MORE, way=way, own_base=base, **changes)


def check_in(*, by: Membership, safe: int = 3, body: str = "", **changes: Any) -> CheckIn:
    """Let this person give a check-in of their own."""
    before = set(CheckIn.objects.filter(membership=by).values_list("pk", flat=True))
    checkins.give_own(by=by, said=said(Answer.SAME, safe=safe, body=body, **changes))
    return CheckIn.objects.filter(membership=by).exclude(pk__in=before).get()


def reflection(
    *, by: Person, body: str = "Quiet evenings.", question: str = "hope", is_marked: bool = False
) -> Reflection:
    """Let this person write for themselves."""
    return checkins.write_reflection(
        by=by, key=uuid4(), question=question, body=body, is_marked=is_marked
    )
