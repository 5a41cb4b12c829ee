"""Top-ups on a real PostgreSQL: one effect whatever is repeated or raced, and the books balance."""

import asyncio

import msgspec
import psycopg
import pytest
from psycopg import sql

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Suspend
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import (
    Answer,
    Buy,
    Done,
    Issue,
    Pin,
    Refusal,
    TopUp,
    VoucherKey,
)
from tenure.values.instant import MINUTE_MS, Instant
from tenure.values.money import MICROS
from tenure.values.refused import Refused
from tests.topups.given import chance, instant
from tests.topups.lines import ACT, AT, KEY, LINES, TERMS, msisdn, order, printed, redeem


async def the_purse(pool: Pool, number: int) -> Purse:
    return (await perform(pool, money.purses, [number]))[number]


def refusal(answer: Answer) -> Refusal | None:
    return answer.refusal if isinstance(answer, Refused) else None


async def test_a_repeated_top_up_has_one_effect_and_one_answer(opened: Pool) -> None:
    asked = TopUp(msisdn(1), 5 * MICROS, "payment-1", AT)

    first = await order(opened, asked)
    later = msgspec.structs.replace(asked, at=Instant(AT + MINUTE_MS))
    again = await order(opened, later)

    assert isinstance(first, Done)
    assert again == msgspec.structs.replace(first, repeated=True)
    assert (await the_purse(opened, 1)).funds_micros == 8 * MICROS
    entries = await perform(opened, money.entries, 1)
    assert [entry.funds_micros for entry in entries] == [0, 5 * MICROS]
    assert entries[1].reference == "topup payment-1"


async def test_the_same_key_with_another_content_is_refused(opened: Pool) -> None:
    await order(opened, TopUp(msisdn(1), 5 * MICROS, "k", AT))

    assert refusal(await order(opened, TopUp(msisdn(1), 1 * MICROS, "k", AT))) is Refusal.KEY_REUSED
    assert refusal(await order(opened, Buy(msisdn(1), "week", "k", AT, 0))) is Refusal.KEY_REUSED
    other = await order(opened, TopUp(msisdn(2), 1 * MICROS, "k", AT))
    assert isinstance(other, Done), "keys are the client's own for each number"


async def test_fifty_repeats_at_once_have_one_effect(opened: Pool) -> None:
    asked = TopUp(msisdn(1), 5 * MICROS, "raced", AT)

    answers = await asyncio.gather(*(order(opened, asked) for _ in range(50)))

    done = [answer for answer in answers if isinstance(answer, Done)]
    assert len(done) == 50
    assert sum(not answer.repeated for answer in done) == 1
    assert (await the_purse(opened, 1)).funds_micros == 8 * MICROS


async def test_a_batch_is_filled_in_its_order_with_one_write(opened: Pool) -> None:
    asked: list[TopUp | Buy] = [
        Buy(msisdn(1), "week", "buy-1", AT, 0),
        Buy(msisdn(1), "week", "buy-2", AT, 0),
        TopUp(msisdn(1), 1 * MICROS, "pay-1", AT),
        Buy(msisdn(1), "week", "buy-3", AT, 0),
        TopUp(msisdn(1), 1 * MICROS, "pay-1", AT),
        TopUp(msisdn(2), 2 * MICROS, "pay-1", AT),
        TopUp("85599999999", 1 * MICROS, "pay-1", AT),
        TopUp(msisdn(1), 1 * MICROS, "", AT),
    ]

    answers = await perform(opened, topups.fulfil, TERMS, asked)

    assert [
        answer.refusal.name if isinstance(answer, Refused) else "done" for answer in answers
    ] == [
        "done",
        "CREDIT_EXHAUSTED",
        "done",
        "done",
        "done",
        "AMOUNT_INVALID",
        "UNKNOWN_NUMBER",
        "KEY_MALFORMED",
    ]
    assert isinstance(answers[4], Done)
    assert answers[4].repeated
    after = await the_purse(opened, 1)
    assert (after.funds_micros, after.version, after.seq) == (0, 1, 3)
    assert len(after.grants) == 4


