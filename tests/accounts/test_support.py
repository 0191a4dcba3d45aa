"""R25: who supports whom, and for how long. The codes are in `test_support_codes`."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from accounts.access import SUPPORTED, SUPPORTER, supported, supporter
from accounts.actions import CodeGone, CodeRefused, use_any_code
from accounts.models import Invitation, Person, Support, SupportLook
from accounts.proof import Proof
from accounts.queries import (
    MOST_LINES,
    get_support_for,
    get_trusted_for,
    lets_read,
    lines_to_tell,
    looks_at,
    looks_to_tell,
    open_supports_of,
    standing_supporting_of,
    supports_of,
)
from accounts.scopes import (
    FIELDS,
    IN_WORDS,
    LONGEST_DAYS,
    MOST_AT_ONCE,
    TOLD,
    Scope,
    What,
    end_of,
    first_and_last,
    last_day_of,
)
from accounts.support_actions import (
    ProofNeeded,
    TooManySupports,
    WordsNotKept,
    change_support,
    dismiss_told,
    end_support,
    invite_supporter,
    make_support_code,
    rename_supported,
    renew_support,
)
from tests import factories, raw
from tests.factories import asked_support, support

pytestmark = pytest.mark.django_db

SOON = timedelta(seconds=1)


@pytest.fixture
def cem(make_person) -> Person:
    return make_person("cem", time_zone="Europe/Lisbon")


@pytest.fixture
def standing(ana, cem, clock) -> Support:
    """Cem supports Ana, and may do all that there is."""
    return support(of=ana, by=cem, allowed=Scope)


def is_let_in(person, row, scope=None, *, at):
    try:
        return get_support_for(person, row.pk, scope, at) == row
    except Http404:
        return False


def test_r25_a_support_begins_when_its_code_is_used(ana, cem, clock):
    code = asked_support(of=ana)
    (waiting,) = open_supports_of(ana, clock.at)
    assert (waiting.supporter, waiting.began_at, waiting.has_code) == (None, None, True)
    clock.move(hours=1)
    begun = use_any_code(by=cem, code=code)
    assert (begun.person, begun.supporter, begun.began_at) == (ana, cem, clock.at)
    assert not open_supports_of(ana, clock.at)[0].has_code


def test_r25_each_first_sees_a_neutral_name_and_then_their_own(standing, ana, cem):
    row = Support.objects.get()
    assert row.name_of_person == "Somebody you support"
    rename_supported(by=row, name="A.")
    change_support(by=row, name="C.", request="Listen.", allowed={})
    row = Support.objects.get()
    assert (row.name, row.name_of_person, row.words) == ("C.", "A.", "Listen.")


def test_words_are_sealed_with_the_key_of_who_wrote_them(standing, ana, cem):
    rename_supported(by=standing, name="Rhabarber")
    with connection.cursor() as cursor:
        cursor.execute("SELECT request, name_for_supporter, name_for_person FROM accounts_support")
        kept = b"".join(map(bytes, cursor.fetchone()))
    assert b"Rhabarber" not in kept
    Person.objects.filter(pk=cem.pk).update(wrapped_key="")
    row = Support.objects.get()
    assert row.name_of_person == "Somebody you support"
    assert row.words != ""
    Person.objects.filter(pk=ana.pk).update(wrapped_key="")
    row = Support.objects.get()
    assert (row.words, row.name) == ("", "Somebody you trust")


@pytest.mark.parametrize("scope", Scope)
def test_r25_each_scope_lets_in_to_itself_alone(ana, cem, clock, scope):
    row = support(of=ana, by=cem, allowed=[scope])
    assert {each for each in Scope if is_let_in(cem, row, each, at=clock.at)} == {scope}
    assert is_let_in(cem, row, at=clock.at)


def test_r25_nobody_else_is_let_in(standing, ana, ben, outsider, clock):
    for person in (ana, ben, outsider):
        assert not is_let_in(person, standing, at=clock.at)
    with pytest.raises(Http404):
        get_support_for(standing.supporter, uuid4(), None, clock.at)


def test_r25_access_ends_with_the_next_request(standing, cem, clock):
    assert is_let_in(cem, standing, at=standing.ends_at - timedelta(microseconds=1))
    assert not is_let_in(cem, standing, at=standing.ends_at)
    end_support(by=standing)
    assert not is_let_in(cem, standing, at=clock.at)
    assert list(standing_supporting_of(cem, clock.at)) == []


def test_r25_what_is_changed_counts_from_the_next_request(standing, cem, clock):
    factories.change(support=standing, allowed=[Scope.PAUSE])
    allowed = {scope for scope in Scope if is_let_in(cem, standing, scope, at=clock.at)}
    assert allowed == {Scope.PAUSE}


def test_of_an_account_that_is_not_in_use_nothing_is_shown(standing, ana, cem, clock):
    Person.objects.filter(pk=ana.pk).update(is_active=False)
    assert not is_let_in(cem, standing, at=clock.at)


def test_r25_it_is_renewed_alone_also_after_it_has_run_out(standing, cem, clock):
    clock.go_to(standing.ends_at + timedelta(days=3))
    later = clock.at + timedelta(days=30)
    factories.renew(support=standing, ends_at=later)
    standing.refresh_from_db()
    assert (standing.ends_at, standing.renewed_at) == (later, clock.at)
    assert is_let_in(cem, standing, at=clock.at)


def test_a_day_that_ended_while_its_form_was_sent_has_run_out(standing, ana, cem, clock):
    renew_support(by=standing, ends_at=clock.at - SOON)
    assert not is_let_in(cem, standing, at=clock.at)
    assert open_supports_of(ana, clock.at).count() == 1


def test_r25_what_has_ended_stays_so(standing, cem, clock):
    end_support(by=standing)
    before = Support.objects.values().get()
    clock.move(hours=1)
    end_support(by=standing)
    factories.renew(support=standing, ends_at=clock.at + timedelta(days=30))
    factories.change(support=standing, allowed=Scope)
    assert Support.objects.values().get() == before


def test_r25_several_stand_at_once_up_to_five(ana, make_person, clock):
    rows = [support(of=ana, by=make_person(f"p{number}")) for number in range(MOST_AT_ONCE - 1)]
    code = asked_support(of=ana)
    with pytest.raises(TooManySupports):
        asked_support(of=ana, seed="one more")
    assert asked_support(of=ana) == code, "asked again for the same, it is the same"
    end_support(by=rows[0])
    asked_support(of=ana, seed="one more")
    assert open_supports_of(ana, clock.at).count() == MOST_AT_ONCE


def test_somebody_elses_do_not_count(standing, ana, cem, ben, clock):
    assert open_supports_of(cem, clock.at).count() == 0
    with pytest.raises(Http404):
        get_trusted_for(cem, standing.pk)
    assert get_trusted_for(ana, standing.pk) == standing


def test_what_was_taken_back_before_it_began_is_not_listed(ana, clock):
    asked_support(of=ana)
    end_support(by=Support.objects.get())
    assert not supports_of(ana).exists()
    assert Support.objects.get().request == "", "nothing of its words is kept"
    with pytest.raises(CodeGone):
        asked_support(of=ana)


def test_a_new_code_takes_the_place_of_the_one_before(ana, cem, outsider, clock):
    old = asked_support(of=ana)
    proof = Proof(ana.pk)
    new = make_support_code(by=Support.objects.get(), seed="new", proof=proof)
    assert make_support_code(by=Support.objects.get(), seed="new", proof=proof) == new
    with pytest.raises(CodeRefused):
        use_any_code(by=outsider, code=old)
    assert use_any_code(by=cem, code=new).supporter == cem
    with pytest.raises(CodeGone):
        make_support_code(by=Support.objects.get(), seed="another", proof=proof)
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_r25_asked_again_from_the_same_page_it_is_as_was_asked_last(ana, cem, ben, clock):
    """Changed, and changed back: each time one support, one code that works, and what was chosen.

    Less wins: what was allowed first is not given by a code that was passed on already.
    """
    later, sooner = clock.at + timedelta(days=30), clock.at + timedelta(days=4)
    most = {"allowed": [Scope.CHECK_INS, Scope.PAUSE], "request": "Read it.", "ends_at": later}
    less = {"allowed": [Scope.CALENDAR], "request": "Only listen.", "ends_at": sooner}
    codes = []
    for each in (most, less, most, less):
        codes.append(asked_support(of=ana, **each))
        assert asked_support(of=ana, **each) == codes[-1], "a doubled click"
        clock.move(minutes=1)
    assert len(set(codes)) == 4
    assert Support.objects.count() == 1
    for code in codes[:-1]:
        with pytest.raises(CodeRefused):
            use_any_code(by=ben, code=code)
    row = use_any_code(by=cem, code=codes[-1])
    assert (row.words, row.ends_at) == ("Only listen.", sooner)
    assert [scope for scope in Scope if is_let_in(cem, row, scope, at=clock.at)] == ["calendar"]


@pytest.mark.parametrize("field", ["seed", "name", "request", "allowed", "ends_at"])
def test_r25_a_code_is_of_all_that_was_asked(ana, clock, field):
    def ask(**changes):
        asked = {"seed": "a", "name": "M.", "request": "x", "allowed": {}, "ends_at": soon}
        return invite_supporter(by=ana, proof=Proof(ana.pk), **(asked | changes))

    soon = clock.at + timedelta(days=3)
    other = {"allowed": {"may_pause": True}, "ends_at": soon + timedelta(days=1)}
    first = ask()
    assert ask() == first
    assert ask(**{field: other.get(field, "other")}) != first
    assert Support.objects.count() == (2 if field == "seed" else 1)


def test_a_doubled_click_on_asking_writes_nothing(ana, clock):
    asked = {"of": ana, "ends_at": clock.at + timedelta(days=9)}
    asked_support(**asked)
    before = Support.objects.values().get(), Invitation.objects.values().get()
    clock.move(minutes=5)
    asked_support(**asked)
    assert (Support.objects.values().get(), Invitation.objects.values().get()) == before


def test_r1_the_page_with_the_code_gives_nothing_back_that_was_taken_away_since(ana, clock):
    """It is loaded again, which asks once more; nor does it leave what was allowed beside it."""
    until, sooner = clock.at + timedelta(days=90), clock.at + timedelta(days=9)
    asked = {"of": ana, "allowed": [Scope.CALENDAR, Scope.CHECK_INS], "ends_at": until}
    code = asked_support(**asked)
    row = Support.objects.get()
    factories.change(support=row, allowed=[Scope.CALENDAR, Scope.PAUSE], request="Only listen.")
    renew_support(by=row, ends_at=sooner)
    assert asked_support(**asked) == code
    row = Support.objects.get()
    assert [row.sees_calendar, row.sees_check_ins, row.may_pause] == [True, False, False]
    assert (row.ends_at, row.request) == (sooner, "Only listen.")


def test_where_its_code_has_run_out_the_same_page_makes_another(ana, cem, clock):
    asked = {"of": ana, "ends_at": clock.at + timedelta(days=30)}
    old = asked_support(**asked)
    clock.move(days=8)
    new = asked_support(**asked)
    assert new != old
    assert use_any_code(by=cem, code=new).supporter == cem


def test_what_somebody_began_is_not_changed_by_the_page_that_asked_for_it(ana, cem, clock):
    use_any_code(by=cem, code=asked_support(of=ana, allowed=[Scope.CALENDAR]))
    before = Support.objects.values().get()
    for allowed in ([Scope.CALENDAR], [Scope.PAUSE]):
        with pytest.raises(CodeGone):
            asked_support(of=ana, allowed=allowed)
    assert Support.objects.values().get() == before


@pytest.fixture
def keyless(ana):
    """Calling it damages Ana's key, so that nothing of hers can be opened or sealed."""
    return lambda: Person.objects.filter(pk=ana.pk).update(wrapped_key="1:damaged")


