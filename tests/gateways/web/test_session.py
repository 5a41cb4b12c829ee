"""Cookies, tokens of forms, links and attempts: pure, and of no use to anybody else."""

import pytest

from tenure.gateways.web.session import cookies, links
from tenure.gateways.web.session.attempts import ALL_MAX, EACH_MAX, Attempts
from tenure.gateways.web.session.challenges import LIFE_MS, OPEN_MAX, Challenges
from tenure.values.instant import MINUTE_MS, Instant

TOKEN = bytes(range(32))
OTHER = bytes(32)
SECRET = b"s" * 32
REQUEST = "b1c1a3f0-0000-4000-8000-000000000001"
AT = Instant(1_800_000_000_000)


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_is_for_this_page_alone(secure: bool) -> None:  # noqa: FBT001 -- a case
    header = cookies.kept(TOKEN, secure=secure)
    value, *attributes = header.split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
    assert ("Secure" in attributes) == secure
    assert value.startswith("__Host-") == secure
    assert cookies.token_in(f"a=b; {value}; c=d", secure=secure) == TOKEN
    assert cookies.token_in(value, secure=not secure) is None


@pytest.mark.parametrize("text", ["", "tenure", "tenure=", "tenure=%%%", "tenure=AAAA", "x=y"])
def test_any_other_cookie_is_nobodys(text: str) -> None:
    assert cookies.token_in(text, secure=False) is None


def test_a_form_is_of_one_session() -> None:
    shown = cookies.form_token(TOKEN)
    assert cookies.is_ours(TOKEN, shown)
    assert not cookies.is_ours(OTHER, shown)
    assert not cookies.is_ours(TOKEN, "")
    assert not cookies.is_ours(TOKEN, "é")
    assert cookies.text_of(TOKEN) not in shown


@pytest.mark.parametrize("party", links.PARTIES)
def test_a_link_leads_to_one_request_and_one_party(party: str) -> None:
    code = links.code_of(SECRET, REQUEST, party)
    assert links.read(SECRET, code) == (REQUEST, party)
    assert links.read(b"t" * 32, code) is None


def test_a_link_that_was_changed_leads_nowhere() -> None:
    code = links.code_of(SECRET, REQUEST, "from")
    octets = cookies.octets_of(code)
    assert octets is not None
    for place in range(len(octets)):
        changed = bytes(one ^ (1 if index == place else 0) for index, one in enumerate(octets))
        assert links.read(SECRET, cookies.text_of(changed)) is None
    for text in ("", "é", "AAAA", code[:-1], code + "AAAA"):
        assert links.read(SECRET, text) is None


def test_only_a_number_of_a_request_is_one() -> None:
    assert links.is_an_id(REQUEST)
    for text in ("", "1", REQUEST.upper(), f"{{{REQUEST}}}", "x" * 36):
        assert not links.is_an_id(text)


def test_somebody_may_try_so_often_a_minute() -> None:
    attempts = Attempts()
    assert [attempts.may("sok", AT) for _ in range(EACH_MAX + 2)] == [True] * EACH_MAX + [False] * 2
    assert attempts.may("dara", AT)
    assert not attempts.may("sok", Instant(AT + MINUTE_MS - 1))
    assert attempts.may("sok", Instant(AT + MINUTE_MS))


def test_everybody_together_may_try_so_often_a_minute() -> None:
    attempts = Attempts()
    tried = [attempts.may(f"login{index}", AT) for index in range(ALL_MAX + 5)]
    assert tried == [True] * ALL_MAX + [False] * 5


def test_a_challenge_is_signed_once_and_soon() -> None:
    challenges = Challenges()
    assert challenges.take(challenges.give(TOKEN, AT), Instant(AT + LIFE_MS - 1))
    assert not challenges.take(TOKEN, AT)
    assert not challenges.take(challenges.give(OTHER, AT), Instant(AT + LIFE_MS))
    assert not challenges.take(b"never given", AT)


def test_the_oldest_challenge_makes_room() -> None:
    challenges = Challenges()
    given = [challenges.give(index.to_bytes(32, "big"), AT) for index in range(OPEN_MAX + 1)]
    assert not challenges.take(given[0], AT)
    assert challenges.take(given[1], AT)
