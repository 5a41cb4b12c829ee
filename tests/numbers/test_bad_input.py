"""What people type or ask wrongly is refused by name, with what to do, and changes nothing."""

from typing import Final

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers import rules
from tenure.promises.numbers.model.requests import Ask, Kind
from tenure.promises.numbers.rules import naming
from tenure.promises.numbers.rules.sims import imsi
from tenure.values.refused import Refused
from tests.numbers.asked import CHILD, LATER, NEW, OLD, consented, populated, wanted
from tests.numbers.asked import asked as taken
from tests.numbers.stocked import KH, act, card, msisdn
from tests.numbers.test_requests_forged import ask, named

# What is typed, how it is read, the refusal, and a word of what to do about it.
TYPED: Final = [
    ("letters", "number", "0qq", "NOT_A_NUMBER", "write"),
    ("nothing", "number", "", "NOT_A_NUMBER", "write"),
    ("too short", "number", "012", "WRONG_LENGTH", "write"),
    ("too long", "number", "+8551234567890123", "WRONG_LENGTH", "write"),
    ("an extension", "number", "+855 12 345 678 ext. 9", "NOT_A_NUMBER", "leave it out"),
    ("a card of another kind", "iccid", "4111111111111111", "ICCID_MALFORMED", "copy"),
    ("a card with a wrong digit", "iccid", "8985506000000000018", "ICCID_CHECK_DIGIT", "read"),
    ("an IMSI too short", "imsi", "45606", "IMSI_MALFORMED", "copy"),
    ("an IMSI of another network", "imsi", "510090000000001", "IMSI_OF_ANOTHER_NETWORK", "ask"),
]


def read(what: str, typed: str) -> object:
    """As the door of the field reads it."""
    if what == "number":
        return naming.normalised(typed, KH.country)
    return rules.iccid(typed) if what == "iccid" else imsi(typed, KH.home_plmns)


@pytest.mark.parametrize(
    ("what", "typed", "refusal", "word"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED]
)
def test_what_is_typed_wrongly(what: str, typed: str, refusal: str, word: str) -> None:
    answer = read(what, typed)

    assert named(answer) == refusal
    assert isinstance(answer, Refused)
    assert word in answer.detail
    assert not typed or typed not in answer.detail


# What is so, what is asked, the refusal, and a word of what to do about it.
LINE: Final = "UPDATE numbers.line SET"
HOLD: Final = (
    "INSERT INTO numbers.hold (msisdn, kind, reference, since, leaf_seq)"
    " SELECT msisdn, 'dispute', '12', '2026-01-01Z', 1 FROM numbers.line"
)
LOCK: Final = "INSERT INTO numbers.lock SELECT msisdn, 1, '2026-01-01Z', NULL, 1 FROM numbers.line"
ASKED: Final = [
    ("to oneself", "", wanted(to_holder=OLD), "TO_ONESELF", "replace-sim"),
    ("to nobody", "", wanted(to_holder=99), "UNKNOWN_PERSON", "person enter"),
    (
        "to a minor without guardian",
        "DELETE FROM people.guardian",
        wanted(to_holder=CHILD),
        "NO_GUARDIAN",
        "person guardian",
    ),
    ("of an unheld number", "", wanted(msisdn=msisdn(5)), "NOT_HELD", "sold"),
    ("of a barred number", f"{LINE} bar_outgoing = true", wanted(), "BARRED", "lift"),
    ("of a suspended number", f"{LINE} suspended = true", wanted(), "SUSPENDED", "end the"),
    ("of a lost SIM", f"{LINE} lost_at = since", wanted(), "LOST", "replace-sim"),
    ("of a disputed number", HOLD, wanted(), "DISPUTED", "close it"),
    ("of a locked number", LOCK, wanted(), "LOCKED", "unlock"),
    (
        "on a fresh SIM",
        "UPDATE numbers.binding SET during = tstzrange('2027-02-14Z', NULL)",
        wanted(),
        "SIM_TOO_YOUNG",
        "wait",
    ),
    ("without a paper", "", wanted(kind=Kind.INHERITANCE, document=""), "DOCUMENT_MISSING", "give"),
    ("a used SIM", "", wanted(kind=Kind.SIM, iccid=str(card(0).iccid)), "SIM_NOT_FREE", "another"),
    (
        "a SIM without money for it",
        "UPDATE money.purse SET funds_micros = 0",
        wanted(kind=Kind.SIM),
        "FEE_NOT_PAYABLE",
        "top up",
    ),
    ("to unlock what is open", "", wanted(kind=Kind.UNLOCK), "NOT_LOCKED", "nothing"),
]
KEPT: Final = (
    "SELECT (SELECT count(*) FROM numbers.request), (SELECT count(*) FROM staff.request),"
    " (SELECT array_agg(t::text) FROM numbers.tenure t),"
    " (SELECT array_agg(b::text) FROM numbers.binding b), (SELECT array_agg(l::text)"
    " FROM numbers.line l), (SELECT array_agg(p::text) FROM money.purse p)"
)


@pytest.mark.parametrize(
    ("so", "wish", "refusal", "word"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED]
)
async def test_what_is_asked_wrongly(
    pool: Pool, owner: str, so: str, wish: Ask, refusal: str, word: str
) -> None:
    await populated(pool)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        if so:
            assert connection.execute(so.encode()).rowcount > 0
        before = connection.execute(KEPT).fetchone()

        answer = await ask(pool, wish)

        assert named(answer) == refusal
        assert isinstance(answer, Refused)
        assert word in answer.detail
        assert connection.execute(KEPT).fetchone() == before


async def test_of_two_who_ask_the_second_is_told_what_to_do(pool: Pool) -> None:
    await populated(pool)
    await consented(pool, await taken(pool))

    answer = await ask(pool, wanted(2), at=LATER)

    assert named(answer) == "OTHER_REQUEST_OPEN"
    assert isinstance(answer, Refused)
    assert "stop that first" in answer.detail


async def test_nobody_gets_more_than_the_market_allows(pool: Pool, owner: str) -> None:
    """ID-LINES: with three of three the next is refused, and with two of three it is not."""
    await populated(pool)
    terms = msgspec.structs.replace(
        KH, keeping=msgspec.structs.replace(KH.keeping, prepaid_numbers_max=3)
    )
    with psycopg.connect(owner, autocommit=True) as connection:
        for index in (11, 12, 13):
            connection.execute(
                "INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq,"
                " purse_id, prepaid) VALUES (%s, %s, '[2026-01-01Z,)', 'import', 1, %s, true)",
                [msisdn(index), NEW, index],
            )
        answer = await perform(pool, numbers.requests.ask, terms, wanted(), act("sok", LATER))
        assert named(answer) == "AT_THE_LIMIT"
        connection.execute("DELETE FROM numbers.tenure WHERE msisdn = %s", [msisdn(13)])
    answer = await perform(pool, numbers.requests.ask, terms, wanted(), act("sok", LATER))
    assert not isinstance(answer, Refused)