def test_r1_taking_back_needs_no_key(ana, cem, keyless, clock):
    code = asked_support(of=ana, allowed=Scope)
    keyless()
    end_support(by=Support.objects.get())
    with pytest.raises(CodeRefused):
        use_any_code(by=cem, code=code)
    row = Support.objects.get()
    assert row.ended_at == clock.at
    assert (row.words, row.name) == ("", "Somebody you trust")
    kept = Support.objects.values_list("request", "name_for_supporter").get()
    assert [bytes(each) for each in kept] == [b"", b""], "nothing of its words is kept"


def test_r1_allowing_less_needs_no_key(standing, ana, cem, keyless, clock):
    keyless()
    row = get_trusted_for(ana, standing.pk)
    pause = {FIELDS[Scope.PAUSE]: True}
    with pytest.raises(WordsNotKept):
        change_support(by=row, name="C.", request="x", allowed=pause)
    assert [scope for scope in Scope if is_let_in(cem, row, scope, at=clock.at)] == ["pause"]
    calendar = {FIELDS[Scope.CALENDAR]: True}
    with pytest.raises(WordsNotKept):
        change_support(by=row, name="C.", request="x", allowed=calendar, proof=Proof(ana.pk))
    assert not any(is_let_in(cem, row, scope, at=clock.at) for scope in Scope), (
        "what is more does not hold without its words"
    )


