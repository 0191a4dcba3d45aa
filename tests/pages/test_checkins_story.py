"""Check-ins, reflections and the picture as two people use them, through their pages (R12, R24)."""

import re
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from boundaries import actions as boundaries
from boundaries.models import Pause
from boundaries.queries import own_limits, terms_in_force
from boundaries.rules.windows import State
from checkins import actions as checkins
from checkins.models import CheckIn, Reflection, Round
from repair.tasks import sweep
from tests import factories, zones
from tests.pages.check_ins import LINK_AFTER, LINK_BEFORE, start
from tests.pages.visitor import ClientVisitor

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

DAY = timedelta(days=1)
AS_AGREED = {
    "days_between": 28,
    "minutes": 45,
    "letters": 2,
    "letter_length": 4000,
    "live": False,
}
OWN = "A check-in of your own"
ROOM = "you both left room for more than was agreed"
OVER = "This check-in is over It cannot be given now. Nothing was changed."
NEEDED = "Without a “go ahead” from you it is skipped, and that is all right."


def press_in_vain(visitor, text, **values):
    """Press a button of a page that is refused."""
    form, button = visitor.page.button(text)
    visitor.post(button.action, form.sent(button, values))
    assert visitor.status == 409
    assert OVER in visitor.text


def test_r24_before_a_conversation_one_link_leads_to_four_answers(at_ana, before, ana):
    start(at_ana, LINK_BEFORE)
    assert "All of these are all right." in at_ana.text
    at_ana.press("Go ahead")
    assert "It is noted." in at_ana.text
    assert LINK_BEFORE not in at_ana.text
    assert OWN in at_ana.text
    before.refresh_from_db()
    assert before.as_value().go_ahead == {ana.pk}


def test_r24_skipping_is_silent_until_it_is_due_and_then_both_read_the_usual_words(
    at_ana, at_ben, before, clock
):
    start(at_ana, LINK_BEFORE)
    at_ana.press("Skip this one")
    assert "You skip this one." in at_ana.text
    at_ben.open("/")
    assert "Your next conversation" in at_ben.text
    clock.go_to(before.opens_at)
    sweep()
    for each in (at_ana, at_ben):
        each.open("/")
        assert "Did not take place" in each.text


def test_r24_with_ask_me_before_each_silence_skips_it(at_ana, at_ben, before, clock, ana_place):
    factories.allow(by=(ana_place,), ask_before_each=True)
    start(at_ben, LINK_BEFORE)
    at_ben.press("Go ahead")
    clock.go_to(before.opens_at)
    sweep()
    before.refresh_from_db()
    assert before.state == State.SKIPPED
    at_ben.open("/")
    assert "Did not take place" in at_ben.text
    assert "skip" not in at_ben.text.lower().replace("skip to the page", "").replace(
        "skip this one", ""
    )


def test_r24_less_says_what_and_holds_at_once(at_ana, at_ben, before, pair):
    start(at_ana, LINK_BEFORE)
    assert "Half as long: 20 minutes" in at_ana.text
    assert "No talking" not in at_ana.text  # they do not talk live
    at_ana.press("Choose less", way="half_as_long")
    assert "This holds from now on." in at_ana.text
    assert terms_in_force(pair).minutes == 20
    at_ben.open("/")
    assert "20 minutes" in at_ben.text


def test_less_of_nothing_is_a_plain_sentence(at_ana, before, pair):
    start(at_ana, LINK_BEFORE)
    at_ana.press("Choose less")
    assert "Please choose what should be less." in at_ana.text
    assert terms_in_force(pair).minutes == 45
    at_ana.press("Choose less", way="half_as_often")
    assert "every 2 months" in at_ana.text


def test_r24_who_thinks_again_on_the_same_page_reads_what_holds(at_ana, before, ana):
    start(at_ana, LINK_BEFORE)
    shown = at_ana.page
    at_ana.press("Go ahead")
    at_ana.page = shown
    at_ana.press("Skip this one")
    assert "You skip this one." in at_ana.text
    before.refresh_from_db()
    assert before.as_value().skipped == {ana.pk}
    at_ana.page = shown
    press_in_vain(at_ana, "Go ahead")


