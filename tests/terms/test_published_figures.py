"""The figures that the general terms publish are the figures of the pack, clause by clause."""

import msgspec
import pytest

from tenure.terms.clauses import register
from tenure.terms.currencies import EXPONENTS, WITHOUT_EXPONENT
from tenure.terms.model import Terms
from tenure.terms.pack import OPERATORS, find, load, names
from tenure.values.money import MICROS

FIGURES = """
clause       | figure                                 | published
GTC-LIFE     | lifecycle.outgoing_blocked_days        | 60
GTC-LIFE     | lifecycle.both_blocked_days            | 30
INC-90       | keeping.recycling.reminders_min        | 3
INC-STAFF    | keeping.transfer.approvals_min         | 2
GTC-SMTP     | access.mail.blocked_tcp_ports          | (25,)
GTC-SMTP     | access.mail.recommended_port           | 587
GTC-SMTP     | access.mail.since                      | 2021-07-31
PRV-MINOR    | keeping.adult_years                    | 18
GTC-VOICE    | metering.voice_increment_seconds       | 60
GTC-DATA     | metering.data_increment_octets         | 1024
GTC-TEXT     | metering.incoming_texts_charged        | True
GTC-ROAM     | metering.roaming_voice_increment_seconds | 1
GTC-POSITIVE | topups.positive_balance                | funds
GTC-TOPUP    | topups.active_period                   | replace
GTC-RESTORE  | topups.restore_days                    | 7
GTC-PROMO    | topups.promo_days                      | 30
GTC-POSTPAID | postpaid.penalty_ppm_per_month         | 10000
KH-USAGE     | usage.most_percent                     | 90
GTC-CHANGE   | change.notice_days                     | 30
GTC-LANG     | prevailing_language                    | en
GTC-MKT      | contact.end_advertising                | 1204
GTC-APP      | contact.call_centre                    | 888
KH-EMERGENCY | emergency_numbers                      | ('117', '118', '119')
"""
CASES = [
    tuple(cell.strip() for cell in line.split("|")) for line in FIGURES.strip().splitlines()[1:]
]


@pytest.mark.parametrize(("clause", "figure", "published"), CASES, ids=[case[1] for case in CASES])
def test_the_pack_says_what_was_published(clause: str, figure: str, published: str) -> None:
    pack = load("smart-kh")
    value: object = pack.terms
    for name in figure.split("."):
        value = getattr(value, name)

    assert str(value) == published
    assert clause in pack.clauses


@pytest.mark.parametrize("operator", names())
def test_every_clause_of_money_has_its_figures_in_every_pack(operator: str) -> None:
    money = (
        "LIFE VOICE DATA TEXT ROAM DCB POSITIVE TOPUP RESTORE PROMO POSTPAID CHANGE"  # all of GTC
    )
    assert {f"GTC-{name}" for name in money.split()} <= set(load(operator).clauses)


@pytest.mark.parametrize("operator", names())
def test_a_pack_is_found_by_name_and_by_path(operator: str) -> None:
    assert load(operator) == load(OPERATORS / operator)
    assert find(operator) == OPERATORS / operator


@pytest.mark.parametrize("operator", names())
def test_what_is_sold_is_in_whole_minor_units(operator: str) -> None:
    terms: Terms = load(operator).terms
    minor = MICROS // 10**terms.currency_exponent
    amounts = [each.amount_micros for each in terms.topups.denominations]
    amounts += [each.price_micros for each in terms.bundles]
    assert all(amount % minor == 0 for amount in amounts)


@pytest.mark.parametrize(
    ("currency", "digits"), [("USD", 2), ("KHR", 2), ("IDR", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4)]
)
def test_a_currency_has_the_exponent_of_iso_4217(currency: str, digits: int) -> None:
    assert EXPONENTS[currency] == digits
    assert not EXPONENTS.keys() & WITHOUT_EXPONENT


def test_every_clause_says_something() -> None:
    assert all(text.endswith(".") and len(text) > 20 for text in register().values())


def test_terms_can_be_told_to_another_process() -> None:
    terms = load("smart-kh").terms
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(terms), type=Terms) == terms
