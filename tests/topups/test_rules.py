"""What you paid in is yours to use, for as long as you were told: the clauses as tables."""

import msgspec
import pytest

from tenure.promises.money.model import Account, EntryKind
from tenure.promises.topups.model import Buy, Credit, Refusal
from tenure.promises.topups.rules import crediting
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, Instant
from tenure.values.money import MICROS
from tenure.values.refused import Refused
from tests.topups.given import END, instant, purse, rows, terms


def credit(units: int, days: int) -> Credit:
    return Credit(units * MICROS, days, Account.VOUCHER_CLEARING, "voucher 1", "with card 1")


# GTC-TOPUP, GTC-RESTORE.  Funds of 3 end at `end`; a card of 5 for 30 days comes at `at`.
RESTORE = """
    at          | before | lapsed | back | funds | usable until
    end-40d     |      3 |      0 |    0 |     8 | end-10d
    end-1s      |      3 |      0 |    0 |     8 | end+30d-1s
    end         |      3 |      0 |    3 |     8 | end+30d
    end+1s      |      3 |      0 |    3 |     8 | end+30d+1s
    end+7d-1s   |      3 |      0 |    3 |     8 | end+37d-1s
    end+7d      |      3 |      3 |    0 |     5 | end+37d
    end+7d+1s   |      3 |      3 |    0 |     5 | end+37d+1s
    end+90d     |      3 |      3 |    0 |     5 | end+120d
    end+7d      |      0 |      0 |    0 |     5 | end+37d
    end-1s      |      0 |      0 |    0 |     5 | end+30d-1s
"""


@pytest.mark.parametrize("row", rows(RESTORE), ids=" ".join)
def test_funds_are_combined_come_back_or_lapse(row: list[str]) -> None:
    at, before, lapsed, back, funds, until = row

    change, done = crediting.top_up(
        purse(int(before)), credit(5, 30), no_promos(), instant(at), postpaid=False
    )

    assert done.lapsed_micros == int(lapsed) * MICROS
    assert done.restored_micros == int(back) * MICROS
    assert change.purse.funds_micros == int(funds) * MICROS
    assert change.purse.funds_end == instant(until)
    assert [entry.kind for entry in change.entries] == (
        [EntryKind.BREAKAGE, EntryKind.TOPUP] if int(lapsed) else [EntryKind.TOPUP]
    )


# The Active Period of the top-up applies to the whole, or the pack never takes days away.
ACTIVE_PERIOD = """
    pack    | at       | days | usable until
    replace | end-40d  |    7 | end-33d
    longest | end-40d  |    7 | end
    replace | end-7d-1s|    7 | end-1s
    longest | end-7d-1s|    7 | end
    longest | end-7d   |    7 | end
    longest | end-7d+1s|    7 | end+1s
    longest | end+1s   |    7 | end+7d+1s
"""


@pytest.mark.parametrize("row", rows(ACTIVE_PERIOD), ids=" ".join)
def test_the_active_period_is_what_the_pack_chose(row: list[str]) -> None:
    active_period, at, days, until = row

    change, _ = crediting.top_up(
        purse(3),
        credit(1, int(days)),
        terms(active_period=active_period),
        instant(at),
        postpaid=False,
    )

    assert change.purse.funds_end == instant(until)


# GTC-PROMO.  Promotional money of 2 ends at `promo end`; a card of 1 (no promo) comes at `at`.
PROMO_KEPT = """
    at        | promo end | promotional money after | its end
    end-1s    | end       | 2                       | end
    end       | end       | 2                       | end
    end+1s    | end       | 2                       | end
    end+7d-1s | end       | 2                       | end
    end+7d    | end       | 0                       | end
    end-10d   | end-5d    | 2                       | end-5d
"""


@pytest.mark.parametrize("row", rows(PROMO_KEPT), ids=" ".join)
def test_a_top_up_neither_restores_nor_extends_promotional_money(row: list[str]) -> None:
    at, promo_end, left, end_after = row
    before = purse(3, promo=2, promo_end=instant(promo_end))

    change, _ = crediting.top_up(before, credit(1, 7), terms(), instant(at), postpaid=False)

    [grant] = change.purse.grants
    assert grant.remaining == int(left) * MICROS
    assert grant.ends_at == instant(end_after)
    taken_out = [entry for entry in change.entries if entry.account is Account.PROMO_COST]
    assert sum(entry.grants_micros for entry in taken_out) == (int(left) - 2) * MICROS


# The promos of the pack: from 5, a tenth for the standard 30 days; from 10, a fifth for 10 days.
PROMO_GIVEN = """
    amount | days | bonus in millionths | usable until
         1 |    7 |                   0 |
         5 |   30 |              500000 | end+30d
        10 |   60 |             2000000 | end+10d
"""


@pytest.mark.parametrize("row", rows(PROMO_GIVEN), ids=" ".join)
def test_a_top_up_earns_the_promo_with_the_highest_threshold_it_reaches(row: list[str]) -> None:
    amount, days, bonus, until = row

    change, done = crediting.top_up(
        purse(), credit(int(amount), int(days)), terms(), END, postpaid=False
    )

    assert done.bonus_micros == int(bonus)
    assert [(grant.remaining, grant.ends_at) for grant in change.purse.grants] == (
        [(int(bonus), instant(until))] if until else []
    )


# GTC-POSTPAID.  A payment of 5: the debt first, the rest stays on account.
PAYMENT = """
    owed | on account | paid off | owed after | on account after
       0 |          0 |        0 |          0 |                5
       3 |          0 |        3 |          0 |                2
       5 |          0 |        5 |          0 |                0
       9 |          0 |        5 |          4 |                0
       9 |          1 |        5 |          4 |                1
"""


