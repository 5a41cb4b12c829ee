"""Laws of top-ups: money is conserved, nothing goes below zero, live funds are never lost."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.money.model import Account, Entry, Grant, Purse
from tenure.promises.topups.model import Buy, Credit
from tenure.promises.topups.rules import crediting
from tenure.values.instant import DAY_MS, Instant
from tenure.values.money import MICROS
from tenure.values.quantity import Unit
from tenure.values.refused import Refused
from tests.topups.given import END, legs, purse, terms

TERMS = {period: terms(active_period=period) for period in ("replace", "longest")}

credits_ = st.builds(
    Credit,
    amount_micros=st.integers(1, 10**12),
    active_days=st.integers(1, 400),
    source=st.sampled_from([Account.VOUCHER_CLEARING, Account.TOPUP_CLEARING]),
    reference=st.just("key"),
    words=st.just("by payment"),
)
instants = st.integers(END - 400 * DAY_MS, END + 400 * DAY_MS).map(Instant)
grants = st.lists(
    st.builds(
        Grant,
        grant_id=st.integers(1, 10**6),
        unit=st.sampled_from([Unit.MICROS, Unit.OCTETS]),
        remaining=st.integers(0, 10**9),
        starts_at=st.just(Instant(0)),
        ends_at=instants,
        allowance=st.just(""),
    ),
    max_size=4,
    unique_by=lambda grant: grant.grant_id,
).map(tuple)
purses = st.builds(
    msgspec.structs.replace,
    st.just(purse()),
    funds_micros=st.integers(0, 10**12),
    funds_end=instants,
    grants=grants,
)
# Something that happens to a purse: a card, or the purchase of a plan.
steps = st.lists(st.tuples(instants, st.none() | credits_), min_size=1, max_size=8)


def happen(
    before: Purse, events: list[tuple[Instant, Credit | None]], pack: str
) -> tuple[Purse, list[Entry]]:
    """The purse after all that, in the order of time, and every entry on the way."""
    terms_ = TERMS[pack]
    entries: list[Entry] = []
    for at, credit in sorted(events, key=lambda event: event[0]):
        if credit is None:
            bought = crediting.buy(before, terms_.bundles[0], terms_, Buy("", "week", "key", at, 0))
            if isinstance(bought, Refused):
                continue
            change, _ = bought
        else:
            change, _ = crediting.top_up(before, credit, terms_, at, postpaid=False)
        before = change.purse
        entries += change.entries
    return before, entries


@given(purses, steps, st.sampled_from(["replace", "longest"]))
def test_money_is_conserved(
    before: Purse, events: list[tuple[Instant, Credit | None]], pack: str
) -> None:
    after, entries = happen(before, events, pack)

    assert all(sum(legs(entry)) == 0 for entry in entries)
    assert after.funds_micros == before.funds_micros + sum(one.funds_micros for one in entries)
    assert crediting.promotional(after.grants) == crediting.promotional(before.grants) + sum(
        one.grants_micros for one in entries
    )
    assert after.owed_micros == before.owed_micros - sum(one.owed_micros for one in entries)
    assert [one.seq for one in entries] == list(range(before.seq + 1, after.seq + 1))


@given(purses, steps, st.sampled_from(["replace", "longest"]))
def test_nothing_goes_below_zero(
    before: Purse, events: list[tuple[Instant, Credit | None]], pack: str
) -> None:
    after, entries = happen(before, events, pack)

    assert after.funds_micros >= 0
    assert after.owed_micros >= 0
    assert all(grant.remaining >= 0 for grant in after.grants)
    assert all(entry.funds_after_micros >= 0 for entry in entries)


@given(purses, credits_, instants, st.sampled_from(["replace", "longest"]))
def test_a_top_up_never_takes_live_funds(
    before: Purse, credit: Credit, at: Instant, pack: str
) -> None:
    live = before.funds_micros if at < before.funds_end else 0

    change, done = crediting.top_up(before, credit, TERMS[pack], at, postpaid=False)

    assert change.purse.funds_micros >= live + credit.amount_micros
    assert change.purse.funds_end > at
    if pack == "longest":
        assert change.purse.funds_end >= before.funds_end
    # Old money is there, came back, or lapsed: never two of these.
    assert (
        change.purse.funds_micros == before.funds_micros + done.amount_micros - done.lapsed_micros
    )
    assert 0 in (done.lapsed_micros, done.restored_micros)


@given(purses, credits_, instants)
def test_a_top_up_touches_no_grant_that_is_alive(
    before: Purse, credit: Credit, at: Instant
) -> None:
    change, _ = crediting.top_up(before, credit, TERMS["replace"], at, postpaid=False)

    alive = [grant for grant in before.grants if at < grant.ends_at]
    assert set(alive) <= set(change.purse.grants)


@given(st.integers(0, 10**12), st.integers(0, 10**12), credits_, instants)
def test_a_payment_is_debt_paid_and_money_on_account(
    account: int, owed: int, credit: Credit, at: Instant
) -> None:
    before = msgspec.structs.replace(
        purse(), funds_micros=account, owed_micros=owed, credit_limit_micros=10**13
    )

    change, done = crediting.top_up(before, credit, TERMS["replace"], at, postpaid=True)

    after = change.purse
    assert after.owed_micros == max(0, owed - credit.amount_micros)
    assert done.paid_off_micros + after.funds_micros - account == credit.amount_micros
    assert sum(legs(change.entries[0])) == 0


@given(st.integers(0, 3 * MICROS), st.integers(0, 3 * MICROS), instants)
def test_a_plan_takes_its_price_from_what_is_alive_and_nothing_else(
    funds: int, promo: int, at: Instant
) -> None:
    before = msgspec.structs.replace(purse(promo=1), funds_micros=funds)
    grant = msgspec.structs.replace(before.grants[0], remaining=promo)
    before = msgspec.structs.replace(before, grants=(grant,))
    alive = funds + promo if at < END else 0

    bought = crediting.buy(
        before, TERMS["replace"].bundles[0], TERMS["replace"], Buy("", "week", "key", at, 0)
    )

    if alive < 2 * MICROS:
        assert isinstance(bought, Refused)
    else:
        assert not isinstance(bought, Refused)
        [entry] = bought[0].entries
        assert entry.contra_micros == 2 * MICROS
        assert -entry.grants_micros == min(promo, 2 * MICROS), "promotional money pays first"