def test_r24_who_skips_on_an_old_page_what_has_opened_reads_that_they_left_it(
    at_ana, before, clock
):
    start(at_ana, LINK_BEFORE)
    old = at_ana.page
    clock.go_to(before.opens_at)
    sweep()
    at_ana.page = old
    at_ana.press("Skip this one")
    assert "You left this conversation. That closed it for both of you." in at_ana.text
    assert "You skip this one." not in at_ana.text
    before.refresh_from_db()
    assert before.state == State.CUT_SHORT


def test_r1_less_on_an_old_page_of_a_past_conversation_is_one_of_ones_own(at_ana, before, clock):
    start(at_ana, LINK_BEFORE)
    old = at_ana.page
    factories.hold(pair=before.pair, clock=clock)
    clock.move(days=1)
    at_ana.page = old
    at_ana.press("Choose less", way="half_as_long")
    assert "This holds from now on." in at_ana.text
    at_ana.open(reverse("checkins:check_ins", args=[before.pair_id]))
    assert "A check-in of your own Wanted then Less: half as long" in at_ana.text
    assert "Before the conversation" not in at_ana.text


def test_r24_where_a_go_ahead_is_needed_the_page_says_so_and_is_there_after_less(
    at_ana, before, ana_place, clock, pair
):
    start(at_ana, LINK_BEFORE)
    assert NEEDED not in at_ana.text
    factories.allow(by=(ana_place,), ask_before_each=True)
    start(at_ana, LINK_BEFORE)
    assert NEEDED in at_ana.text
    at_ana.press("Choose less", way="half_as_long")
    assert "Without a “go ahead” from you the conversation is skipped" in at_ana.text
    assert terms_in_force(pair).minutes == 20
    clock.move(minutes=1)
    at_ana.follow(LINK_BEFORE)
    assert (
        "You chose less, and that holds. Here you can still choose for this one conversation."
        in at_ana.text
    )
    at_ana.press("Go ahead")
    assert LINK_BEFORE not in at_ana.text
    clock.go_to(before.opens_at)
    sweep()
    before.refresh_from_db()
    assert before.state == State.OPEN


def test_r24_what_moved_since_is_asked_again_and_the_page_says_why(at_ana, before, clock, tmp_path):
    start(at_ana, LINK_BEFORE)
    at_ana.press("Go ahead")
    with zones.other(folder=tmp_path / "2099a", version="2099a", Berlin="CEST-2"):
        sweep()
        clock.move(minutes=1)
        start(at_ana, LINK_BEFORE)
        assert "The rules of the clocks have changed since you said “go ahead”" in at_ana.text
        at_ana.press("Go ahead")
        assert LINK_BEFORE not in at_ana.text


def test_r13_its_pause_is_that_of_every_page(at_ana, at_ben, before, pair):
    start(at_ana, LINK_BEFORE)
    at_ana.press("Pause all contact in this pair")  # at the top of the page
    assert "You have paused" in at_ana.text
    at_ana.press("Lift my pause")
    assert Pause.objects.filter(lifted_at=None).count() == 0
    at_ben.open("/")
    assert "No conversation is scheduled." in at_ben.text


def pause_on_its_page(visitor):
    """What the button sends that stands beside the other answers."""
    buttons = [(form, each) for form in visitor.page.forms for each in form.buttons]
    return next((form, each) for form, each in buttons if each.text == "Pause all contact")


def test_r13_its_own_button_pauses_whatever_cannot_be_read(at_ana, before, pair, ben_place):
    start(at_ana, LINK_BEFORE)
    form, button = pause_on_its_page(at_ana)
    assert button.action == reverse("boundaries:pause", args=[pair.pk])
    type(ben_place.limits).objects.filter(membership=ben_place).update(value={"broken": True})
    at_ana.client.raise_request_exception = False
    answer = at_ana.client.post(button.action, dict(form.sent(button, {})))
    assert (answer.status_code, Pause.objects.filter(lifted_at=None).count()) == (302, 1)


def test_r13_its_own_button_does_not_look_like_a_pause_while_signed_out(at_ana, before, client):
    start(at_ana, LINK_BEFORE)
    form, button = pause_on_its_page(at_ana)
    answer = client.post(button.action, dict(form.sent(button, {})))
    assert answer.status_code == 403
    assert "Nothing is paused yet" in answer.content.decode()
    assert not Pause.objects.exists()


def each_id_is_there_once(html):
    """And each that a label names is there."""
    ids = Counter(re.findall(r'\bid="([^"]*)"', html))
    assert [each for each, count in ids.items() if count > 1] == []
    assert set(re.findall(r'\bfor="([^"]*)"', html)) <= set(ids)


