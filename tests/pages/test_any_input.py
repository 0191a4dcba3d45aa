"""Whatever is sent to whatever address: an answer, and never a fault of ours.

The client of the tests raises what a view raises, so each example would show its own fault.
"""

import os
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.beginnings import beginning, meet, trust
from tests.pages import addresses
from tests.pages.addresses import Address
from tests.pages.filled import LETTER, WELL_FILLED
from tests.pages.visitor import ClientVisitor

# What a page says is decided alike on every database.
# INPUTS in the environment makes it more; `make prove` tries a hundred of each.
INPUTS = int(os.environ.get("INPUTS", "5"))
pytestmark = [pytest.mark.django_db, pytest.mark.once]

POSTED = [each for each in addresses.in_a_pair() if not each.name.startswith("accounts:")]
LOOKED_AT = [each for each in addresses.ours() if not each.name.startswith("accounts:")]

odd = st.sampled_from(
    [
        *("", " ", "\x00", "-1", "0", "1", "167", "168", "2147483648", "9" * 400, "1e9", "NaN"),
        *("٣", "½", "true", "None", "null", "[]", "{}", "%s", "{{x}}", "<b>", "'\"", "\\", "\r\n"),
        *("\u202e", "😀", "00:00", "23:59", "24:00", "25:61", "18:00:00"),
        *("week 0", "month -1", "month 99999", "last"),
        *("UTC", "Europe/Berlin", "Factory", "posixrules", "../UTC", "Europe"),
    ]
)
signs = st.characters(exclude_categories=["Cs"])
text = st.text(signs, max_size=40)
value = odd | text
values = value | st.lists(value, max_size=4)
few = settings(
    max_examples=INPUTS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def use_all(begun):
    """Keys that Ana may use, and the conversation that took place: only such a one has a page."""
    meet(begun)
    trust(begun)
    past, (ana_place, ben_place) = begun.past, begun.places
    begun.keys = {
        "pair_id": past.window.pair_id,
        "letter_id": factories.letter(by=ana_place).pk,
        "envelope_id": past.to_ana.pk,
        "proposal_id": factories.propose(by=ben_place, minutes=60).pk,
        "window_id": factories.next_window(pair=ana_place.pair).pk,
        "check_in_id": factories.check_in(by=ana_place).pk,
        "reflection_id": factories.reflection(by=ana_place.person).pk,
        "time_apart_id": factories.suggest(by=ben_place).pk,
        "token": factories.feed(of=ana_place.person),
        "trusted_id": begun.trusted.pk,
        "support_id": begun.supporting.pk,
    }
    begun.held = {"window_id": past.window.pk}


BEGINNINGS = {"keys": use_all}
keys, held = beginning("keys"), beginning("held")


@st.composite
def nearly_well_filled(draw: st.DrawFn, address: Address) -> dict[str, Any]:
    """A form as a page of ours would send it, with some of it changed, left out or added."""
    filled = dict(WELL_FILLED.get(address.name, {}))
    names = [*filled, "digest", "page", "here", "next", "csrf", ""]
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)):
        filled[name] = draw(values)
    for name in draw(st.lists(st.sampled_from(names), max_size=1)):
        filled.pop(name, None)
    return filled


@few
@given(data=st.data())
def test_no_post_is_a_fault(at_ana, keys, data):
    address = data.draw(st.sampled_from(POSTED))
    sent = data.draw(nearly_well_filled(address))
    with factories.undone():
        at_ana.send(address.path(keys), **sent)
        assert at_ana.status in (200, 404, 405, 409), at_ana.text


@few
@given(data=st.data())
@pytest.mark.parametrize("name", sorted(WELL_FILLED))
def test_no_form_is_a_fault_whatever_is_typed(at_ana, keys, data, name):
    address = next(each for each in POSTED if each.name == name)
    sent = data.draw(nearly_well_filled(address))
    with factories.undone():
        at_ana.send(address.path(keys), **sent)
        assert at_ana.status in (200, 404, 409), at_ana.text


@few
@given(
    address=st.sampled_from(LOOKED_AT),
    query=st.dictionaries(st.sampled_from(["page", "next", "q", ""]) | text, value, max_size=3),
)
def test_no_address_is_a_fault_whatever_stands_behind_it(at_ana, keys, held, address, query):
    answer = at_ana.client.get(address.path(keys | held), query)
    assert answer.status_code in (200, 302, 405)


@few
@given(path=st.text(signs, max_size=30))
def test_no_made_up_address_is_a_fault(at_ana, pair, path):
    for start in ("/", f"/pairs/{pair.pk}/", "/pairs/"):
        assert at_ana.client.get(start + path).status_code in (200, 301, 302, 404, 405)


@few
@given(
    name=st.sampled_from(["conversations:write", "boundaries:limits", "boundaries:pause"]),
    kind=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/plain", ""]),
    body=st.binary(max_size=200),
)
def test_no_body_is_a_fault(at_ana, keys, name, kind, body):
    address = next(each for each in POSTED if each.name == name)
    with factories.undone():
        answer = at_ana.client.post(
            address.path(keys),
            body,
            content_type=kind,
            headers={"X-CSRFToken": at_ana.token()},
        )
        assert answer.status_code in (200, 302, 400)


def test_a_file_is_no_part_of_any_form(at_ana: ClientVisitor, keys):
    sent = LETTER | {"csrfmiddlewaretoken": at_ana.token(), "enclosed": BytesIO(b"x" * 100)}
    answer = at_ana.client.post(f"/pairs/{keys['pair_id']}/letters/new/", sent)
    assert answer.status_code == 302
    assert answer.wsgi_request.FILES == {}


def test_more_fields_than_any_form_has(at_ana: ClientVisitor, keys):
    at_ana.send(f"/pairs/{keys['pair_id']}/limits/", hours=["1"] * 2000)
    assert at_ana.status == 400