async def test_a_card_is_used_once_whatever_the_race(opened: Pool) -> None:
    printing = await printed(opened, 1)
    pin = printing.cards[0].pin

    answers = await asyncio.gather(
        *(redeem(opened, number, pin, f"key-{number}") for number in range(LINES))
    )

    assert sum(isinstance(answer, Done) for answer in answers) == 1
    refusals = {refusal(answer) for answer in answers if not isinstance(answer, Done)}
    assert refusals == {Refusal.VOUCHER_USED}
    purses = [await the_purse(opened, number) for number in range(LINES)]
    assert sum(one.funds_micros for one in purses) == (3 * LINES + 5) * MICROS
    [report] = await perform(opened, topups.reports, AT)
    assert (report.used, report.outstanding, report.outstanding_micros) == (1, 0, 0)


async def test_one_line_racing_itself_with_one_card_gets_it_once(opened: Pool) -> None:
    pin = (await printed(opened, 1)).cards[0].pin

    answers = await asyncio.gather(*(redeem(opened, 1, pin, f"key-{n}") for n in range(50)))

    assert sum(isinstance(answer, Done) for answer in answers) == 1
    assert (await the_purse(opened, 1)).funds_micros == 8 * MICROS


BEHIND_THE_RULES = [
    (
        """UPDATE topups.voucher SET (used_at, used_purse_id, used_seq) = (
             SELECT used_at, used_purse_id, used_seq FROM topups.voucher WHERE serial = %(used)s
           ) WHERE serial = %(other)s""",
        "voucher_used_by_one_entry",
    ),
    (
        "UPDATE topups.voucher SET used_seq = NULL WHERE serial = %(used)s",
        "voucher_used_wholly_or_not",
    ),
    (
        "UPDATE topups.voucher SET blocked_at = used_at WHERE serial = %(used)s",
        "voucher_blocked_or_used",
    ),
    (
        "UPDATE topups.voucher SET used_at = expires_at WHERE serial = %(used)s",
        "voucher_used_before_its_end",
    ),
    (
        """UPDATE topups.voucher SET pin_hash = (
             SELECT pin_hash FROM topups.voucher WHERE serial = %(used)s
           ) WHERE serial = %(other)s""",
        "voucher_one_per_pin",
    ),
    ("INSERT INTO topups.answered SELECT * FROM topups.answered", "answered_once"),
]


async def test_the_constraints_hold_without_the_rules(opened: Pool, owner: str) -> None:
    first, second = (await printed(opened, 2)).cards
    assert isinstance(await redeem(opened, 1, first.pin, "k"), Done)

    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger helps
        for statement, constraint in BEHIND_THE_RULES:
            with pytest.raises(psycopg.IntegrityError) as caught:
                connection.execute(statement, {"used": first.serial, "other": second.serial})
            assert caught.value.diag.constraint_name == constraint


async def test_no_pin_is_anywhere_in_the_database(opened: Pool, owner: str) -> None:
    printing = await printed(opened, 20)
    pins = {str(card.pin) for card in printing.cards}
    assert isinstance(await redeem(opened, 1, printing.cards[0].pin, "k"), Done)

    with psycopg.connect(owner) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table))
            rows = connection.execute(query).fetchall()
            text = " ".join(row[0] for row in rows)
            assert not any(pin in text or pin.encode().hex() in text for pin in pins), table


async def test_wrong_pins_lock_the_line_even_when_they_come_at_once(opened: Pool) -> None:
    pin = (await printed(opened, 1)).cards[0].pin
    wrong = [Pin(f"{number:014d}") for number in range(20)]

    answers = await asyncio.gather(*(redeem(opened, 1, guess, f"guess-{guess}") for guess in wrong))

    found = [refusal(answer) for answer in answers]
    assert found.count(Refusal.PIN_UNKNOWN) == 3
    assert found.count(Refusal.LOCKED_OUT) == 17
    # The right PIN does not help now; another line is free; later the line is free by itself.
    assert refusal(await redeem(opened, 1, pin, "k")) is Refusal.LOCKED_OUT
    just_before = Instant(AT + 30 * MINUTE_MS - 1)
    assert refusal(await redeem(opened, 1, pin, "k", just_before)) is Refusal.LOCKED_OUT
    assert isinstance(await redeem(opened, 1, pin, "k", Instant(AT + 30 * MINUTE_MS)), Done)