@pytest.mark.parametrize("row", rows(PAYMENT), ids=" ".join)
def test_a_postpaid_payment_reduces_the_debt_first(row: list[str]) -> None:
    owed, account, paid_off, owed_after, account_after = map(int, row)
    before = purse(account, owed=owed, limit=20)

    change, done = crediting.top_up(
        before, credit(5, 0), terms(), Instant(END + 90 * DAY_MS), postpaid=True
    )

    assert done.paid_off_micros == paid_off * MICROS
    assert change.purse.owed_micros == owed_after * MICROS
    assert change.purse.funds_micros == account_after * MICROS
    assert change.purse.funds_end == before.funds_end, "money on account has no Active Period"
    assert done.bonus_micros == 0


# A plan of 2: promotional money pays first, then funds that are still active (on a
# postpaid account they always are), then credit.
BUY = """
    at     | funds | promo | limit | held by calls | paid from        | answer
    end-1s |     2 |     0 |     0 |             0 | funds 2          | bought
    end    |     2 |     0 |     0 |             0 |                  | CREDIT_EXHAUSTED
    end-1s |     1 |     1 |     0 |             0 | promo 1, funds 1 | bought
    end-1s |     1 |     0 |     0 |             0 |                  | CREDIT_EXHAUSTED
    end-1s |     2 |     2 |     0 |             0 | promo 2          | bought
    end    |     2 |     2 |     0 |             0 |                  | CREDIT_EXHAUSTED
    end    |     2 |     0 |     5 |             0 | funds 2          | bought
    end-1s |     3 |     0 |     0 |             1 | funds 2          | bought
    end-1s |     3 |     0 |     0 |             2 |                  | CREDIT_EXHAUSTED
"""


@pytest.mark.parametrize("row", rows(BUY), ids=" ".join)
def test_a_plan_is_bought_whole_or_not_at_all(row: list[str]) -> None:
    at, funds, promo, limit, held, paid, answer = row
    before = purse(int(funds), promo=int(promo), limit=int(limit))
    [bundle] = terms().bundles

    order = Buy("", "week", "1", instant(at), int(held) * MICROS)
    decision = crediting.buy(before, bundle, terms(), order)

    if isinstance(decision, Refused):
        assert decision.refusal is Refusal[answer]
        return
    assert answer == "bought"
    change, _ = decision
    [entry] = change.entries
    assert entry.account is Account.REVENUE_BUNDLE
    found = {
        "promo": -entry.grants_micros,
        "funds": -entry.funds_micros,
        "owed": -entry.owed_micros,
    }
    said = ", ".join(f"{name} {amount // MICROS}" for name, amount in found.items() if amount)
    assert said == paid
    allowances = [grant for grant in change.purse.grants if grant.allowance]
    assert [(one.allowance, one.remaining, one.priority) for one in allowances] == [
        ("week-data", 1_000_000_000, 10),
        ("week-voice", 3_000, 20),
    ]
    assert {one.ends_at - instant(at) for one in allowances} == {7 * DAY_MS}


def test_live_sessions_are_left_as_they_are() -> None:
    before = purse(3)

    change, _ = crediting.top_up(before, credit(5, 30), terms(), END, postpaid=False)

    assert change.purse.sessions == before.sessions
    assert change.purse.version == before.version, "the write is refused if another came between"


def test_only_what_the_pack_sells_is_a_denomination() -> None:
    assert crediting.denomination_days(5 * MICROS, terms()) == 30
    refused = crediting.denomination_days(5 * MICROS + 1, terms())
    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.AMOUNT_INVALID
    assert "USD 1.00, USD 5.00, USD 10.00" in refused.detail


def test_what_happened_is_told_in_words_and_in_local_time() -> None:
    change, done = crediting.top_up(
        purse(3), credit(5, 30), terms(), instant("end+1s"), postpaid=False
    )

    assert done.words == (
        "USD 5.00 added with card 1. USD 3.00 that had ended came back. "
        "All funds, USD 8.00, are usable until 2027-02-14 15:00:01. "
        "USD 0.50 given as promotional money (Five plus), usable until 2027-02-14 15:00:01."
    )
    assert [explained(entry.explanation)["what"] for entry in change.entries] == ["topup", "promo"]


def test_empty_grants_that_ended_long_ago_are_forgotten() -> None:
    before = purse(3, promo=2, promo_end=Instant(END - 200 * DAY_MS))

    once, _ = crediting.top_up(before, credit(1, 7), terms(), END, postpaid=False)
    twice, _ = crediting.top_up(once.purse, credit(1, 7), terms(), END, postpaid=False)

    assert [grant.remaining for grant in once.purse.grants] == [0]
    assert twice.purse.grants == ()


def test_grants_never_share_an_id() -> None:
    after = purse(10)
    [bundle] = terms().bundles
    for number in range(5):
        order = Buy("", "week", str(number), Instant(END - 1), 0)
        bought = crediting.buy(after, bundle, terms(), order)
        assert not isinstance(bought, Refused)
        after = bought[0].purse
        after = crediting.top_up(after, credit(5, 30), terms(), Instant(END - 1), postpaid=False)[
            0
        ].purse

    ids = [grant.grant_id for grant in after.grants]
    assert len(ids) == 15
    assert ids == sorted(set(ids))


def no_promos() -> Terms:
    return msgspec.structs.replace(terms(), promos=())


def explained(explanation: str) -> dict[str, object]:
    return msgspec.json.decode(explanation, type=dict[str, object])
