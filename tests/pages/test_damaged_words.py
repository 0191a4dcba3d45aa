"""Words that cannot be opened any more: each page says so, gently, and all others are there."""

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.middleware import GiveWordsBack
from accounts.models import Pair, Person, Support
from accounts.scopes import FIELDS, Scope
from accounts.vault import UnreadableError
from boundaries.queries import terms_in_force
from checkins.models import CheckIn, Reflection
from conversations import actions
from conversations.exceptions import UnreadableLetterError
from conversations.models import Envelope, Letter
from tests import factories
from tests.factories import PASSWORD

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SAID = "These words cannot be shown."


def damage(letter):
    Letter.objects.filter(pk=letter.pk).update(body=b"cut")


def address(place, *parts):
    return "/".join(["/pairs", str(place.pair_id), *map(str, parts), ""])


def test_a_letter_of_ones_own_says_so_and_can_be_deleted(at_ana, ana_place):
    letter = factories.letter(by=ana_place)
    damage(letter)
    at_ana.open(address(ana_place, "letters", letter.pk))
    assert SAID in at_ana.text
    at_ana.press("Delete it for good")
    assert not Letter.objects.exists()


def test_what_is_typed_over_it_is_not_lost(at_ana, ana_place):
    letter = factories.letter(by=ana_place, hold=False)
    at_ana.open(address(ana_place, "letters", letter.pk))
    damage(letter)
    sent = {"key": letter.key, "version": 1, "draft": 1}
    at_ana.send(address(ana_place, "letters", letter.pk), body="Typed meanwhile", **sent)
    assert at_ana.status == 409
    assert "The words that you typed are below." in at_ana.text
    at_ana.press("Keep as a draft")
    assert "Typed meanwhile" in [row.body for row in Letter.objects.exclude(pk=letter.pk)]


HTMX = {"HX-Request": "true"}


def bytes_of(letter):
    return bytes(Letter.objects.values_list("body", flat=True).get(pk=letter.pk))


def test_what_is_typed_is_not_saved_over_it_and_its_writer_is_told(ana_client, ana_place):
    letter = factories.letter(by=ana_place, hold=False)
    damage(letter)
    save = address(ana_place, "letters", letter.pk, "draft")
    begin = reverse("conversations:begin_draft", args=[ana_place.pair_id])
    for path, version in ((save, 1), (save, 0), (begin, 1), (begin, 0)):
        sent = {"body": "Typed meanwhile", "key": letter.key, "version": version}
        answer = ana_client.post(path, sent, headers=HTMX)
        assert answer.status_code == 409
        assert answer.headers["HX-Retarget"] == "#words-status"
        assert "it is still here" in answer.content.decode()
    assert bytes_of(letter) == b"cut"


def test_what_is_kept_of_a_page_that_is_left_is_a_draft_of_its_own(ana_client, ana_place):
    letter = factories.letter(by=ana_place, hold=False)
    damage(letter)
    keep = reverse("conversations:keep_words", args=[ana_place.pair_id])
    sent = {"body": "Typed meanwhile", "key": letter.key, "version": letter.version}
    for _ in range(2):
        assert ana_client.post(keep, sent).content == b"0"
    assert bytes_of(letter) == b"cut"
    assert Letter.objects.exclude(pk=letter.pk).get().body == "Typed meanwhile"


@pytest.mark.parametrize("hold", [False, True])
def test_what_is_written_with_its_key_is_a_letter_of_its_own(ana_place, hold):
    letter = factories.letter(by=ana_place, hold=hold)
    damage(letter)
    other = actions.write_letter(by=ana_place, key=letter.key, body="Typed meanwhile", hold=False)
    assert bytes_of(letter) == b"cut"
    assert Letter.objects.get(pk=other.pk).body == "Typed meanwhile"


@pytest.mark.parametrize("version", [0, 1])
def test_no_edit_is_put_over_it(ana_place, version):
    letter = factories.letter(by=ana_place)
    damage(letter)
    with pytest.raises(UnreadableLetterError):
        actions.edit_letter(
            by=ana_place, letter_id=letter.pk, version=version, body="Typed meanwhile", hold=True
        )
    assert bytes_of(letter) == b"cut"


def test_lists_and_the_other_letters_are_there(at_ana, ana_place):
    damage(factories.letter(by=ana_place))
    factories.letter(by=ana_place, body="This one is whole.")
    for page in (address(ana_place), address(ana_place, "letters")):
        at_ana.open(page)
        assert "A letter that cannot be shown" in at_ana.text
        assert "This one is whole." in at_ana.text
        assert "A letter that cannot be shown Held, cannot be delivered" in at_ana.text