def test_the_log_is_of_the_person_alone_and_pauses_are_told_until_they_are_let_go(
    standing, ana, cem, ben, clock
):
    SupportLook.objects.create(support=standing, what=What.PAGE, at=clock.move(hours=1))
    first = SupportLook.objects.create(support=standing, what=What.PAUSE, at=clock.move(hours=1))
    last = SupportLook.objects.create(support=standing, what=What.PAUSE, at=clock.move(hours=1))
    told = ["Paused for you", "Paused for you", "Read what you ask of them", "Used your code"]
    assert [look.told for look in looks_at(ana)] == told
    assert [look.what for look in lines_to_tell(ana)] == ["pause", "began"]
    assert not looks_at(cem).exists()
    dismiss_told(by=cem, look_id=last.pk)
    assert SupportLook.objects.filter(is_dismissed=True).count() == 0
    dismiss_told(by=ana, look_id=first.pk)
    assert lines_to_tell(ana) == [last], "what came after the page was made stays to be told"
    dismiss_told(by=ana, look_id=last.pk)
    let_go = SupportLook.objects.filter(is_dismissed=True).values_list("what", flat=True)
    assert sorted(let_go) == ["began", "pause", "pause"]
    assert looks_at(ana).count() == 4


def test_a_supporter_who_deletes_their_account_leaves_the_log(standing, ana, cem, clock):
    rename_supported(by=standing, name="A.")
    SupportLook.objects.create(support=standing, what=What.PAGE, at=clock.at)
    cem.delete()
    row = Support.objects.get()
    assert (row.supporter, row.name) == (None, "A friend")
    assert row.name_of_person == "Somebody you support"
    assert looks_at(ana).count() == 2
    end_support(by=row)