def test_no_id_is_there_twice_before_a_conversation(at_ana, ana_place, before):
    start(at_ana, LINK_BEFORE)
    each_id_is_there_once(at_ana.answer.content.decode())


def test_no_id_is_there_twice_after_a_conversation(at_ana, ana_place, after):
    start(at_ana, LINK_AFTER)
    each_id_is_there_once(at_ana.answer.content.decode())


def test_no_id_is_there_twice_in_ones_own(at_ana, ana_place):
    factories.allow(by=(ana_place,))
    start(at_ana, OWN)
    each_id_is_there_once(at_ana.answer.content.decode())


def test_r24_after_it_how_safe_it_was_and_ones_own_words_for_oneself_alone(at_ana, at_ben, after):
    start(at_ana, LINK_AFTER)
    at_ana.press("Keep it", safe="4", body="Warm hands <b>&amp;</b>\n\nand slow.")
    assert "It is kept. Only you can see it." in at_ana.text
    assert LINK_AFTER not in at_ana.text
    at_ana.follow(OWN)
    at_ana.follow("Your check-ins")
    assert "4, Rather safe" in at_ana.text
    assert "Warm hands <b>&amp;</b> and slow." in at_ana.text
    at_ben.open("/")
    assert LINK_AFTER in at_ben.text
    at_ben.open(reverse("checkins:check_ins", args=[after.pair_id]))
    assert "Warm" not in at_ben.text


def test_nothing_typed_is_lost_where_something_is_missing(at_ana, after, pair):
    start(at_ana, LINK_AFTER)
    at_ana.press("Keep it", body="Cold feet.", answer="less")
    assert "Please choose what should be less." in at_ana.text
    held = at_ana.filled("Keep it")
    assert held["body"] == ["Cold feet."]
    assert held["answer"] == ["less"]
    at_ana.press("Keep it", answer="same")
    assert "Please choose one of the five." in at_ana.text
    at_ana.press("Keep it", safe="1", answer="more")
    assert "Please choose what there could be more of." in at_ana.text
    at_ana.press("Keep it", body="x" * 20_001)
    assert "This has 20001 characters" in at_ana.text
    assert len(at_ana.filled("Keep it")["body"][0]) == 20_001
    assert not CheckIn.objects.exists()
    at_ana.press("Keep it", body="Cold feet.", answer="less", less="fewer_letters")
    assert "This holds from now on." in at_ana.text
    assert terms_in_force(pair).letters == 1


def test_r9_open_to_more_changes_ones_own_limits_and_the_other_reads_the_very_same(
    at_ana, at_ben, after, ana_place, pair
):
    at_ben.open("/")
    was, minutes = at_ben.text, own_limits(ana_place).minutes
    start(at_ana, LINK_AFTER)
    at_ana.press("Keep it", safe="5", answer="more", more="longer")
    assert "Your limits are wider now. Nothing begins by itself." in at_ana.text
    assert own_limits(ana_place).minutes == minutes + 15
    assert terms_in_force(pair).minutes == 45
    at_ben.open("/")
    assert at_ben.text == was


def test_less_of_what_has_changed_meanwhile_is_asked_again(at_ana, after, ben_place, pair):
    start(at_ana, LINK_AFTER)
    shown = at_ana.page
    factories.allow(by=(ben_place,), minutes=30)
    at_ana.page = shown
    at_ana.press("Keep it", safe="2", body="Tired.", answer="less", less="half_as_long")
    assert "What is agreed has changed meanwhile." in at_ana.text
    assert "Half as long: 15 minutes" in at_ana.text
    assert at_ana.filled("Keep it")["body"] == ["Tired."]
    assert terms_in_force(pair).minutes == 30
    at_ana.press("Keep it")
    assert terms_in_force(pair).minutes == 15


def test_r1_less_after_a_conversation_needs_nothing_else(at_ana, after, pair):
    start(at_ana, LINK_AFTER)
    at_ana.press("Keep it", answer="less", less="half_as_long")
    assert "This holds from now on." in at_ana.text
    assert terms_in_force(pair).minutes == 20
    at_ana.open(reverse("checkins:check_ins", args=[pair.pk]))
    assert "Less: half as long" in at_ana.text
    assert "How safe" not in at_ana.text
    assert "damaged" not in at_ana.text
    copy = at_ana.client.get(reverse("checkins:copy", args=[pair.pk])).content.decode()
    assert "How safe" not in copy


