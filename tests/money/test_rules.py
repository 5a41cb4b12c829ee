"""What a purse can pay, in which order its buckets are drawn, and what a refund gives back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.money import rules
from tenure.promises.money.model import Grant, Purse
from tenure.values.instant import Instant
from tenure.values.quantity import Unit

NOW = Instant(1_000_000)
END = Instant(2_000_000)


def purse(
    funds: int = 0,
    *,
    end: Instant = END,
    owed: int = 0,
    limit: int = 0,
    grants: tuple[Grant, ...] = (),
) -> Purse:
    return Purse(1, 0, 0, funds, end, owed, limit, grants, b"")


def promo(grant_id: int, micros: int, ends: int = 2_000_000, priority: int = 0) -> Grant:
    return Grant(grant_id, Unit.MICROS, micros, Instant(0), Instant(ends), "", priority)


@pytest.mark.parametrize(
    ("at", "payable"),
    [(END - 1_000, 500), (END - 1, 500), (END, 0), (END + 1_000, 0)],
)
def test_funds_pay_until_the_very_end_of_the_active_period(at: int, payable: int) -> None:
    assert rules.payable(purse(500), Instant(at)) == payable


@pytest.mark.parametrize(
    ("what", "before", "amount", "funds", "owed", "promos"),
    [
        ("funds only", purse(100), 30, 30, 0, ()),
        ("promo first", purse(100, grants=(promo(1, 20),)), 30, 10, 0, ((1, 20),)),
        (
            "soonest-ending promo first",
            purse(100, grants=(promo(1, 20), promo(2, 20, ends=1_500_000))),
            30,
            0,
            0,
            ((2, 20), (1, 10)),
        ),
        (
            "a stated priority before the end",
            purse(0, grants=(promo(1, 20, priority=0), promo(2, 20, ends=1_500_000, priority=5))),
            30,
            0,
            0,
            ((1, 20), (2, 10)),
        ),
        ("an ended promo never", purse(100, grants=(promo(1, 20, ends=NOW),)), 30, 30, 0, ()),
        ("credit last", purse(10, limit=100, owed=5), 30, 10, 20, ()),
    ],
)
def test_buckets_are_drawn_in_order(
    what: str,
    before: Purse,
    amount: int,
    funds: int,
    owed: int,
    promos: tuple[tuple[int, int], ...],
) -> None:
    after, drawn = rules.draw(before, amount, NOW)

    assert (drawn.funds_micros, drawn.owed_micros, drawn.grants) == (funds, owed, promos), what
    assert rules.payable(after, NOW) == rules.payable(before, NOW) - amount


@given(
    funds=st.integers(0, 1_000),
    owed=st.integers(0, 50),
    promos=st.lists(st.tuples(st.integers(0, 100), st.integers(0, 3_000_000)), max_size=4),
    share=st.integers(0, 100),
)
def test_a_refund_restores_exactly_what_was_drawn(
    funds: int, owed: int, promos: list[tuple[int, int]], share: int
) -> None:
    before = purse(
        funds,
        owed=owed,
        limit=100,
        grants=tuple(promo(n, micros, ends) for n, (micros, ends) in enumerate(promos)),
    )
    after, drawn = rules.draw(before, rules.payable(before, NOW) * share // 100, NOW)

    assert after.funds_micros >= 0
    assert 0 <= after.owed_micros <= after.credit_limit_micros
    assert rules.restored(after, drawn) == before


def test_money_on_a_postpaid_account_has_no_active_period() -> None:
    assert rules.payable(purse(30, end=NOW, limit=100, owed=40), NOW) == 90


def test_a_refund_of_paid_debt_becomes_funds() -> None:
    before = purse(0, limit=100)
    after, drawn = rules.draw(before, 40, NOW)
    paid = purse(0, limit=100, owed=after.owed_micros - 30)

    back = rules.restored(paid, drawn)

    assert (back.funds_micros, back.owed_micros) == (30, 0)


@pytest.mark.parametrize(
    ("outstanding", "months", "penalty"),
    [(10_000_000, 0, 0), (10_000_000, 1, 100_000), (10_000_000, 12, 1_200_000), (99, 1, 0)],
)
def test_a_payment_breach_costs_one_percent_a_month(
    outstanding: int, months: int, penalty: int
) -> None:
    assert rules.penalty(outstanding, months, 10_000) == penalty


@given(st.integers(0, 10**12), st.integers(0, 500_000))
def test_the_tax_within_a_price_never_exceeds_it(gross: int, ppm: int) -> None:
    tax = rules.tax_within(gross, ppm)
    net = gross - tax
    assert 0 <= tax <= gross
    assert abs(net * ppm - tax * rules.PPM) < rules.PPM + ppm
