"""Whether a change comes from a page of ours."""

from __future__ import annotations

import pytest

from addrsvc.auth import csrf
from addrsvc.auth.accounts_errors import FormUnreadable, RequestForged

OURS = {"https://dia-chi.example.vn", "http://127.0.0.1:8000"}


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://proxied.internal"}, True),
        ({"sec-fetch-site": "same-site", "origin": "https://dia-chi.example.vn"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": "https://dia-chi.example.vn"}, True),
        ({"origin": "https://DIA-CHI.example.vn"}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"origin": "http://127.0.0.1"}, False),
        ({"origin": "http://dia-chi.example.vn"}, False),
        ({"origin": "https://dia-chi.example.vn.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
    ],
)
def test_what_the_browser_says_decides(headers: dict[str, str], *, is_ours: bool) -> None:
    for may_be_silent in (True, False):
        if is_ours:
            csrf.require_same_origin(headers, OURS, may_be_silent=may_be_silent)
        else:
            with pytest.raises(RequestForged):
                csrf.require_same_origin(headers, OURS, may_be_silent=may_be_silent)


def test_silence_passes_with_a_token_only() -> None:
    csrf.require_same_origin({}, OURS, may_be_silent=True)
    with pytest.raises(RequestForged):
        csrf.require_same_origin({}, OURS, may_be_silent=False)


def test_a_token_is_of_one_session_and_does_not_tell_it() -> None:
    token = csrf.token_of("secret-of-a-session")
    assert "secret" not in token
    csrf.require_token("secret-of-a-session", token)
    for sent in (None, "", token[:-1], token + "x", csrf.token_of("another"), "á"):
        with pytest.raises(RequestForged):
            csrf.require_token("secret-of-a-session", sent)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://dia-chi.example.vn/", "https://dia-chi.example.vn"),
        ("http://host:80/x", "http://host"),
        ("https://user@Host:8443", "https://host:8443"),
        ("", None),
        ("/relative", None),
    ],
)
def test_origins_are_written_as_browsers_do(url: str, origin: str | None) -> None:
    assert csrf.origin_of(url) == origin


FORM = "application/x-www-form-urlencoded"


def test_a_form_is_read() -> None:
    body = b"login=lan&password=b%E1%BB%91n+con+c%C3%A1&empty=&login=other"
    assert csrf.read_form(f"{FORM}; charset=UTF-8", body) == {
        "login": "lan",
        "password": "bốn con cá",
        "empty": "",
    }


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (None, b"a=1"),
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b""),
        (FORM, b"a=%ff"),
        (FORM, b"a=\xff"),
        (FORM, b"&".join(b"a=1" for _ in range(101))),
    ],
)
def test_what_is_no_form_is_refused(kind: str | None, body: bytes) -> None:
    with pytest.raises(FormUnreadable):
        csrf.read_form(kind, body)