def test_less_that_cannot_be_halved_again_is_one_though_it_is_sent_twice(at_ana, pair, after):
    """Its way is not offered any more, and the second click reads the same as the first."""
    start(at_ana, LINK_AFTER)
    shown = at_ana.page
    for _ in range(2):
        at_ana.page = shown
        at_ana.press("Keep it", answer="less", less="fewer_letters")
        assert "This holds from now on." in at_ana.text
        assert terms_in_force(pair).letters == 1
    start(at_ana, OWN)
    shown = at_ana.page
    for _ in range(2):
        at_ana.page = shown
        at_ana.press("Keep it", answer="less", less="half_as_long")
        assert "This holds from now on." in at_ana.text
        assert terms_in_force(pair).minutes == 20


def test_other_words_from_the_same_page_are_kept_or_given_back(at_ana, after, pair):
    start(at_ana, LINK_AFTER)
    shown = at_ana.page
    at_ana.press("Keep it", safe="3", body="Once.")
    at_ana.page = shown
    press_in_vain(at_ana, "Keep it", safe="2", body="Not quite.", answer="more", more="longer")
    held = at_ana.filled("Keep it")
    assert (held["body"], held["safe"], held["answer"], held["more"]) == (
        ["Not quite."],
        ["2"],
        ["more"],
        ["longer"],
    )
    at_ana.press("Keep it")
    assert "Your limits are wider now." in at_ana.text
    at_ana.page = shown
    at_ana.press("Keep it", safe="1", body="No.", answer="less", less="half_as_long")
    assert "This holds from now on." in at_ana.text
    assert terms_in_force(pair).minutes == 20
    assert {row.body for row in CheckIn.objects.all()} == {"Once.", "Not quite.", "No."}


def test_less_that_is_gone_and_over_is_chosen_still_on_the_page_that_says_so(
    at_ana, before, ben_place, pair, clock
):
    start(at_ana, LINK_BEFORE)
    shown = at_ana.page
    factories.allow(by=(ben_place,), minutes=30)
    clock.go_to(before.opens_at)
    at_ana.page = shown
    press_in_vain(at_ana, "Choose less", way="half_as_long")
    assert terms_in_force(pair).minutes == 30
    held = at_ana.filled("Keep it")
    assert (held["answer"], held["less"]) == (["less"], ["half_as_long"])
    assert "Half as long: 15 minutes" in at_ana.text
    at_ana.press("Keep it")
    assert terms_in_force(pair).minutes == 15


def test_more_than_what_was_shown_is_never_set(at_ana, after, ana_place):
    start(at_ana, LINK_AFTER)
    shown = at_ana.page
    factories.allow(by=(ana_place,), minutes=180)
    at_ana.page = shown
    at_ana.press("Keep it", safe="5", body="Warm.", answer="more", more="longer")
    assert "Your limits have changed meanwhile." in at_ana.text
    assert own_limits(ana_place).minutes == 180
    assert at_ana.filled("Keep it")["body"] == ["Warm."]
    at_ana.press("Keep it")
    assert own_limits(ana_place).minutes == 195


def test_more_of_which_nothing_is_left_is_a_plain_sentence(at_ana, after, ana_place):
    start(at_ana, LINK_AFTER)
    shown = at_ana.page
    factories.allow(by=(ana_place,), days_between=7, minutes=240, letters=10, letter_length=20_000)
    at_ana.page = shown
    at_ana.press("Keep it", safe="5", answer="more", more="longer")
    assert "Your limits have changed meanwhile." in at_ana.text
    assert "More of what?" not in at_ana.text


# --- Told that both leave room (R12) ----------------------------------------------------------


def test_r12_both_are_told_in_the_same_round_and_the_note_stays_whatever_either_does(
    at_ana, at_ben, before, ana_place, ben_place, clock, pair
):
    for each in (at_ana, at_ben):
        start(each, LINK_BEFORE)
        assert ROOM in each.text
    factories.allow(by=(ana_place,), **AS_AGREED)
    start(at_ben, LINK_BEFORE)
    assert ROOM in at_ben.text
    held = factories.hold(pair=pair, clock=clock)
    clock.go_to(held.closes_at + DAY)
    for each in (at_ana, at_ben):
        start(each, LINK_AFTER)
        assert ROOM in each.text


