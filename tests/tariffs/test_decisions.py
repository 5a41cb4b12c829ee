"""The published prices of smart-kh, decided as the tables say."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tenure.promises.tariffs.model import Direction, Price, Refusal, Service, Use
from tenure.promises.tariffs.rules import Book, compile_book, price, route
from tenure.terms.pack import load
from tenure.values.instant import Instant, instant_of
from tenure.values.money import MICROS
from tenure.values.refused import Refused
from tests.tariffs.tables import Case, cases


@pytest.fixture(scope="module")
def book() -> Book:
    return compile_book(load("smart-kh"))


def local(text: str) -> Instant:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Phnom_Penh")))


def decided(book: Book, case: Case, use: Use, used: int) -> Price | Refused[Refusal]:
    at = local(case["began"])
    found = route(book, case["offer"], use)
    return found if isinstance(found, Refused) else price(book, case["offer"], found, at, used, at)


def agrees(answer: Price | Refused[Refusal], case: Case) -> Price | None:
    """The price, when the case expects one; None when it expects a refusal and that came."""
    if isinstance(answer, Refused):
        assert answer.refusal.name == case["costs"], case.place
        assert answer.detail, case.place
        return None
    assert Decimal(answer.micros) / MICROS == Decimal(case["costs"]), case.place
    return answer


def visited(case: Case) -> str:
    return case["visited"].removeprefix("-")


@pytest.mark.parametrize("case", cases("voice.txt"), ids=lambda case: case.place)
def test_calls(book: Book, case: Case) -> None:
    direction = Direction[case["direction"].upper()]
    use = Use(Service.VOICE, direction, case["other number"], visited(case))

    answer = agrees(decided(book, case, use, int(case["used"])), case)

    assert answer is None or answer.position_units == int(case["charged"])


@pytest.mark.parametrize("case", cases("messages.txt"), ids=lambda case: case.place)
def test_messages(book: Book, case: Case) -> None:
    service, direction = Service[case["service"].upper()], Direction[case["direction"].upper()]
    use = Use(service, direction, case["other number"], visited(case))

    answer = agrees(decided(book, case, use, int(case["used"])), case)

    assert answer is None or answer.position_units == int(case["used"])


@pytest.mark.parametrize("case", cases("data.txt"), ids=lambda case: case.place)
def test_data(book: Book, case: Case) -> None:
    use = Use(Service.DATA, Direction.OUT, "", visited(case), int(case["group"]))

    answer = agrees(decided(book, case, use, int(case["used"])), case)

    assert answer is None or answer.position_units == int(case["charged"])


@pytest.mark.parametrize("case", cases("content.txt"), ids=lambda case: case.place)
def test_content(book: Book, case: Case) -> None:
    use = Use(Service.CONTENT, Direction.OUT, "", visited(case))

    answer = agrees(decided(book, case, use, int(Decimal(case["asked"]) * MICROS)), case)

    assert answer is None or Decimal(answer.tax_micros) / MICROS == Decimal(case["tax"])
