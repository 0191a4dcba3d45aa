"""Sessions: what a cookie may hold."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["\0" * 9, "no such key", "é" * 32, "x" * 5000, ""])
@pytest.mark.parametrize("path", ["/help/", "/account/login/"])
def test_a_cookie_that_no_session_has_is_nobodys(client, settings, key, path):
    """Whatever it holds; PostgreSQL takes no NUL."""
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get(path).status_code == 200