def test_a_person_who_deletes_their_account_takes_all_of_it_along(standing, ana, clock):
    SupportLook.objects.create(support=standing, what=What.PAGE, at=clock.at)
    ana.delete()
    assert not Support.objects.exists()
    assert not SupportLook.objects.exists()
    assert not Invitation.objects.exists()


# --- Values ----------------------------------------------------------------------------------


def test_everything_has_its_words_and_its_field():
    assert set(FIELDS) == set(Scope)
    assert set(IN_WORDS) == set(FIELDS.values())
    assert set(TOLD) == set(What)
    assert set(Scope) < set(What)


def test_a_day_is_over_at_midnight_of_the_persons_own_zone():
    day = date(2027, 3, 28)
    ends_at = end_of(day, "Europe/Berlin")
    assert ends_at == datetime(2027, 3, 29, tzinfo=ZoneInfo("Europe/Berlin"))
    assert last_day_of(ends_at, "Europe/Berlin") == day


@pytest.mark.parametrize("zone", ["Asia/Beirut", "America/Santiago", "Pacific/Kiritimati", "UTC"])
def test_also_where_midnight_does_not_exist(zone):
    for number in range(400):
        day = date(2026, 1, 1) + timedelta(days=number)
        ends_at = end_of(day, zone)
        assert timedelta(hours=22) < ends_at - end_of(day - timedelta(days=1), zone)
        assert last_day_of(ends_at.astimezone(ZoneInfo("UTC")), zone) == day