async def test_a_pin_of_the_wrong_form_is_no_guess(opened: Pool) -> None:
    pin = (await printed(opened, 1)).cards[0].pin
    for number in range(10):
        answer = await redeem(opened, 1, Pin("12 34"), f"typo-{number}")
        assert refusal(answer) is Refusal.PIN_MALFORMED

    assert isinstance(await redeem(opened, 1, pin, "k"), Done)


async def test_a_right_pin_ends_the_count(opened: Pool) -> None:
    cards = (await printed(opened, 2)).cards
    for card, part in zip(cards, ("a", "b"), strict=True):
        for number in range(2):
            wrong = await redeem(opened, 1, Pin(f"{number:014d}"), f"{part}{number}")
            assert refusal(wrong) is Refusal.PIN_UNKNOWN
        assert isinstance(await redeem(opened, 1, card.pin, part), Done)


async def test_a_repeated_redemption_gets_its_answer_again(opened: Pool) -> None:
    first, second = (await printed(opened, 2)).cards

    done = await redeem(opened, 1, first.pin, "k")
    again = await redeem(opened, 1, first.pin, "k")

    assert isinstance(done, Done)
    assert again == msgspec.structs.replace(done, repeated=True)
    assert refusal(await redeem(opened, 1, second.pin, "k")) is Refusal.KEY_REUSED
    assert refusal(await redeem(opened, 1, first.pin, "k2")) is Refusal.VOUCHER_USED


async def test_blocked_and_expired_cards_add_nothing(opened: Pool) -> None:
    one, batch = await printed(opened, 2), await printed(opened, 3, units=1)

    assert await perform(opened, topups.block_card, one.cards[0].serial, ACT) == 1
    assert isinstance(await redeem(opened, 1, batch.cards[0].pin, "k"), Done)
    assert await perform(opened, topups.block_batch, batch.batch.batch_id, ACT) == 2
    answers = [
        await redeem(opened, 2, one.cards[0].pin, "a"),
        await redeem(opened, 2, batch.cards[1].pin, "b"),
        await redeem(opened, 2, one.cards[1].pin, "c", one.batch.expires_at),
    ]

    assert [refusal(answer) for answer in answers] == [
        Refusal.VOUCHER_BLOCKED,
        Refusal.VOUCHER_BLOCKED,
        Refusal.VOUCHER_EXPIRED,
    ]
    assert (await the_purse(opened, 2)).funds_micros == 3 * MICROS
    found = await perform(opened, topups.reports, one.batch.expires_at)
    assert [(r.used, r.blocked, r.expired, r.outstanding_micros) for r in found] == [
        (0, 1, 1, 0),
        (1, 2, 0, 0),
    ]
    [before] = await perform(opened, topups.reports, Instant(one.batch.expires_at - 1), 1)
    assert before.outstanding_micros == 5 * MICROS


async def test_what_cannot_be_blocked_is_named(opened: Pool) -> None:
    printing = await printed(opened, 1)
    assert isinstance(await redeem(opened, 1, printing.cards[0].pin, "k"), Done)

    serial = await perform(opened, topups.block_card, 999, ACT)
    used = await perform(opened, topups.block_card, printing.cards[0].serial, ACT)
    batch = await perform(opened, topups.block_batch, 999, ACT)

    assert isinstance(serial, Refused)
    assert isinstance(used, Refused)
    assert isinstance(batch, Refused)
    assert [serial.refusal, used.refusal, batch.refusal] == [
        Refusal.UNKNOWN_SERIAL,
        Refusal.NOTHING_TO_BLOCK,
        Refusal.UNKNOWN_BATCH,
    ]


