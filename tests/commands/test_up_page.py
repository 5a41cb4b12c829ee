"""Where browsers find the page, and for whom their passkeys are."""

import pytest

from tenure.commands.up.addresses import Address
from tenure.commands.up.page import party_of, public_url
from tenure.commands.up.trouble import CannotRunError
from tenure.values.passkey import COMMAND_LINE, PARTY

HTTP = Address("127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("typed", "url", "rp_id"),
    [
        (None, "http://localhost:8080", "localhost"),
        ("http://localhost:9000/", "http://localhost:9000", "localhost"),
        ("http://localhost", "http://localhost", "localhost"),
        ("https://tenure.example.net", "https://tenure.example.net", "tenure.example.net"),
        ("https://Tenure.Example.net:443/", "https://tenure.example.net", "tenure.example.net"),
        ("https://care.example.net:8443", "https://care.example.net:8443", "care.example.net"),
    ],
)
def test_passkeys_are_for_the_name_by_which_browsers_find_the_page(
    typed: str | None, url: str, rp_id: str
) -> None:
    assert public_url(typed, HTTP) == url
    assert party_of(url).rp_id == rp_id
    assert party_of(url).origins == (COMMAND_LINE, url)


def test_without_a_name_it_is_the_party_of_everything_else() -> None:
    assert party_of(public_url(None, HTTP)) == PARTY


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tenure.example.net",
        "http://tenure.example.net",
        "http://127.0.0.1:8080",
        "https://",
        "https://a.example/page",
        "https://a.example/?x=1",
        "https://a.example/#x",
        "https://me@a.example",
        "https://a.example:99999",
        "ftp://a.example",
    ],
)
def test_where_no_passkey_works_is_refused(typed: str) -> None:
    with pytest.raises(CannotRunError, match="--public-url"):
        public_url(typed, HTTP)
