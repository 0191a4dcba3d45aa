"""How often each page asks the database: a fixed number, however many pairs there are."""

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import create_code, use_code
from accounts.context import person_pairs

pytestmark = pytest.mark.django_db

# Session, person and the person's pairs (for Pause) are in each page behind sign-in.
QUERIES = {
    "settings": 5,
    "code": 4,
    "feed": 4,
    "use_code": 3,
    "trusted": 6,
    "log": 4,
    "supporting": 5,
    "invite_supporter": 3,
    "help": 3,
}
QUERIES_SIGNED_OUT = {"begin": 0, "help": 0}


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.fixture
def join_more(ana, make_person):
    def join_more(count):
        for number in range(count):
            use_code(by=make_person(f"p{number}"), code=create_code(by=ana))

    return join_more


@pytest.mark.long
@pytest.mark.parametrize("name", QUERIES)
def test_pages_ask_as_often_with_six_pairs_as_with_one(ana_client, pair, clock, name, join_more):
    path = reverse(f"accounts:{name}")
    assert queries_of(ana_client, path) == QUERIES[name]
    join_more(5)
    assert queries_of(ana_client, path) == QUERIES[name]


@pytest.mark.parametrize("name", QUERIES_SIGNED_OUT)
def test_pages_before_sign_in_ask_nothing(client, clock, name):
    assert queries_of(client, reverse(f"accounts:{name}")) == QUERIES_SIGNED_OUT[name]


def test_the_name_page_asks_a_fixed_number_of_times(ana_client, pair, clock, join_more):
    path = reverse("accounts:rename_other", kwargs={"pair_id": pair.pk})
    assert queries_of(ana_client, path) == 3
    join_more(5)
    assert queries_of(ana_client, path) == 3


def test_the_persons_pairs_are_asked_for_once_and_only_if_used(
    rf, ana, pair, django_assert_num_queries
):
    request = rf.get("/")
    request.user = ana
    twice = Template(
        "{% if my_memberships %}{{ my_memberships|length }}"
        "{% for m in my_memberships %}{{ m.pair_id }}{% endfor %}{% endif %}"
    )
    with django_assert_num_queries(0):
        unused = person_pairs(request)
        Template("nothing").render(Context(unused))
    with django_assert_num_queries(1):
        assert twice.render(Context(unused)) == f"1{pair.pk}"


def test_who_is_not_signed_in_has_no_pairs(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not person_pairs(rf.get("/"))["my_memberships"]
