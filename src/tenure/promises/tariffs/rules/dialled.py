"""Numbers as they are dialled: E.164, national and short forms, plain or in a SIP or tel URI."""

import re
from typing import Final

from tenure.promises.tariffs.rules.book import MCC_DIGITS, Book
from tenure.terms.pricelist import ABROAD, EMERGENCY, HOME, LOCAL, Network

TEXT_MAX: Final = 128
DIGITS_MAX: Final = 15
"""E.164 section 6.1."""
SCHEME: Final = re.compile(r"(?:sips?|tel):", re.IGNORECASE)
SEPARATORS: Final = str.maketrans("", "", " -.()/")
SOS: Final = "urn:service:sos"
"""RFC 5031: how an IMS phone calls for help without dialling a number."""


def calls_for_help(book: Book, text: str, plmn: str) -> bool:
    """Whether somebody calls for help: by a number of home, of the visited country, or of any.

    It holds in networks that the price list does not know as well.  KH-EMERGENCY, ID-EMERGENCY.
    """
    number = _written(text)
    if number in book.emergencies.get(plmn[:MCC_DIGITS], ()):
        return True
    return number == EMERGENCY or book.short_numbers.get(number) == EMERGENCY


def zone_of(book: Book, closed_group: str, text: str, network: Network | None) -> str | None:
    """The zone that a dialled number leads to; None when it leads nowhere that is priced."""
    number = text if text.isdecimal() and text.isascii() else _written(text)
    if len(number) <= book.terms.short_digits_max:
        return _short_zone(book, number, network)
    if number == EMERGENCY:
        return EMERGENCY
    digits = _e164(book, number, network) if number.startswith(book.dialling_prefixes) else number
    if not book.terms.short_digits_max < len(digits) <= DIGITS_MAX:
        return None
    if network is not None and network.country_code != book.terms.country_code:
        return _place(book, digits, network)
    if closed_group:
        member_of = _group_zone(book, closed_group, digits)
        if member_of is not None:
            return member_of
    return _destination(book, digits)


def _short_zone(book: Book, number: str, network: Network | None) -> str | None:
    """The zone of a short number; where somebody is, it may be whom to call for help."""
    if network is not None and number in book.emergencies.get(network.plmn[:MCC_DIGITS], ()):
        return EMERGENCY
    return book.short_numbers.get(number)


def _destination(book: Book, digits: str) -> str | None:
    """The zone of the longest prefix."""
    destinations = book.destinations
    for length in book.prefix_digits:
        zone = destinations.get(digits[:length])
        if zone is not None:
            return zone
    return None


def _group_zone(book: Book, closed_group: str, digits: str) -> str | None:
    for first, last, zone in book.members[closed_group]:
        if len(digits) == len(first) and first <= digits <= last:
            return zone
    return None


def _written(text: str) -> str:
    """The number in a URI or with separators: digits, perhaps after a plus; "" if none."""
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
