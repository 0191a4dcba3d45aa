"""Every answer that the site gives to one person: each address of its URL table, filled with each
key that there is, whoever's it is.

A new address is asked for without being listed: `<uuid:letter_id>` is filled with every `Letter`
that there is, and so is a kind of key that comes with a model of its own.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID

from allauth.account.utils import user_pk_to_url_str
from django.apps import apps
from django.core.handlers.base import BaseHandler
from django.db.models import Model, UUIDField
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils.http import parse_http_date
from django.utils.regex_helper import normalize

from accounts.feeds import digest_of, token_from
from accounts.models import Feed, Person, Support
from tests import factories
from tests.accounts.pages import steady

GUESSED = UUID("5f0c9c4e-0d4b-4a7e-9f0a-6a5e3a6f6a11")
# Keys that are not those of a row; there is a reason for each.
NOT_OF_A_MODEL: dict[str, Callable[[], list[str]]] = {
    # allauth's, in links that only mail carries.
    "uidb36": lambda: ["guessed", *map(user_pk_to_url_str, Person.objects.order_by("pk"))],
    "key": lambda: ["set-password", "guessed"],
    # A person's own support: another key than the supporter's, since others may use it.
    "trusted_id": lambda: [*_keys_of_supports(), str(GUESSED)],
    # The secret of a calendar feed opens it to whoever has it, so one knows none but one's own.
    "token": lambda: [*_known_tokens(), "0" * 64],
}
KNOWN_SEED = "of whoever looks"
"""Who makes their feed with this seed is the one who knows its address."""
KEY_OF_A_FORM = re.compile(rb'name="(?:key|aside)" value="[^"]+"')
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NONCE = re.compile(r"'nonce-[^']+'")
WITH_A_QUERY = re.compile(rb'(?:href|hx-get)="(/[^"?#]*\?[^"#]+)')
# They stand for who asks, and differ each time.
OF_WHO_ASKS = ("csrftoken", "sessionid")


def _keys_of_supports() -> Iterator[str]:
    return map(str, Support.objects.order_by("pk").values_list("pk", flat=True))


def _known_tokens() -> Iterator[str]:
    for feed in Feed.objects.order_by("pk"):
        token = token_from(KNOWN_SEED, feed.pk)
        if digest_of(token) == feed.token_digest:
            yield token


class UnknownKeyError(Exception):
    """An address has a key in it and nobody knows which there are."""


@dataclass(frozen=True)
class Route:
    """One address of the URL table: `/pairs/%(pair_id)s/`, its keys, and its view."""

    template: str
    keys: tuple[str, ...]
    view: Callable[..., Any]


class Asked(NamedTuple):
    """One request. form: what is sent with it; none of what a POST does is so after its answer."""

    path: str
    method: str = "GET"
    by_htmx: bool = False
    form: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}{' by htmx' if self.by_htmx else ''}"


class Answer(NamedTuple):
    """One response, without what differs between two answers to the very same request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]
    body: bytes


Answers = dict[Asked, Answer]


# --- Addresses -------------------------------------------------------------------------------


def routes() -> list[Route]:
    """Every address of the site, libraries included."""
    return list(_routes(get_resolver().url_patterns, "/", ()))


def _routes(
    patterns: Sequence[URLPattern | URLResolver], before: str, keys: tuple[str, ...]
) -> Iterator[Route]:
    for entry in patterns:
        for template, names in normalize(entry.pattern.regex.pattern):
            path, own = before + template, (*keys, *names)
            if isinstance(entry, URLResolver):
                yield from _routes(entry.url_patterns, path, own)
            else:
                yield Route(path, own, entry.callback)


def view_of(asked: Asked) -> Callable[..., Any]:
    """The view that answers this request."""
    return resolve(asked.path.partition("?")[0]).func


def model_of(key: str) -> type[Model] | None:
    """The model whose rows a key names: `letter_id` a Letter."""
    name = key.removesuffix("_id").replace("_", "")
    found = [model for model in apps.get_models() if model._meta.model_name == name]
    return found[0] if key.endswith("_id") and len(found) == 1 else None


def all_of(key: str) -> list[str]:
    """All values that there are for a key, and a guessed one."""
    if key in NOT_OF_A_MODEL:
        return NOT_OF_A_MODEL[key]()
    model = model_of(key)
    if model is None:
        raise UnknownKeyError(
            f"Nobody knows with what to fill <{key}>. Name it after a model (<uuid:letter_id>), "
            f"or say in {__name__}.NOT_OF_A_MODEL which values it has."
        )
    guessed = str(GUESSED) if isinstance(model._meta.pk, UUIDField) else "999999999"
    return [*map(str, model._default_manager.order_by("pk").values_list("pk", flat=True)), guessed]