async def test_funds_lapse_and_come_back_on_disk_as_in_the_tables(opened: Pool) -> None:
    back = await order(opened, TopUp(msisdn(1), MICROS, "k", instant("end+7d-1s")))
    gone = await order(opened, TopUp(msisdn(2), MICROS, "k", instant("end+7d")))

    assert isinstance(back, Done)
    assert isinstance(gone, Done)
    assert (back.restored_micros, back.funds_micros) == (3 * MICROS, 4 * MICROS)
    assert (gone.lapsed_micros, gone.funds_micros) == (3 * MICROS, 1 * MICROS)


async def test_a_payment_pays_the_debt(opened: Pool) -> None:
    answer = await order(opened, TopUp(msisdn(LINES), 12 * MICROS, "k", AT))

    assert isinstance(answer, Done)
    after = await the_purse(opened, LINES)
    assert (after.owed_micros, after.funds_micros) == (0, 3 * MICROS)


@pytest.mark.parametrize("micros", [0, -1, 10**16 + 1])
async def test_an_impossible_payment_is_refused(opened: Pool, micros: int) -> None:
    for number in (1, LINES):
        answer = await order(opened, TopUp(msisdn(number), micros, "k", AT))
        assert refusal(answer) is Refusal.AMOUNT_INVALID


async def test_what_cannot_be_issued_is_named(opened: Pool) -> None:
    async def asked(micros: int, count: int, *, digits: int = 14) -> Refusal | None:
        form = msgspec.structs.replace(TERMS.vouchers, pin_digits=digits)
        own = msgspec.structs.replace(TERMS, vouchers=form)
        issue = Issue(micros, count)
        found = await perform(opened, topups.prepare, own, issue, KEY, chance(1), AT)
        return found.refusal if isinstance(found, Refused) else None

    assert await asked(5 * MICROS, 1) is None
    assert await asked(5 * MICROS + 1, 1) is Refusal.AMOUNT_INVALID
    assert await asked(5 * MICROS, 0) is Refusal.BATCH_INVALID
    assert await asked(5 * MICROS, 11, digits=8) is Refusal.PIN_SPACE_TOO_SMALL
    assert await asked(5 * MICROS, 10, digits=8) is None


async def test_a_card_cannot_be_used_by_nobody(opened: Pool) -> None:
    pin = (await printed(opened, 1)).cards[0].pin

    assert refusal(await redeem(opened, LINES + 1, pin, "k")) is Refusal.UNKNOWN_NUMBER
    assert isinstance(await redeem(opened, 1, pin, ""), Done)
    again = await redeem(opened, 1, pin, "")
    assert isinstance(again, Done)
    assert again.repeated, "without a key of the client's the card itself is the key"


async def test_a_suspended_line_buys_nothing_but_may_be_topped_up(opened: Pool) -> None:
    await perform(opened, numbers.change, msisdn(1), Suspend(), ACT)

    assert refusal(await order(opened, Buy(msisdn(1), "week", "k", AT, 0))) is Refusal.LINE_BLOCKED
    assert (
        refusal(await order(opened, Buy(msisdn(2), "none", "k", AT, 0))) is Refusal.UNKNOWN_BUNDLE
    )
    assert isinstance(await order(opened, TopUp(msisdn(1), MICROS, "k2", AT)), Done)


async def test_another_key_is_noticed_before_honest_people_are_locked_out(opened: Pool) -> None:
    other = VoucherKey(bytes(32))
    assert await perform(opened, topups.fits_key, other)
    await printed(opened, 1)

    assert await perform(opened, topups.fits_key, KEY)
    assert not await perform(opened, topups.fits_key, other)


async def test_issuing_and_topping_up_by_hand_is_recorded(opened: Pool, owner: str) -> None:
    await printed(opened, 2)
    asked = TopUp(msisdn(1), 5 * MICROS, "k", AT)
    for _ in range(2):
        assert isinstance(await perform(opened, topups.by_hand, TERMS, asked, ACT), Done)

    with psycopg.connect(owner) as connection:
        bodies = connection.execute(
            "SELECT kind, body FROM record.leaf WHERE kind LIKE 'topups.%' ORDER BY seq"
        ).fetchall()
    assert [kind for kind, _ in bodies] == ["topups.issued", "topups.by_hand"]
    assert msisdn(1) not in bodies[1][1]
    assert "sok" not in bodies[1][1]