def test_a_last_day_is_within_a_year(clock):
    first, last = first_and_last(clock.at, "Asia/Tokyo")
    assert first == clock.at.astimezone(ZoneInfo("Asia/Tokyo")).date()
    assert (last - first).days == LONGEST_DAYS


# --- What the database refuses ---------------------------------------------------------------


ATTEMPTS = {
    "support_of_somebody_else": lambda it: raw.change(it, supporter_id=it.person_id),
    "support_began_with_its_supporter": lambda it: raw.change(it, began_at=None),
    "support_ends_within_a_year": lambda it: raw.change(it, ends_at=it.renewed_at),
    "support_ended_after_it_was_made": lambda it: raw.change(it, ended_at=it.made_at - SOON),
    "support_one_open_of_two": raw.copy,
    "support_reads_check_ins_since": lambda it: raw.change(it, check_ins_since=None),
}
MORE = {
    "support_ends_within_a_year": lambda it: raw.change(
        it, ends_at=it.renewed_at + timedelta(days=LONGEST_DAYS + 3)
    ),
}


@pytest.mark.parametrize("name", sorted(each.name for each in Support._meta.constraints))
def test_the_database_refuses(name, standing):
    for attempts in (ATTEMPTS, MORE):
        if attempt := attempts.get(name):
            with pytest.raises(IntegrityError), transaction.atomic():
                attempt(standing)
    assert name in ATTEMPTS, "a new constraint needs an attempt here"


