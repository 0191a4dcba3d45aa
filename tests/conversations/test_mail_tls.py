"""What is told by mail goes through TLS where EMAIL_URL says so, and otherwise not at all."""

from contextlib import contextmanager

import pytest

from conversations.mail import Fault, Post
from repair.settings import env
from tests import mailserver

pytestmark = pytest.mark.once

TO = "ana@example.org"
both = pytest.mark.parametrize("scheme", ["smtp+tls", "smtp+ssl"])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return mailserver.certificate_for("localhost", tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate, monkeypatch):
    """The certificate is one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@contextmanager
def posting(settings, url):
    """A way to the server that this EMAIL_URL names."""
    settings.EMAIL_BACKEND = "conversations.mail.Smtp"
    for name, value in env.mail(url).items():
        if name != "EMAIL_BACKEND":
            setattr(settings, name, value)
    with Post() as post:
        yield post


@both
def test_mail_and_password_go_through_tls(settings, certificate, trusted, scheme):
    with mailserver.office_with_tls(certificate, at_once=scheme == "smtp+ssl") as (office, port):
        with posting(settings, f"{scheme}://post:word@localhost:{port}?timeout=5") as post:
            assert post.reach() is None
            assert post.hand_over(TO) is None
        assert [each.password for each in office.signed_in] == [b"word"]
        assert [address for address, _ in office.came] == [TO]


@both
def test_nothing_goes_to_a_server_whose_certificate_nobody_vouches_for(
    settings, certificate, scheme
):
    with mailserver.office_with_tls(certificate, at_once=scheme == "smtp+ssl") as (office, port):
        with posting(settings, f"{scheme}://post:word@localhost:{port}?timeout=5") as post:
            assert post.reach() is Fault.UNREACHABLE
        assert (office.signed_in, office.came) == ([], [])


@both
def test_nothing_goes_to_a_server_that_knows_no_tls(settings, scheme):
    def talk(connection, line):
        mailserver.answer(connection, line)
        return scheme == "smtp+tls"  # for the other, the first line is no line

    with mailserver.ill_office(settings, talk) as lines:
        url = f"{scheme}://post:word@localhost:{settings.EMAIL_PORT}?timeout=5"
        with posting(settings, url) as post:
            assert post.reach() is not None
    assert not [line for line in lines if line.upper().startswith(("AUTH", "MAIL"))]


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp+tls://mail.example.org", 587),
        ("smtp+ssl://mail.example.org", 465),
        ("smtp+tls://mail.example.org:2525", 2525),
        ("smtp://mail.example.org", 25),
    ],
)
def test_a_port_that_is_not_said_is_the_usual_one(url, port):
    assert env.mail(url)["EMAIL_PORT"] == port


def test_only_plain_smtp_is_without_tls():
    for scheme in env.MAIL_SCHEMES:
        found = env.mail(f"{scheme}://mail.example.org")
        with_tls = found["EMAIL_USE_TLS"] or found["EMAIL_USE_SSL"]
        assert with_tls == (scheme != "smtp")
    assert env.mail("smtp://mail.example.org?tls=1")["EMAIL_USE_TLS"]
