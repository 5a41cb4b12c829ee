"""One-off requests: charged at once or not at all, answered once, refunded to its buckets."""

import msgspec
import pytest

from tenure.promises.charging.model import Answer, Ask, GroupAsk, Refusal, Request, Used
from tenure.promises.money.model import EntryKind, Grant
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import DAY_MS, Instant
from tenure.values.quantity import Unit
from tests.charging.story import ADA, NOON, OFFNET, Story


def buy(ada: Story, micros: int, key: str = "order-1", **changes: object) -> Answer:
    ask = Ask(
        Request.DEBIT,
        key,
        0,
        ada.now,
        Service.CONTENT,
        Direction.OUT,
        msisdn=ADA,
        groups=(GroupAsk(0, 0, micros),),
        description="a song",
    )
    return ada.ask(msgspec.structs.replace(ask, **changes))


def refund(ada: Story, refunds: str = "order-1", key: str = "back-1") -> Answer:
    return ada.ask(
        Ask(
            Request.REFUND,
            key,
            0,
            ada.now,
            Service.CONTENT,
            Direction.OUT,
            msisdn=ADA,
            refunds=refunds,
        )
    )


def promo(micros: int, ends: int) -> Grant:
    return Grant(1, Unit.MICROS, micros, Instant(0), Instant(ends), "")


@pytest.mark.parametrize(
    ("funds", "price", "refusal", "left"),
    [
        (1_990_000, 1_990_000, None, 0),
        (1_989_999, 1_990_000, Refusal.CREDIT_EXHAUSTED, 1_989_999),
        (0, 1, Refusal.CREDIT_EXHAUSTED, 0),
        (90_000_000, 50_000_000, None, 40_000_000),
        (90_000_000, 50_000_001, Refusal.PURCHASE_TOO_LARGE, 90_000_000),
        (1_000_000, 0, Refusal.NOTHING_ASKED, 1_000_000),
        (1_000_000, -1, Refusal.INVALID_UNITS, 1_000_000),
    ],
)
def test_a_purchase_is_paid_in_full_or_refused(
    funds: int, price: int, refusal: Refusal | None, left: int
) -> None:
    ada = Story(funds)
    assert buy(ada, price).refusal is refusal
    assert ada.funds == left


def test_a_purchase_cannot_spend_what_a_call_holds() -> None:
    ada = Story(100_000)
    ada.request(Request.INITIAL, 0, want=60)
    assert buy(ada, 30_001).refusal is Refusal.CREDIT_EXHAUSTED
    assert buy(ada, 30_000).balance_micros == 0


def test_a_key_has_one_effect_and_one_content() -> None:
    ada = Story(2_000_000)
    first = buy(ada, 500_000)
    again = buy(ada.wait(86_400), 500_000)
    assert (again.repeated, again.cost_micros, ada.funds) == (True, first.cost_micros, 1_500_000)
    assert buy(ada, 600_000).refusal is Refusal.KEY_REUSED
    assert len(ada.entries) == 1


def test_a_refund_restores_each_bucket_once() -> None:
    ada = Story(1_000_000, grants=(promo(300_000, NOON + DAY_MS),))
    buy(ada, 500_000)
    assert (ada.funds, ada.case.purse.grants[0].remaining) == (800_000, 0)
    assert refund(ada).cost_micros == 500_000
    assert (ada.funds, ada.case.purse.grants[0].remaining) == (1_000_000, 300_000)
    assert refund(ada).repeated
    assert refund(ada, key="back-2").refusal is Refusal.NOTHING_TO_REFUND
    assert refund(ada, "order-9").refusal is Refusal.NOTHING_TO_REFUND
    assert ada.funds == 1_000_000
    legs = [(e.funds_micros, e.grants_micros, e.tax_micros, e.contra_micros) for e in ada.entries]
    assert tuple(map(sum, zip(*legs, strict=True))) == (0, 0, 0, 0)
    assert ada.entries[1].kind is EntryKind.REFUND


def test_a_refund_gives_back_all_that_one_bucket_paid_for_several_groups() -> None:
    ada = Story(1_000_000, grants=(promo(300_000, NOON + DAY_MS),))
    groups = (GroupAsk(0, 0, 100_000), GroupAsk(1, 0, 150_000))
    buy(ada, 0, groups=groups)
    assert ada.case.purse.grants[0].remaining == 50_000
    assert refund(ada).cost_micros == 250_000
    assert ada.case.purse.grants[0].remaining == 300_000


def test_a_refund_never_revives_what_has_ended() -> None:
    ada = Story(0, grants=(promo(300_000, NOON + DAY_MS),))
    buy(ada, 300_000)
    refund(ada.wait(2 * 86_400))
    assert ada.case.purse.grants[0].remaining == 300_000
    assert buy(ada, 1, key="order-2").refusal is Refusal.CREDIT_EXHAUSTED


@pytest.mark.parametrize(("to", "price"), [("010111222", 20_000), ("012111222", 30_000)])
def test_a_text_is_an_event(to: str, price: int) -> None:
    ada = Story()
    ada.request(Request.DEBIT, 0, service=Service.SMS, key="m1", want=1, to=to)
    assert ada.funds == 1_000_000 - price


@pytest.mark.parametrize(("funds", "paid"), [(5_000, 5_000), (4_999, 4_999), (0, 0)])
def test_a_received_text_arrives_even_if_it_cannot_be_paid(funds: int, paid: int) -> None:
    ada = Story(funds)
    answer = ada.request(
        Request.DEBIT, 0, service=Service.SMS, key="m1", want=1, direction=Direction.IN
    )
    assert (answer.refusal, answer.cost_micros) == (None, paid)
    assert [-entry.overrun_micros for entry in ada.entries] == [5_000 - paid]


def test_price_and_balance_can_be_asked_without_effect() -> None:
    ada = Story(100_000)
    before = ada.case
    price = ada.request(Request.PRICE_ENQUIRY, 0, want=90)
    balance = ada.request(Request.BALANCE_CHECK, 0, want=60)
    too_much = ada.request(Request.BALANCE_CHECK, 0, want=120)
    assert (price.cost_micros, balance.balance_micros, balance.refusal) == (140_000, 100_000, None)
    assert too_much.refusal is Refusal.CREDIT_EXHAUSTED
    assert ada.case == before


@pytest.mark.parametrize(
    ("used_at", "lost_at", "refusal", "paid", "overrun"),
    [
        (NOON, None, None, 100_000, 40_000),
        (NOON - DAY_MS, None, None, 100_000, 40_000),
        (NOON, NOON, Refusal.LOST_OR_STOLEN, 0, 0),
        (NOON, NOON + 1, None, 100_000, 40_000),
    ],
)
def test_an_offline_record_is_charged_as_far_as_money_goes(
    used_at: int, lost_at: int | None, refusal: Refusal | None, paid: int, overrun: int
) -> None:
    ada = Story(100_000)
    ada.line(lost_at=lost_at)
    answer = ada.ask(
        Ask(
            Request.DEBIT,
            "record-1",
            0,
            Instant(NOON + DAY_MS),
            Service.VOICE,
            Direction.OUT,
            msisdn=ADA,
            other_party=OFFNET,
            groups=(GroupAsk(0, 0, None, Used(61)),),
            used_at=Instant(used_at),
        )
    )
    assert (answer.refusal, answer.cost_micros, ada.funds) == (refusal, paid, 100_000 - paid)
    assert [-entry.overrun_micros for entry in ada.entries] == ([overrun] if paid else [])
