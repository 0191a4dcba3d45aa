"""Who may open which address: every one of them, found in the URL table."""

from collections import defaultdict
from itertools import product
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse, reverse_lazy

from accounts.actions import create_code, use_code
from conversations.models import Letter
from tests import factories, seen
from tests.beginnings import beginning, meet, trust
from tests.pages import addresses

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ALL = addresses.ours()
IN_A_PAIR = addresses.in_a_pair()
METHODS = ("get", "head", "post", "put", "patch", "delete")
# What may be looked at, and so must change nothing. Everything else is only ever posted.
LOOKED_AT = {
    "accounts:begin",
    "accounts:begin_supporting",
    "accounts:change_support",
    "accounts:code",
    "accounts:feed",
    "accounts:help",
    "accounts:invite_supporter",
    "accounts:log",
    "accounts:make_feed",
    "accounts:make_support_code",
    "accounts:rename_feed",
    "accounts:renew_support",
    "accounts:rename_other",
    "accounts:settings",
    "accounts:support",
    "accounts:supporting",
    "accounts:trusted",
    "accounts:use_code",
    "boundaries:agreement",
    "boundaries:consent",
    "boundaries:limits",
    "boundaries:proposal",
    "boundaries:pause_with_words",
    "boundaries:propose",
    "boundaries:read_feed",
    "boundaries:record",
    "boundaries:renew",
    "checkins:check_ins",
    "checkins:copy",
    "checkins:copy_reflections",
    "checkins:edit_reflection",
    "checkins:give_after",
    "checkins:give_before",
    "checkins:give_own",
    "checkins:picture",
    "checkins:reflections",
    "checkins:save_wish",
    "checkins:write_reflection",
    "checkins:supported_check_ins",
    "checkins:supported_reflections",
    "boundaries:suggest_time_apart",
    "boundaries:time_apart",
    "boundaries:supported_calendar",
    "conversations:conversation",
    "conversations:copy",
    "conversations:envelope",
    "conversations:home",
    "conversations:letter",
    "conversations:letters",
    "conversations:now",
    "conversations:pair",
    "conversations:part",
    "conversations:past",
    "conversations:stream",
    "conversations:write",
}
# These lead on: Ana has an account, and one pair; and one looks at a proposal, or at the address of
# one's calendar, on its own page.
LEADS_ON = {
    "accounts:begin",
    "accounts:begin_supporting",
    "accounts:make_feed",
    "accounts:make_support_code",
    "accounts:rename_feed",
    "boundaries:consent",
    "conversations:home",
}
# Gone already and never there are the same to it, so that a doubled click is answered alike.
IDEMPOTENT = {"conversations:delete", "checkins:delete_check_in"}


def use_all(begun):
    """Keys in Ana's and Ben's pair that she may use."""
    meet(begun)
    trust(begun)
    past, (ana_place, ben_place) = begun.past, begun.places
    draft = factories.letter(by=ana_place, hold=False)
    proposal = factories.propose(by=ben_place, minutes=60)
    begun.keys = {
        "pair_id": past.window.pair_id,
        "letter_id": draft.pk,
        "envelope_id": past.to_ana.pk,
        "proposal_id": proposal.pk,
        "window_id": past.window.pk,
        "check_in_id": factories.check_in(by=ana_place).pk,
        "reflection_id": factories.reflection(by=ana_place.person).pk,
        "time_apart_id": factories.suggest(by=ben_place).pk,
        "token": factories.feed(of=ana_place.person),
        "trusted_id": begun.trusted.pk,
        "support_id": begun.supporting.pk,
    }


BEGINNINGS = {"keys": use_all}
keys = beginning("keys")


@pytest.fixture
def bens_keys(keys, past, ben_place, elsewhere, clock):
    """Keys that are not for Ana: Ben's letter and envelope, and things of another pair."""
    letter = factories.letter(by=ben_place)
    other = elsewhere.pair.memberships.exclude(pk=elsewhere.pk).get()
    factories.allow(by=(elsewhere, other))
    theirs = factories.agree(by=elsewhere, other=other, clock=clock)
    return {
        "letter_id": letter.pk,
        "envelope_id": past.to_ben.pk,
        "proposal_id": theirs.proposal_id,
        "window_id": theirs.windows.all()[0].pk,
        "check_in_id": factories.check_in(by=ben_place).pk,
        "time_apart_id": factories.suggest(by=other).pk,
    }


