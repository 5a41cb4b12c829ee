"""Numbers, SIMs and people that a test of holding can begin with."""

from datetime import date
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import NumberRange, Sell, SimCard, SimKey, SimKeys
from tenure.promises.numbers.rules.sims import check_digit
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Person
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Iccid, Imsi, Msisdn

AT: Final = Instant(1_800_000_000_000)  # 2027-01-15
KEY: Final = SimKey(bytes(range(32)))
KH: Final = pack.load("smart-kh").terms
ID: Final = pack.load("smartfren-id").terms
FIRST: Final = 85_515_000_000
PEOPLE: Final = 5


def act(by: str = "sok", at: Instant = AT) -> Act:
    """Somebody of ours acts, with a salt that is the same every time."""
    return Act(by, at, bytes(range(32)))


def days(count: float) -> Instant:
    """So many days after the beginning."""
    return Instant(AT + round(count * DAY_MS))


def msisdn(index: int) -> Msisdn:
    """A number in stock."""
    return Msisdn(str(FIRST + index))


def card(index: int, plmn: str = "45606") -> SimCard:
    """A SIM, whose keys are all one digit."""
    iccid = f"8985506{index:011d}"
    keys = SimKeys(f"{index % 16:x}" * 32, "b" * 32, "milenage")
    return SimCard(Iccid(iccid + check_digit(iccid)), Imsi(f"{plmn}{index:010d}"), keys)


def person(number: int, born_on: date | None = date(1990, 1, 31)) -> Person:
    """Somebody with a document."""
    return Person(number, f"Person {number}", "km", AT, born_on, Document("passport", f"N{number}"))


def sell(index: int = 0, **changed: object) -> Sell:
    """The first sale of a number on the SIM of the same index, with a purse of its own."""
    asked: dict[str, object] = {
        "msisdn": msisdn(index),
        "iccid": card(index).iccid,
        "holder_id": 1,
        "purse_id": 1_000 + index,
        "offer": "prepaid",
        "language": "km",
    }
    return Sell(**(asked | changed))  # type: ignore[arg-type]  # names and values of a test


async def stock(tx: Transaction, count: int = 20) -> None:
    """A range with one gold number, so many SIMs, and five people."""
    given = [
        NumberRange(msisdn(0), msisdn(9_999), "ordinary"),
        NumberRange(msisdn(77_777), msisdn(77_777), "gold"),
    ]
    await numbers.inventory.import_numbers(tx, given, act())
    cards = [card(index) for index in range(count)]
    await numbers.inventory.import_sims(tx, cards, KEY, bytes, act())
    await people.enter_all(tx, [person(number + 1) for number in range(PEOPLE)], act())