def test_the_database_refuses_a_look_of_no_kind_and_codes_for_two_things(standing, pair, clock):
    look = SupportLook.objects.create(support=standing, what=What.PAGE, at=clock.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        raw.change(look, what="all")
    used = Invitation.objects.get(support=standing)
    for changes in (
        {"pair_id": pair.pk},
        {"support_id": None},
        {"used_at": None, "pair_id": pair.pk},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            raw.change(used, **changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        raw.copy(used, code_digest="another")


# --- The decorators --------------------------------------------------------------------------


def test_each_decorator_says_what_it_is_and_knows_its_scopes():
    assert supporter()(lambda request, row: None).access == SUPPORTER
    assert supporter("check_ins")(lambda request, row: None).access == SUPPORTER
    assert supported(lambda request, row: None).access == SUPPORTED
    with pytest.raises(ValueError, match="everything"):
        supporter("everything")


@pytest.mark.parametrize("scope", Scope)
def test_r25_more_needs_a_proof_and_less_none(ana, cem, clock, scope):
    row = support(of=ana, by=cem, allowed=set(Scope) - {scope})
    everything = dict.fromkeys(FIELDS.values(), True)
    with pytest.raises(ProofNeeded):
        change_support(by=row, name="C.", request="x", allowed=everything)
    assert not is_let_in(cem, row, scope, at=clock.at)
    change_support(by=row, name="C.", request="x", allowed={})
    assert not any(is_let_in(cem, row, each, at=clock.at) for each in Scope)
    with pytest.raises(ProofNeeded):
        change_support(by=row, name="C.", request="x", allowed={FIELDS[scope]: True})
    factories.change(support=row, allowed=[scope])
    assert is_let_in(cem, row, scope, at=clock.at)


def test_r25_a_later_day_needs_a_proof_and_a_sooner_one_none(standing, cem, clock):
    sooner, was = standing.ends_at - timedelta(days=3), standing.ends_at
    renew_support(by=standing, ends_at=sooner)
    with pytest.raises(ProofNeeded):
        renew_support(by=standing, ends_at=was)
    standing.refresh_from_db()
    assert standing.ends_at == sooner


def test_r25_nobody_elses_proof_counts(standing, ana, ben, clock):
    later, foreign = standing.ends_at + timedelta(days=3), Proof(ben.pk)
    everything = dict.fromkeys(FIELDS.values(), True)
    with pytest.raises(PermissionDenied):
        renew_support(by=standing, ends_at=later, proof=foreign)
    with pytest.raises(PermissionDenied):
        change_support(by=standing, name="C.", request="x", allowed=everything, proof=foreign)
    with pytest.raises(PermissionDenied):
        make_support_code(by=standing, seed="x", proof=foreign)
    with pytest.raises(PermissionDenied):
        invite_supporter(
            by=ana, seed="y", name="C.", request="x", allowed={}, ends_at=later, proof=foreign
        )
    assert Support.objects.count() == 1


def test_r25_check_ins_count_from_when_they_may_be_read(ana, cem, clock):
    """From the use of the code, from a change, and after it had run out from its renewal."""
    code = asked_support(of=ana, allowed=[Scope.CHECK_INS])
    row = use_any_code(by=cem, code=code) if clock.move(days=1) else None
    assert row.check_ins_since == clock.at
    clock.move(days=1)
    factories.change(support=row, allowed=[Scope.CHECK_INS, Scope.PAUSE])
    factories.renew(support=row, ends_at=clock.at + timedelta(days=9))
    assert row.check_ins_since < clock.at, "what stands is not begun anew"
    factories.change(support=row, allowed=[])
    factories.change(support=row, allowed=[Scope.CHECK_INS])
    assert row.check_ins_since == clock.at
    clock.go_to(row.ends_at + timedelta(days=1))
    factories.renew(support=row, ends_at=clock.at + timedelta(days=9))
    assert row.check_ins_since == clock.at


def test_lines_for_which_there_was_no_room_are_not_let_go_with_the_others(ana, make_person, clock):
    for number in range(MOST_LINES + 1):
        row = support(of=ana, by=make_person(f"friend{number}"), allowed=["pause"])
        SupportLook.objects.create(support=row, what=What.PAUSE, at=clock.move(hours=1))
        SupportLook.objects.create(support=row, what=What.PAUSE, at=clock.move(hours=1))
        end_support(by=row)
    to_tell = {(look.support_id, look.what) for look in looks_to_tell(ana)}
    told = []
    while lines := lines_to_tell(ana):
        assert len(lines) <= MOST_LINES
        told += [(look.support_id, look.what) for look in lines]
        dismiss_told(by=ana, look_id=lines[0].pk)
    assert len(told) == len(to_tell) > MOST_LINES, "each once"
    assert set(told) == to_tell


@pytest.mark.parametrize("act", ["change", "renew"])
@pytest.mark.parametrize("before", [[Scope.CHECK_INS], []], ids=["granted before", "never"])
def test_r25_what_was_read_before_it_was_allowed_anew_does_not_make_it_older(
    ana, cem, clock, act, before
):
    """Two tabs: one was opened first and is sent last."""
    row = support(of=ana, by=cem, allowed=before)
    factories.change(support=row, allowed=[])
    old = Support.objects.get(pk=row.pk)
    clock.move(days=3)
    factories.change(support=row, allowed=[Scope.CHECK_INS])
    granted_at = clock.at
    clock.move(hours=1)
    if act == "renew":
        factories.renew(support=old, ends_at=clock.at + timedelta(days=9))
    else:
        factories.change(support=old, allowed=[Scope.CHECK_INS])
    assert Support.objects.get(pk=row.pk).check_ins_since == granted_at


@pytest.mark.parametrize("scope", [Scope.CHECK_INS, Scope.REFLECTIONS])
def test_r25_whether_somebody_may_read_is_of_what_stands(ana, ben, cem, clock, scope):
    asked_support(of=ana, allowed=[scope])
    assert not lets_read(ana, scope, clock.at), "nobody has used the code"
    row = support(of=ana, by=cem, allowed=[scope])
    assert lets_read(ana, scope, clock.at)
    assert not lets_read(ana, Scope.CALENDAR, clock.at)
    assert not lets_read(ben, scope, clock.at)
    assert not lets_read(ana, scope, row.ends_at)
    end_support(by=row)
    assert not lets_read(ana, scope, clock.at)
