"""Help lines as data: their shape, where they come from, and when somebody last looked."""

import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts import help_lines
from accounts.help_lines import HelpFileError, Line, read
from accounts.templatetags.help_lines import dialled

# It uses no database, but for the clock of the command.
pytestmark = pytest.mark.once

ALL = [*help_lines.own().emergency, *help_lines.own().lines]
GOOD = """
words = "We are at the house in the yard on Tuesdays."

[[emergency]]
country = "Spain"
number = "112"
source = "https://example.org"
checked = ""

[[line]]
country = "Spain"
name = "The house in the yard"
what_for = "For our members."
number = "+34 900 000 000"
source = "https://example.org/us"
checked = 2026-11-01
"""


@pytest.fixture
def write(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "lines.toml"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("line", ALL, ids=lambda line: f"{line.country}, {line.name}")
def test_each_line_says_where_it_is_from_and_can_be_reached(line):
    assert line.source.startswith("https://")
    assert dialled(line.number) or line.web.startswith("https://")
    if isinstance(line, Line):
        assert line.name
        assert line.what_for.endswith(".")
        assert not line.hours or line.hours.endswith(".")


@pytest.mark.parametrize("line", ALL, ids=lambda line: f"{line.country}, {line.name}")
def test_no_line_was_checked_in_the_future(line):
    assert line.checked is None or line.checked <= datetime.now(UTC).date() + timedelta(days=1)
    assert not line.copy or line.checked


def test_no_line_stands_there_twice():
    keys = [(line.country, line.name, line.number) for line in help_lines.own().lines]
    assert len(keys) == len(set(keys))
    countries = [each.country for each in help_lines.own().emergency]
    assert len(countries) == len(set(countries))


def test_there_are_lines_for_women_for_men_and_for_who_fears_to_do_harm():
    said = " ".join(line.what_for for line in help_lines.own().lines)
    for whom in ("For women", "For men", "For anybody", "fear that they may"):
        assert whom in said


def test_a_file_of_a_host_is_read(write):
    found = read(write(GOOD))
    assert found.words.startswith("We are at the house")
    assert [line.name for line in found.lines] == ["The house in the yard"]
    assert found.lines[0].checked == date(2026, 11, 1)
    assert found.emergency[0].checked is None


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('country = "Spain"\nname', "name", "line 1 has no country"),
        ('name = "The house in the yard"', "", "line 1 has no name"),
        ('source = "https://example.org/us"', "", "line 1 has no source"),
        ('"https://example.org/us"', '"hidden-word"', "line 1: source does not begin with"),
        ('number = "+34 900 000 000"', "", "line 1 has neither a number nor a web address"),
        ('number = "+34 900 000 000"', "number = 34", "line 1: number is not text"),
        ("checked = 2026-11-01", 'checked = "hidden-word"', "line 1: checked is neither"),
        ("checked = 2026-11-01", "checked = 2026-11-01T10:00:00", "line 1: checked is neither"),
        ("checked = 2026-11-01", 'hidden-word = "x"', "line 1 has a name that is none of"),
        ("[[line]]", "[line]", "write [[line]] above each line"),
        ("[[line]]", "[[hidden-word]]", "1 entries that are no words"),
        ('words = "We', "words = 7 #", "words is not text"),
        ("[[line]]", "[[line", "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_without_quoting_it(write, good, bad, says):
    assert good in GOOD
    with pytest.raises(HelpFileError) as told:
        read(write(GOOD.replace(good, bad)))
    assert says in str(told.value)
    assert "hidden" not in str(told.value)


def test_a_file_that_is_no_text_or_not_there_is_said(write, tmp_path):
    for path in (write("größer", "latin-1"), tmp_path / "none", tmp_path):
        with pytest.raises(HelpFileError, match="cannot be read"):
            read(path)


def test_a_host_s_emergency_number_takes_the_place_of_ours(write):
    host = read(write(GOOD.replace('country = "Spain"', 'country = "Australia"', 1)))
    shown = help_lines.page(host)["emergency"]
    assert [each.number for each in shown if each.country == "Australia"] == ["112"]
    assert shown[0].country == "Australia"


def test_what_is_over_a_year_old_or_was_never_checked_is_to_be_looked_up(write):
    found = read(write(GOOD))
    day = date(2026, 11, 1)
    assert [e.country for e in help_lines.to_look_up(found, day)] == ["Spain"]
    assert len(help_lines.to_look_up(found, day + timedelta(days=365))) == 1
    assert len(help_lines.to_look_up(found, day + timedelta(days=366))) == 2


def test_the_command_lists_them_and_ends_with_a_fault(write, settings, clock, db, capsys):
    settings.REPAIR_HELP = read(write(GOOD))
    clock.go_to(datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(CommandError, match=f"{len(ALL) + 2} of the help lines"):
        call_command("check_help_lines")
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(ALL) + 2
    line = "Spain, The house in the yard: checked on 2026-11-01, see https://example.org/us"
    assert line in said
    assert "Spain, Emergency: never checked, see https://example.org" in said


def test_the_command_is_content_when_all_is_fresh(write, settings, clock, db, capsys, monkeypatch):
    fresh = write(GOOD.replace('checked = ""', "checked = 2026-10-01"))
    monkeypatch.setattr(help_lines, "own", lambda: read(fresh))
    call_command("check_help_lines")
    assert "within a year" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "dials"),
    [("0808 2000 247", "08082000247"), ("+34 900", "+34900"), ("1-800", "1800")],
)
def test_a_number_is_dialled_by_its_digits(number, dials):
    assert dialled(number) == dials


def test_the_file_of_ours_is_plain_toml_that_a_host_can_copy():
    assert tomllib.loads(help_lines.OWN.read_text(encoding="utf-8"))