def test_r12_the_note_is_as_true_and_as_short_while_the_other_s_pause_stands(
    at_ana, at_ben, after, ben_place
):
    """It does not vanish, which would tell of the pause, nor speak of what could be proposed."""
    start(at_ana, LINK_AFTER)
    was = at_ana.text
    boundaries.pause(by=ben_place)
    start(at_ana, LINK_AFTER)
    note = "About a week before this conversation, you both left room for more than was agreed."
    for text in (was, at_ana.text):
        assert note in text
        assert "propose" not in text.replace("Less in another way", "")


def test_r12_where_one_wants_no_check_ins_the_other_reads_nothing_of_both(
    at_ben, agreement, ana_place, pair, clock
):
    checkins.save_wish(by=ana_place, is_wanted=False, days_ahead=3)
    factories.hold(pair=pair, clock=clock)
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at - 7 * DAY)
    sweep()
    clock.go_to(window.opens_at - DAY)
    start(at_ben, LINK_BEFORE)
    assert ROOM not in at_ben.text


def test_r12_one_sided_room_is_told_to_nobody(at_ana, at_ben, agreement, ana_place, pair, clock):
    factories.hold(pair=pair, clock=clock)
    factories.allow(by=(ana_place,), **AS_AGREED)
    window = factories.next_window(pair=pair)
    clock.go_to(window.opens_at - 7 * DAY)
    sweep()
    factories.allow(by=(ana_place,))
    clock.go_to(window.opens_at - DAY)
    sweep()
    assert Round.objects.count() == 1
    for each in (at_ana, at_ben):
        start(each, LINK_BEFORE)
        assert ROOM not in each.text


# --- Bad input --------------------------------------------------------------------------------


def test_yesterday_s_check_in_is_refused_plainly_and_its_words_can_be_kept(at_ana, after, clock):
    start(at_ana, LINK_AFTER)
    shown = at_ana.page
    clock.move(days=20)
    form, button = shown.button("Keep it")
    at_ana.post(button.action, form.sent(button, {"safe": "2", "body": "Too late."}))
    assert at_ana.status == 409
    assert OVER in at_ana.text
    at_ana.press("Keep it")
    row = CheckIn.objects.get()
    assert (row.kind, row.body, row.how_safe) == ("own", "Too late.", 2)


@pytest.mark.parametrize("answer", ["go_ahead", "less"])
def test_what_is_over_or_answered_is_refused_plainly(at_ana, before, clock, pair, answer):
    """The less of this page is of terms that nobody has; a skip that can be is done."""
    path = reverse("checkins:give_before", args=[before.pair_id, before.pk])
    sent = {"key": uuid4(), "answer": answer, "way": "half_as_long"}
    start(at_ana, LINK_BEFORE)
    at_ana.press("Go ahead")
    at_ana.send(path, **sent)
    assert at_ana.status == 409
    assert OVER in at_ana.text
    at_ana.open(path)
    assert OVER in at_ana.text
    CheckIn.objects.all().delete()
    clock.go_to(before.opens_at)
    at_ana.send(path, **sent)
    assert OVER in at_ana.text
    assert not CheckIn.objects.exists()
    assert terms_in_force(pair).minutes == 45


def test_r24_a_skip_of_what_is_over_says_so(at_ana, before, clock):
    start(at_ana, LINK_BEFORE)
    clock.go_to(before.closes_at)
    at_ana.press("Skip this one")
    assert "This conversation has begun or is over." in at_ana.text
    assert "You skip this one." not in at_ana.text
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("kind", ["give_before", "give_after"])
def test_somebody_else_s_is_the_same_404_as_none(at_ana, at_ben, before, outsider, kind):
    path = reverse(f"checkins:{kind}", args=[before.pair_id, before.pk])
    none = reverse(f"checkins:{kind}", args=[before.pair_id, uuid4()])
    stranger = ClientVisitor(outsider)
    for visitor, address in ((stranger, path), (at_ana, none)):
        for answer in ("go_ahead", "pause", "same"):
            visitor.send(address, key=uuid4(), answer=answer, safe="3")
            assert visitor.status == 404
    assert not CheckIn.objects.exists()
    assert not Pause.objects.exists()


def test_a_doubled_click_is_one_check_in(at_ana, after):
    start(at_ana, LINK_AFTER)
    shown = at_ana.page
    for _ in range(2):
        at_ana.page = shown
        at_ana.press("Keep it", safe="3", body="Once.")
        assert "It is kept." in at_ana.text
    assert CheckIn.objects.count() == 1


