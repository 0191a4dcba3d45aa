"""What holds for the whole house: headers, logs, mail in development, zone data."""

import logging
import sys
import zoneinfo

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from repair.logs import Wordless
from repair.mail import FolderAndTerminal

WORDS = "Dear Ana"


@pytest.fixture
def page(client, db):
    return client.get(reverse("account_login"))


def test_a_page_is_kept_nowhere(page):
    assert "no-store" in page["Cache-Control"]


def test_a_page_can_be_framed_by_nobody_and_tells_no_other_site(page):
    assert page["X-Frame-Options"] == "DENY"
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Content-Type-Options"] == "nosniff"


def test_a_page_runs_only_our_own_scripts(page):
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f"'nonce-{page.context['csp_nonce']}'" in policy


def test_a_static_file_is_served_and_may_be_kept(client):
    answer = client.get("/static/repair.css")
    assert answer.status_code == 200
    assert "no-store" not in answer["Cache-Control"]


def test_a_fault_is_logged_without_its_words():
    try:
        raise ValueError(f"Failing row contains ({WORDS}, ...)")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "it failed", None, sys.exc_info())
    line = Wordless().format(record)
    assert "it failed" in line
    assert "builtins.ValueError" in line
    assert "test_house.py" in line
    assert WORDS not in line


def test_a_fault_that_came_from_another_is_logged_without_the_words_of_either():
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as fault:
            raise RuntimeError(WORDS) from fault
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "it failed", None, sys.exc_info())
    line = Wordless().format(record)
    assert "RuntimeError\ncaused by" in line
    assert "KeyError" in line
    assert WORDS not in line


def test_every_log_line_goes_through_the_wordless_format():
    assert {each["formatter"] for each in settings.LOGGING["handlers"].values()} == {"wordless"}
    assert logging.getLogger("django").handlers == []


@pytest.mark.parametrize(
    "path", [f"/feeds/{'5' * 64}.ics", f"/feeds/{'5' * 64}.ics?x=1", "/feeds/555", "/feeds/5%0a5"]
)
def test_a_calendar_s_address_is_in_no_log(path):
    """Django names the address of a request that failed."""
    for text, values in (("%s: %s", ("Internal Server Error", path)), (f'"GET {path} HTTP/1"', ())):
        record = logging.LogRecord("x", logging.ERROR, "", 1, text, values, None)
        line = Wordless().format(record)
        assert "/feeds/…" in line
        assert "5" * 3 not in line
        assert "%0a5" not in line


def test_a_calendar_that_fails_is_logged_without_its_address(client, db, monkeypatch, capsys):
    """From the view through the project's own handlers to the terminal."""
    monkeypatch.setattr("boundaries.feeds.get_feed_by", lambda token: 1 // 0)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Wordless())
    monkeypatch.setattr(logging.getLogger("django.request"), "handlers", [handler])
    client.raise_request_exception = False
    secret = "5" * 64
    assert client.get(f"/feeds/{secret}.ics").status_code == 500
    said = capsys.readouterr().out
    assert "Internal Server Error: /feeds/…" in said
    assert "ZeroDivisionError" in said
    assert secret not in said


def test_mail_in_development_lies_in_a_folder_and_its_link_in_the_terminal(tmp_path, capsys):
    backend = FolderAndTerminal(file_path=str(tmp_path))
    body = "Follow this: http://localhost:8000/account/confirm-email/abc/\n\nBye."
    backend.send_messages([EmailMessage("Hello", body, "a@example.org", ["b@example.org"])])
    backend.close()
    (kept,) = tmp_path.iterdir()
    assert "confirm-email/abc/" in kept.read_text()
    said = capsys.readouterr().out
    assert said == "Mail to b@example.org: http://localhost:8000/account/confirm-email/abc/\n"


def test_zone_data_come_from_the_pinned_package_only():
    assert zoneinfo.TZPATH == ()
    assert zoneinfo.ZoneInfo("Europe/Berlin").key == "Europe/Berlin"