def test_an_envelope_says_so(at_ben, past, ana_place, ben_place):
    envelope = Envelope.objects.filter(recipient=ben_place.person).first()
    Envelope.objects.filter(pk=envelope.pk).update(state=Envelope.State.OPENED)
    damage(envelope.letter)
    at_ben.open(address(ben_place, "envelopes", envelope.pk))
    assert SAID in at_ben.text
    copy = at_ben.client.get(address(ben_place, "copy")).content.decode()
    assert "[These words cannot be shown" in copy


def test_without_ones_own_key_the_pages_are_there_with_the_neutral_name(at_ana, ana_place):
    Person.objects.filter(pk=ana_place.person_id).update(wrapped_key="")
    for path in ("/settings/", address(ana_place), address(ana_place, "name")):
        at_ana.open(path)
        assert "the other person" in at_ana.answer.content.decode()


NOT_KEPT = "These words could not be kept"
TYPED = "Half a <sentence>"
SHOWN = "Half a &lt;sentence&gt;"


@pytest.fixture
def keyless(ana_place):
    """The keys of Ana and of her pair are damaged; so nothing of hers can be sealed."""
    Person.objects.filter(pk=ana_place.person_id).update(wrapped_key="1:damaged")
    Pair.objects.filter(pk=ana_place.pair_id).update(wrapped_key="1:damaged")
    return ana_place


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("parts", "field"), [(["letters", "new"], "body"), (["name"], "name"), ([], "title")]
)
def test_where_nothing_can_be_sealed_words_come_back(ana_client, keyless, parts, field, caplog):
    factories.feed(of=keyless.person)
    path = address(keyless, *parts) if parts else reverse("accounts:rename_feed")
    answer = ana_client.post(path, {field: TYPED, "key": uuid4(), "version": 0, "draft": 1})
    assert answer.status_code == 503
    assert NOT_KEPT in answer.content.decode()
    assert f'<div class="letter-body" dir="auto">{SHOWN}</div>' in answer.content.decode()
    assert "cannot be sealed" in caplog.text
    assert TYPED not in caplog.text


def test_where_nothing_can_be_sealed_what_is_asked_of_a_supporter_comes_back(at_ana, keyless):
    sent = {"name": "M.", "body": TYPED, "ends_on": "2026-12-24", "seed": "a seed"}
    at_ana.send(reverse("accounts:invite_supporter"), **sent, password=PASSWORD)
    assert at_ana.status == 503
    assert SHOWN in at_ana.answer.content.decode()


def test_r1_less_for_a_supporter_holds_where_nothing_can_be_sealed(at_ana, ana, outsider):
    """Taking a code back, and allowing less, whose words are given back in their form."""
    factories.asked_support(of=ana, allowed=Scope)
    waiting = Support.objects.get()
    row = factories.support(of=ana, by=outsider, allowed=Scope)
    Person.objects.filter(pk=ana.pk).update(wrapped_key="1:damaged")
    at_ana.open(reverse("accounts:change_support", args=[row.pk]))
    nothing = dict.fromkeys(FIELDS.values(), False)
    form, button = at_ana.page.button("Save")
    at_ana.post(button.action, form.sent(button, {"name": "M.", "body": TYPED, **nothing}))
    assert at_ana.status == 503
    assert "What you took away from them is taken away" in at_ana.text
    assert TYPED in at_ana.filled("Save")["body"][0]
    assert Support.objects.get(pk=row.pk).allowed == []
    at_ana.open("/trusted/")
    at_ana.press("Take it back")
    assert "It has ended." in at_ana.text
    assert Support.objects.get(pk=waiting.pk).ended_at


