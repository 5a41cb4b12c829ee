"""Numbers as they are dialled: E.164, national and short forms, plain or in a SIP or tel URI."""

import re
from typing import Final

from tenure.promises.tariffs.rules.book import Book
from tenure.terms.pricelist import ABROAD, EMERGENCY, HOME, LOCAL, Network

TEXT_MAX: Final = 128
DIGITS_MAX: Final = 15
"""E.164 section 6.1."""
SCHEME: Final = re.compile(r"(?:sips?|tel):", re.IGNORECASE)
SEPARATORS: Final = str.maketrans("", "", " -.()/")
SOS: Final = "urn:service:sos"
"""RFC 5031: how an IMS phone calls for help without dialling a number."""


def zone_of(book: Book, closed_group: str, text: str, network: Network | None) -> str | None:
    """The zone that a dialled number leads to; None when it leads nowhere that is priced."""
    plain = text.isascii() and text.isdecimal()
    number = text if plain else _written(text)
    if number == EMERGENCY:
        return EMERGENCY
    if len(number) <= book.terms.short_digits_max:
        return book.short_numbers.get(number)
    digits = _e164(book, number, network)
    if not book.terms.short_digits_max < len(digits) <= DIGITS_MAX:
        return None
    if network is not None and network.country_code != book.terms.country_code:
        return _place(book, digits, network)
    if closed_group:
        for first, last, zone in book.members[closed_group]:
            if len(digits) == len(first) and first <= digits <= last:
                return zone
    destinations = book.destinations
    for length in book.prefix_digits:
        zone_found = destinations.get(digits[:length])
        if zone_found is not None:
            return zone_found
    return None


def _written(text: str) -> str:
    """The number in a URI or with separators: digits, perhaps after one plus; "" if there is none."""
    if len(text) > TEXT_MAX or not text.isascii():
        return ""
    if text.lower().startswith(SOS):
        return EMERGENCY
    text = SCHEME.sub("", text, count=1)
    text = text.partition("@")[0].partition(";")[0].translate(SEPARATORS)
    digits = text.removeprefix("+")
    return text if digits.isdecimal() else ""


def _e164(book: Book, number: str, network: Network | None) -> str:
    """The number with its country code and nothing before it."""
    if number.startswith("+"):
        return number[1:]
    terms = book.terms
    for prefix in terms.international_prefixes:
        if number.startswith(prefix):
            return number[len(prefix) :]
    if terms.national_prefix and number.startswith(terms.national_prefix):
        country_code = terms.country_code if network is None else network.country_code
        return country_code + number[len(terms.national_prefix) :]
    return number


def _place(book: Book, digits: str, network: Network) -> str:
    """While roaming the price depends on whether the number is there, at home, or elsewhere."""
    if digits.startswith(network.country_code):
        return LOCAL
    return HOME if digits.startswith(book.terms.country_code) else ABROAD