def ask(client: Client, method: str, path: str) -> int:
    return getattr(client, method)(path).status_code


def test_the_table_of_addresses_is_not_empty():
    assert len(IN_A_PAIR) > 20
    assert {address.name for address in ALL} >= LOOKED_AT


def test_an_outsider_finds_nothing_and_changes_nothing(outsider_client, pair, keys):
    before = seen.everything(in_=pair)
    answers = {
        (each.name, method): ask(outsider_client, method, each.path(keys))
        for each in IN_A_PAIR
        for method in METHODS
    }
    assert set(answers.values()) == {404}, answers
    assert seen.everything(in_=pair) == before


def test_a_guessed_pair_is_the_same_404(ana_client, keys):
    guess = keys | {"pair_id": uuid4()}
    answers = {
        (each.name, method): ask(ana_client, method, each.path(guess))
        for each in IN_A_PAIR
        for method in ("get", "post")
    }
    assert set(answers.values()) == {404}, answers


def test_in_ones_own_pair_what_is_foreign_or_guessed_is_a_404(ana_client, pair, keys, bens_keys):
    before = seen.everything(in_=pair)
    for key, foreign in product(bens_keys, (bens_keys, defaultdict(uuid4))):
        wrong = keys | {key: foreign[key]}
        for each in IN_A_PAIR:
            if key in each.keys and each.name not in IDEMPOTENT:
                answers = {ask(ana_client, method, each.path(wrong)) for method in ("get", "post")}
                assert answers in ({404}, {404, 405}), (each.name, wrong[key])
    assert seen.everything(in_=pair) == before


def test_deleting_what_is_not_ones_own_deletes_nothing(ana_client, keys, bens_keys):
    letter = Letter.objects.get(pk=bens_keys["letter_id"])
    answers = []
    for key in (letter.pk, uuid4()):
        path = reverse("conversations:delete", args=[keys["pair_id"], key])
        answer = ana_client.post(path)
        answers.append((answer.status_code, answer.url))
    assert answers[0] == answers[1]
    letter.refresh_from_db()


def test_a_key_of_one_pair_opens_nothing_in_another(ana, outsider, client_of, keys, make_person):
    """Ana's own letter, envelope and window, asked for under her pair with somebody else."""
    second = use_code(by=ana, code=create_code(by=make_person("dora")))
    crossed = keys | {"pair_id": second.pair_id}
    client = client_of(ana)
    answers = {
        (each.name, method): ask(client, method, each.path(crossed))
        for each in IN_A_PAIR
        for method in ("get", "post")
        if len(each.keys) > 1 and each.name not in IDEMPOTENT
    }
    assert set(answers.values()) <= {404, 405}, answers


@pytest.mark.parametrize(
    ("method", "expected"), [("get", (302, reverse_lazy("account_login"))), ("post", (403, ""))]
)
def test_nobody_is_sent_to_sign_in_from_every_pair(client, keys, method, expected):
    """After a POST by a page which says that nothing was done."""
    for each in IN_A_PAIR:
        answers = {
            where_to(getattr(client, method)(each.path(keys | {"pair_id": pair})))
            for pair in (keys["pair_id"], uuid4())
        }
        assert answers == {expected}, each.name


def where_to(answer) -> tuple[int, str]:
    return answer.status_code, getattr(answer, "url", "").partition("?")[0]


def test_what_changes_something_is_only_ever_posted(ana_client, pair, keys):
    before = seen.everything(in_=pair)
    looks = {
        each.name: {ask(ana_client, method, each.path(keys)) for method in ("get", "head")}
        for each in ALL
    }
    assert {name for name, answers in looks.items() if answers == {200}} >= LOOKED_AT - LEADS_ON
    assert {name for name, answers in looks.items() if answers != {405}} == LOOKED_AT
    assert seen.everything(in_=pair) == before


def test_no_other_method_changes_anything(ana_client, pair, keys):
    before = seen.everything(in_=pair)
    for each in IN_A_PAIR:
        answers = {ask(ana_client, method, each.path(keys)) for method in METHODS[3:]}
        assert answers == {405} or each.name == "accounts:rename_other", each.name
    assert seen.everything(in_=pair) == before


def test_no_post_without_the_page_s_token(ana, pair, keys):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ana)
    before = seen.everything(in_=pair)
    answers = {each.name: careful.post(each.path(keys), {"body": "x"}).status_code for each in ALL}
    assert set(answers.values()) == {403}, answers
    assert seen.everything(in_=pair) == before