@pytest.mark.parametrize("name", ["begin_draft", "keep_words"])
def test_where_nothing_can_be_sealed_the_page_with_the_words_stays(ana_client, keyless, name):
    path = reverse(f"conversations:{name}", args=[keyless.pair_id])
    sent = {"body": TYPED, "key": uuid4(), "version": 0}
    answer = ana_client.post(path, sent, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (503, "#words-status")
    assert NOT_KEPT in answer.content.decode()
    assert TYPED not in answer.content.decode()
    assert not Letter.objects.exists()


def test_other_faults_and_other_requests_stay_faults(rf):
    give_back = GiveWordsBack(lambda request: HttpResponse())
    assert give_back.process_exception(rf.post("/", {"body": TYPED}), ValueError()) is None
    assert give_back.process_exception(rf.post("/"), UnreadableError()) is None
    assert give_back.process_exception(rf.get("/"), UnreadableError()) is None


def test_of_a_check_in_the_words_are_said_to_be_damaged_and_the_rest_is_there(at_ana, ana_place):
    row = factories.check_in(by=ana_place, body="Cold hands.", safe=2)
    CheckIn.objects.filter(pk=row.pk).update(body=b"cut", safe=b"cut", answer=b"cut", way=b"cut")
    at_ana.open(address(ana_place, "check-ins"))
    assert SAID in at_ana.text
    assert "How safe This cannot be shown" in at_ana.text
    assert "Wanted then This cannot be shown" in at_ana.text
    copy = at_ana.client.get(address(ana_place, "check-ins", "copy")).content.decode()
    assert "[These words cannot be shown" in copy
    assert "How safe: [This cannot be shown" in copy
    assert "Wanted then: [This cannot be shown" in copy
    at_ana.open(address(ana_place, "check-ins", "picture"))
    assert "Nothing to show yet." in at_ana.text
    assert NOT_IN_THE_PICTURE in at_ana.text


NOT_IN_THE_PICTURE = "Something that you answered cannot be shown here."


def test_the_picture_says_that_an_answer_is_not_in_it_and_shows_the_others(
    at_ana, ana_place, clock
):
    damaged = factories.check_in(by=ana_place, safe=2)
    clock.move(days=1)
    factories.check_in(by=ana_place, safe=4)
    picture = address(ana_place, "check-ins", "picture")
    at_ana.open(picture)
    assert NOT_IN_THE_PICTURE not in at_ana.text
    CheckIn.objects.filter(pk=damaged.pk).update(safe=b"cut")
    at_ana.open(picture)
    assert NOT_IN_THE_PICTURE in at_ana.text
    assert "Your check-in: 4, Rather safe" in at_ana.text
    assert "Your check-in: 2" not in at_ana.text
    clock.move(days=365)
    at_ana.open(picture)
    assert NOT_IN_THE_PICTURE not in at_ana.text


def test_of_a_reflection_that_is_damaged_nothing_is_overwritten(at_ana, ana):
    row = factories.reflection(by=ana)
    Reflection.objects.update(body=b"cut")
    at_ana.open("/reflections/")
    assert "Words that cannot be shown" in at_ana.text
    at_ana.open(f"/reflections/{row.pk}/")
    assert SAID in at_ana.text
    sent = {"key": uuid4(), "version": 1, "question": "hope"}
    at_ana.send(f"/reflections/{row.pk}/", body="Typed meanwhile", **sent)
    assert at_ana.status == 409
    at_ana.press("Save")
    assert [each.body for each in Reflection.objects.exclude(pk=row.pk)] == ["Typed meanwhile"]
    assert bytes(Reflection.objects.values_list("body", flat=True).get(pk=row.pk)) == b"cut"
    at_ana.open(f"/reflections/{row.pk}/")
    at_ana.press("Delete it for good")
    assert not Reflection.objects.filter(pk=row.pk).exists()


def test_a_check_in_that_cannot_be_sealed_stays_in_its_form(at_ana, keyless):
    at_ana.open(address(keyless, "check-ins", "new"))
    form, button = at_ana.page.button("Keep it")
    at_ana.post(button.action, form.sent(button, {"safe": "2", "body": TYPED}))
    assert at_ana.status == 503
    assert "This could not be kept" in at_ana.text
    assert TYPED in at_ana.filled("Keep it")["body"][0]
    assert not CheckIn.objects.exists()


def test_r1_less_holds_where_its_words_cannot_be_sealed_and_they_are_given_back(
    at_ana, keyless, agreement, pair
):
    at_ana.open(address(keyless, "check-ins", "new"))
    form, button = at_ana.page.button("Keep it")
    less = {"safe": "2", "body": TYPED, "answer": "less", "less": "half_as_long"}
    at_ana.post(button.action, form.sent(button, less))
    assert at_ana.status == 503
    assert "You have less from now on That holds." in at_ana.text
    assert terms_in_force(pair).minutes == 20
    held = at_ana.filled("Keep it")
    assert TYPED in held["body"][0]
    assert (held["safe"], held["answer"]) == (["2"], ["same"])
    form, button = at_ana.page.button("Keep it")
    at_ana.post(button.action, form.sent(button, {}))
    assert at_ana.status == 503
    assert "This could not be kept" in at_ana.text
    assert terms_in_force(pair).minutes == 20