class Addresses:
    """The addresses that there are now, with the keys that there are now.

    first: for some kinds of key, the one that is taken while another key of the address is varied;
    the person's own pair, above all.
    """

    def __init__(self, first: Mapping[str, str]) -> None:
        self.first = first
        self.values: dict[str, list[str]] = {}

    def all(self) -> list[Asked]:
        """Each address with each key."""
        return [Asked(path) for route in routes() for path in self.of(route)]

    def natural(self) -> list[Asked]:
        """The most natural address of each route."""
        return [Asked(self.of(route)[0]) for route in routes()]

    def of(self, route: Route) -> list[str]:
        """The addresses of one route, the most natural first. One key is varied at a time."""
        values = {key: self._values(key) for key in route.keys}
        base = {key: each[0] for key, each in values.items()}
        filled = [base]
        for key, each in values.items():
            filled += [base | {key: value} for value in each[1:]]
        paths = [route.template % each for each in filled]
        for path in paths:
            leads_to = view_of(Asked(path))
            assert leads_to is route.view, f"{path}, made for {route}, leads to {leads_to}"
        return paths

    def _values(self, key: str) -> list[str]:
        if key not in self.values:
            values = all_of(key)
            first = self.first.get(key, values[0])
            self.values[key] = [first, *(value for value in values if value != first)]
        return self.values[key]


# --- Answers ---------------------------------------------------------------------------------


class Reader:
    """Somebody's browser, which forgets between two requests what the first one told it.

    So it does not matter what it asked before.
    """

    def __init__(self, client: Client) -> None:
        """client: somebody's who is signed in."""
        self.cookies = {name: each.value for name, each in client.cookies.items()}
        self.requests = RequestFactory()
        # What the test client itself asks. It would also copy the context of each template.
        self.site = BaseHandler()
        self.site.load_middleware()

    def ask(self, asked: Iterable[Asked]) -> Answers:
        """The answers to these. None is a fault of ours."""
        return {each: self._ask(each) for each in asked}

    def _ask(self, asked: Asked) -> Answer:
        self.requests.cookies = SimpleCookie(self.cookies)
        headers = {"HX-Request": "true"} if asked.by_htmx else {}
        if asked.method == "POST":
            request = self.requests.post(asked.path, dict(asked.form), headers=headers)
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
            with factories.undone():
                answer = _without_new_keys(_steady(self.site.get_response(request)), asked.path)
        else:
            request = self.requests.generic(asked.method, asked.path, headers=headers)
            answer = _steady(self.site.get_response(request))
        assert answer.status < 500, asked
        return answer


def _steady(answer: Any) -> Answer:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Answer(
        answer.status_code,
        tuple(sorted(map(_header, answer.headers.items()))),
        tuple(sorted(map(_cookie, answer.cookies.values()))),
        KEY_OF_A_FORM.sub(b"", steady(body)),
    )


def _without_new_keys(answer: Answer, path: str) -> Answer:
    """Without the keys in it but for those that were asked with: new rows have others each time."""
    new = lambda key: key[0] if key[0] in path else "a key"  # noqa: E731 - said twice
    headers = tuple((name, KEY.sub(new, value)) for name, value in answer.headers)
    body = KEY.sub(new, answer.body.decode(errors="surrogateescape"))
    return answer._replace(headers=headers, body=body.encode(errors="surrogateescape"))


def _header(header: tuple[str, str]) -> tuple[str, str]:
    """Without nonces, and without the instant of the answer itself."""
    name, value = header
    if name in ("Date", "Expires") and abs(parse_http_date(value) - time.time()) < 60:
        value = "now"
    return name, NONCE.sub("", value)


def _cookie(cookie: Any) -> tuple[str, str]:
    """Without what stands for who asks, and of what is signed without instant and signature."""
    value = "" if cookie.key in OF_WHO_ASKS else cookie.value.partition(":")[0]
    attributes = {name: each for name, each in cookie.items() if name != "expires"}
    return f"Set-Cookie: {cookie.key}", f"{value} {attributes}"


def queries_in(answers: Answers) -> list[Asked]:
    """Where the pages lead or look by themselves with a query: `now/?look=...`, `?page=2`."""
    found = {
        link.replace(b"&amp;", b"&").decode()
        for answer in answers.values()
        for link in WITH_A_QUERY.findall(answer.body)
    }
    return [Asked(path) for path in sorted(found)]


def differences(one: Answers, other: Answers) -> list[str]:
    """What differs, one line for each address: all that a reader of a failure needs."""
    assert one.keys() == other.keys()
    return [
        f"{asked}: {_difference(one[asked], other[asked])}"
        for asked in one
        if one[asked] != other[asked]
    ]


def _difference(one: Answer, other: Answer) -> str:
    if one.status != other.status:
        return f"status {one.status} or {other.status}"
    if one.body != other.body:
        lines = zip_longest(one.body.splitlines(), other.body.splitlines(), fillvalue=b"")
        first, second = next(each for each in lines if each[0] != each[1])
        return f"body {first!r} or {second!r}"
    of_one, of_other = (set(each.headers + each.cookies) for each in (one, other))
    return f"headers {sorted(of_one - of_other)} or {sorted(of_other - of_one)}"