def test_other_words_from_the_page_of_ones_own_are_another_one(at_ana, pair):
    start(at_ana, OWN)
    shown = at_ana.page
    for body in ("Once.", "Twice.", "Twice."):
        at_ana.page = shown
        at_ana.press("Keep it", safe="3", body=body)
        assert "It is kept." in at_ana.text
    assert sorted(row.body for row in CheckIn.objects.all()) == ["Once.", "Twice."]


def test_who_was_signed_out_is_given_their_words_back(client, after):
    path = reverse("checkins:give_after", args=[after.pair_id, after.pk])
    answer = client.post(path, {"body": "Half a <word>", "safe": "3"})
    assert answer.status_code == 403
    assert "Half a &lt;word&gt;" in answer.content.decode()


# --- At any time, and what was given ----------------------------------------------------------


def test_one_of_ones_own_without_anything_agreed(at_ana, pair):
    start(at_ana, OWN)
    assert "How safe does it feel?" in at_ana.text
    assert "Less of what?" not in at_ana.text
    assert "More of what?" not in at_ana.text
    assert "less" not in at_ana.page.text.partition("Keep it")[0].lower()
    at_ana.press("Keep it", safe="2")
    assert CheckIn.objects.get().kind == "own"


def test_what_was_given_can_be_kept_elsewhere_and_deleted(at_ana, ana_place, clock):
    factories.check_in(by=ana_place, safe=1, body="--- Not by Repair\nsecond line")
    clock.move(days=1)
    factories.check_in(by=ana_place, safe=5)
    path = reverse("checkins:check_ins", args=[ana_place.pair_id])
    answer = at_ana.client.get(path + "copy/")
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode()
    assert "  --- Not by Repair\n  second line" in text
    assert "How safe: 1, Not safe" in text
    at_ana.open(path)
    at_ana.press("Delete the check-in of")  # the latest
    assert [row.how_safe for row in CheckIn.objects.all()] == [1]
    assert "It is deleted." in at_ana.text


def test_long_lists_are_paged_without_numbers(at_ana, ana_place, clock):
    for _ in range(14):
        clock.move(hours=1)
        factories.check_in(by=ana_place)
    path = reverse("checkins:check_ins", args=[ana_place.pair_id])
    at_ana.open(path)
    assert "14" not in at_ana.text.replace("14:00", "")
    at_ana.open(path + at_ana.page.link("Earlier ones"))
    assert at_ana.text.count("In between") == 2


def test_scheduled_ones_are_switched_off_by_oneself_for_oneself(at_ana, at_ben, before):
    at_ana.open(reverse("checkins:save_wish", args=[before.pair_id]))
    at_ana.press("Save", is_wanted=False)
    assert "It is saved." in at_ana.text
    at_ana.open("/")
    assert LINK_BEFORE not in at_ana.text
    assert OWN in at_ana.text
    at_ben.open("/")
    assert LINK_BEFORE in at_ben.text


@pytest.mark.parametrize("days", ["0", "8", "-1", "many", ""])
def test_days_ahead_that_are_none_are_refused(at_ana, before, days):
    at_ana.send(reverse("checkins:save_wish", args=[before.pair_id]), days_ahead=days)
    assert "Please choose from one day to seven." in at_ana.text


# --- Reflections ------------------------------------------------------------------------------


def test_a_reflection_is_written_changed_marked_kept_and_deleted(at_ana, ana, clock):
    at_ana.open("/")
    at_ana.follow("Reflections")
    at_ana.follow("What would be safe enough for me?")
    at_ana.press("Save", body="A door that I can close.\n\n<i>Always.</i>")
    assert "It is saved. Only you can see it." in at_ana.text
    clock.move(days=3)
    at_ana.follow("A door that")
    at_ana.press("Save", body="A door that I can close, and a friend.", is_marked=True)
    row = Reflection.objects.get()
    assert (row.question, row.is_marked, row.version) == ("safe", True, 2)
    assert row.changed_at - row.written_at == timedelta(days=3)
    at_ana.follow("What would be safe enough for me?")
    at_ana.press("Save", body="A second thought.")
    assert Reflection.objects.filter(question="safe").count() == 2
    text = at_ana.client.get("/reflections/copy/").content.decode()
    assert "What would be safe enough for me?" in text
    assert "  A second thought." in text
    at_ana.follow("A door that")
    at_ana.press("Delete it for good")
    assert Reflection.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [("", "There are no words yet."), (" \n ", "There are no words yet."), ("y" * 20_001, "20001")],
)
def test_a_reflection_that_is_empty_or_too_long_comes_back_as_it_was_typed(at_ana, ana, body, said):
    at_ana.open("/reflections/new/?question=mine")
    at_ana.press("Save", body=body, is_marked=True)
    assert said in at_ana.text
    held = at_ana.filled("Save")
    assert held["body"][0].replace("\r\n", "\n") == body
    assert held["question"] == ["mine"]
    assert held["is_marked"] == ["on"]
    assert not Reflection.objects.exists()


