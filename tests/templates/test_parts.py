"""The parts that every page is made of."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import timezone

from tests.templates.pages import Page


class SampleForm(forms.Form):
    secret = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(widget=forms.Textarea, help_text="As many as you like.")
    rhythm = forms.ChoiceField(
        choices=[("1", "Monthly"), ("2", "Weekly")], widget=forms.RadioSelect
    )
    zone = forms.ChoiceField(choices=[("UTC", "UTC")])
    minutes = forms.IntegerField(max_value=120)
    starts = forms.TimeField(required=False)
    ask = forms.BooleanField(help_text="No answer means no.")

    def clean(self):
        raise forms.ValidationError("These do not go together.")


def rendered(form: forms.Form) -> Page:
    return Page(render_to_string("parts/form.html", {"form": form}))


def ids(page: Page) -> list[str]:
    return [e.attrs["id"] for e in page.elements if "id" in e.attrs]


def described(page: Page, name: str) -> list[str]:
    """Return the texts that a screen reader reads after a control."""
    holder = "fieldset" if name == "rhythm" else None
    control = next(
        e for e in page.elements if e.tag == holder or (not holder and e.attrs.get("name") == name)
    )
    texts = {e.attrs["id"]: e.text for e in page.elements if "id" in e.attrs}
    return [texts[i] for i in control.attrs["aria-describedby"].split()]


def test_every_control_has_a_label():
    page = rendered(SampleForm())
    labelled = {e.attrs.get("for") for e in page.all("label")}
    controls = [e for e in page.elements if e.tag in ("input", "select", "textarea")]
    visible = [e for e in controls if e.attrs.get("type") != "hidden"]
    assert {e.attrs["id"] for e in visible} <= labelled
    assert page.one("legend").text == "Rhythm"


def test_only_what_may_be_left_out_says_so():
    labels = [e.text for e in rendered(SampleForm()).all("label")]
    assert "Starts (optional)" in labels
    assert sum("(optional)" in label for label in labels) == 1


def test_hints_and_errors_are_read_out_with_their_control():
    page = rendered(SampleForm({"minutes": "500", "starts": "25:99"}))
    assert described(page, "words") == ["As many as you like.", "This field is required."]
    assert described(page, "rhythm") == ["This field is required."]
    assert described(page, "ask") == ["No answer means no.", "This field is required."]
    assert described(page, "starts") == ["Enter a valid time."]
    assert page.one("input", name="minutes").attrs["aria-invalid"] == "true"


def test_the_summary_links_to_every_field_that_needs_a_look():
    page = rendered(SampleForm({}))
    summary = page.one("div", role="alert")
    assert "These do not go together." in summary.text
    links = [e.attrs["href"].removeprefix("#") for e in page.all("a")]
    assert len(links) == 5
    assert set(links) <= set(ids(page))
    assert len(ids(page)) == len(set(ids(page)))


def test_the_summary_tells_of_hidden_fields():
    summary = rendered(SampleForm({})).one("div", role="alert")
    assert summary.text.count("This field is required.") == 6


def test_what_was_typed_is_kept():
    page = rendered(SampleForm({"words": "<b>dear</b>", "minutes": "500"}))
    assert page.one("textarea").text == "<b>dear</b>"
    assert page.one("input", name="minutes").attrs["value"] == "500"


def test_a_form_without_faults_has_no_alert():
    assert rendered(SampleForm()).all("div", role="alert") == []


def test_terms_are_a_list_of_what_is_allowed():
    page = Page(render_to_string("parts/terms.html", {"terms_lines": [("Length", "45 minutes")]}))
    assert page.one("dt").text == "Length"
    assert page.one("dd").text == "45 minutes"


@pytest.fixture
def berlin():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


def window(opens_at: str, closes_at: str) -> SimpleNamespace:
    return SimpleNamespace(
        opens_at=datetime.fromisoformat(opens_at), closes_at=datetime.fromisoformat(closes_at)
    )


def test_windows_are_told_in_the_reader_s_zone(berlin):
    windows = [window("2026-12-05T18:00Z", "2026-12-05T18:45Z")]
    page = Page(render_to_string("parts/windows.html", {"windows": windows}))
    assert page.one("li").text == "Saturday 5 December 2026, 19:00 to 19:45"
    opens, closes = page.all("time")
    assert opens.attrs["datetime"] == "2026-12-05T19:00:00+01:00"
    assert closes.attrs["datetime"] == "2026-12-05T19:45:00+01:00"
    assert "Europe/Berlin" in page.one("p").text


def test_a_window_over_midnight_names_both_days(berlin):
    windows = [window("2026-12-05T22:30Z", "2026-12-05T23:15Z")]
    page = Page(render_to_string("parts/windows.html", {"windows": windows}))
    assert page.one("li").text == "Saturday 5 December 2026, 23:30 to Sunday 6 December, 00:15"


def hours_page(**context: object) -> Page:
    days = ["Monday", "Tuesday"]
    grid = [
        (day, [{"value": at * 24 + h, "label": f"{h}", "checked": h == 19} for h in range(24)])
        for at, day in enumerate(days)
    ]
    return Page(render_to_string("parts/hours.html", {"hours_grid": grid, **context}))


def test_the_hours_of_the_week_are_plain_checkboxes():
    page = hours_page()
    boxes = page.all("input", type_="checkbox", name="hours")
    assert [box.attrs["value"] for box in boxes] == [str(value) for value in range(48)]
    assert [box.attrs["value"] for box in boxes if "checked" in box.attrs] == ["19", "43"]
    assert [legend.text for legend in page.all("legend")] == ["Monday", "Tuesday"]


def test_the_quick_choices_stay_hidden_without_the_script():
    row = hours_page().one("div", role="group")
    assert "hidden" in row.attrs


def test_the_hours_carry_the_errors_of_their_field():
    class HoursForm(forms.Form):
        hours = forms.MultipleChoiceField(help_text="In your own zone.")

    page = hours_page(field=HoursForm({})["hours"])
    first, second = page.all("fieldset")
    texts = {e.attrs["id"]: e.text for e in page.elements if "id" in e.attrs}
    read = [texts[i] for i in first.attrs["aria-describedby"].split()]
    assert read == ["In your own zone.", "This field is required."]
    assert "aria-describedby" not in second.attrs
    assert "field-hours" in ids(page)


def test_a_letter_keeps_its_lines_and_is_only_text():
    html = render_to_string("parts/words.html", {"words": "Dear <i>you</i>,\n\n  indented"})
    assert 'dir="auto">Dear &lt;i&gt;you&lt;/i&gt;,\n\n  indented</div>' in html