def test_of_two_tabs_neither_loses_its_words(at_ana, ana):
    row = factories.reflection(by=ana, body="First.")
    at_ana.open(f"/reflections/{row.pk}/")
    other_tab = at_ana.page
    at_ana.press("Save", body="From one tab.")
    at_ana.page = other_tab
    at_ana.press("Save", body="From the other.")
    assert "Changed in another place" in at_ana.text
    assert "From one tab." in at_ana.text
    assert at_ana.filled("Save")["body"] == ["From the other."]
    at_ana.press("Save")
    assert Reflection.objects.get().body == "From the other."


def test_a_doubled_click_on_saving_is_no_change_in_another_place(at_ana, ana, clock):
    row = factories.reflection(by=ana, body="First.")
    at_ana.open(f"/reflections/{row.pk}/")
    page = at_ana.page
    for _ in range(2):
        at_ana.page = page
        at_ana.press("Save", body="Second.", is_marked=True)
        assert "Changed in another place" not in at_ana.text
        assert "Somebody whom you let read what you mark can see it." in at_ana.text
        row.refresh_from_db()
        assert (row.body, row.is_marked, row.version) == ("Second.", True, 2)
        clock.move(days=1)
    at_ana.page = page
    at_ana.press("Save", body="First.", is_marked=True)
    assert "Changed in another place" in at_ana.text


def write(visitor, **values):
    """Send the page of a new reflection; gone back to, it is the same page again."""
    page = visitor.page
    visitor.press("Save", **values)
    visitor.page = page


def test_r25_on_a_page_gone_back_to_the_mark_and_the_question_are_as_chosen_last(at_ana, ana):
    at_ana.open("/reflections/new/?question=mine")
    first = at_ana.page
    for is_marked, question in ((True, "mine"), (False, "safe"), (True, "hope"), (False, "hope")):
        write(at_ana, body="halcyon", question=question, is_marked=is_marked)
        row = Reflection.objects.get()
        assert (row.body, row.is_marked, row.question) == ("halcyon", is_marked, question)
        at_ana.open("/reflections/")
        assert at_ana.text.count("Marked") == is_marked
        at_ana.page = first


def test_r25_without_a_mark_no_words_from_that_page_keep_one(at_ana, ana):
    """Whoever goes back, corrects a word and takes the mark back means also what stood there."""
    at_ana.open("/reflections/new/?question=mine")
    for body in ("halcion", "halcyonn"):
        write(at_ana, body=body, is_marked=True)
    assert Reflection.objects.filter(is_marked=True).count() == 2
    for _ in range(2):
        write(at_ana, body="halcyon", is_marked=False)
        assert Reflection.objects.count() == 3, "a doubled click is one entry, also of other words"
        assert not Reflection.objects.filter(is_marked=True).exists()


def test_r25_a_mark_that_is_taken_back_in_an_old_tab_is_gone(at_ana, ana):
    row = factories.reflection(by=ana, body="First.", is_marked=True)
    at_ana.open(f"/reflections/{row.pk}/")
    old_tab = at_ana.page
    at_ana.press("Save", body="From one tab.")
    at_ana.page = old_tab
    at_ana.press("Save", body="From the other.", is_marked=False)
    assert "Changed in another place" in at_ana.text
    assert "Only you can see what is kept." in at_ana.text
    row.refresh_from_db()
    assert (row.body, row.is_marked) == ("From one tab.", False)
    at_ana.press("Save")
    assert "It is saved. Only you can see it." in at_ana.text
    row.refresh_from_db()
    assert (row.body, row.is_marked) == ("From the other.", False)


def test_r25_a_mark_that_is_set_in_an_old_tab_waits_for_what_is_there(at_ana, ana):
    """It is more: somebody would read words that this page did not show."""
    row = factories.reflection(by=ana, body="First.")
    at_ana.open(f"/reflections/{row.pk}/")
    old_tab = at_ana.page
    at_ana.press("Save", body="From one tab.")
    at_ana.page = old_tab
    at_ana.press("Save", is_marked=True)
    assert "Changed in another place" in at_ana.text
    row.refresh_from_db()
    assert not row.is_marked


def test_what_was_deleted_meanwhile_can_be_kept_as_another(at_ana, ana):
    row = factories.reflection(by=ana)
    at_ana.open(f"/reflections/{row.pk}/")
    form, button = at_ana.page.button("Save")
    row.delete()
    at_ana.post(button.action, form.sent(button, {"body": "Typed meanwhile."}))
    assert at_ana.status == 404
    at_ana.press("Save")
    assert Reflection.objects.get().body == "Typed meanwhile."


def test_somebody_else_s_reflection_is_the_same_404_as_none(at_ben, ana, ben_client):
    row = factories.reflection(by=ana)
    for key in (row.pk, uuid4()):
        assert ben_client.get(f"/reflections/{key}/").status_code == 404
        assert ben_client.post(f"/reflections/{key}/").status_code == 404
        answer = ben_client.post(f"/reflections/{key}/delete/")
        assert (answer.status_code, answer.url) == (302, "/reflections/")
    at_ben.open("/reflections/")
    assert "Nothing yet." in at_ben.text
    assert Reflection.objects.get().body == "Quiet evenings."


# --- The picture ------------------------------------------------------------------------------


def test_the_picture_and_its_table_say_the_same(at_ana, after, ana_place, clock, pair):
    start(at_ana, LINK_AFTER)
    at_ana.press("Keep it", safe="2")
    clock.move(days=1)
    at_ana.open("/")
    at_ana.press("Pause")
    clock.move(days=2)
    at_ana.open("/")
    at_ana.press("Lift my pause")
    clock.move(days=1)
    at_ana.open(reverse("checkins:picture", args=[pair.pk]))
    for words in (
        "Your check-in: 2, Rather unsafe",
        "A conversation took place",
        "You paused",
        "You lifted your pause",
        "What is agreed changed",
    ):
        assert words in at_ana.text
    html = at_ana.answer.content.decode()
    assert 'role="img"' in html
    assert "style=" not in html
    for kind in ("safe", "took_place", "paused", "terms"):
        assert f'class="{kind}"' in html


def test_what_is_drawn_is_in_the_table_of_the_page(at_ana, ana_place, ben_place, pair, clock):
    """A pause that stands since before the year, and a time apart that both chose, too."""
    boundaries.pause(by=ana_place)
    clock.move(days=400)
    factories.check_in(by=ana_place, safe=2)
    at_ana.open(reverse("checkins:picture", args=[pair.pk]))
    assert "Your pause stood already" in at_ana.text
    assert 'class="paused"' in at_ana.answer.content.decode()
    boundaries.lift(by=ana_place)
    factories.apart(by=ana_place, other=ben_place)
    clock.move(days=1)
    at_ana.open(reverse("checkins:picture", args=[pair.pk]))
    html = at_ana.answer.content.decode()
    drawn = Counter(re.findall(r'<(?:circle|rect|path) class="(\w+)"', html))
    assert drawn == {"safe": 1, "paused": 1, "apart": 1}
    rows = at_ana.text.partition("The same in words")[2]
    for words in ("Your check-in: 2", "Your pause stood already", "You both chose a time apart"):
        assert rows.count(words) == 1


def test_r15_in_the_other_s_picture_there_is_no_pause_of_hers(at_ana, at_ben, after, pair, clock):
    at_ana.open("/")
    at_ana.press("Pause")
    clock.move(days=1)
    at_ben.open(reverse("checkins:picture", args=[pair.pk]))
    assert "A conversation took place" in at_ben.text
    assert "paused" not in at_ben.text.replace("your pauses", "")
    assert 'class="paused"' not in at_ben.answer.content.decode()


def test_before_anything_happened_there_is_nothing_to_draw(at_ana, pair):
    at_ana.open(reverse("checkins:picture", args=[pair.pk]))
    assert "Nothing to show yet." in at_ana.text
    assert "<svg" not in at_ana.answer.content.decode()
