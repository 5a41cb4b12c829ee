"""What usage would have cost by another version: the difference of the two prices, and no more."""

from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.charging.model import Explanation
from tenure.promises.charging.rules.rerating import Compared, Versions, compared
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Price, Route, Service
from tenure.terms import pack
from tenure.terms.pricelist import Pack, RateRow, Version
from tenure.values.instant import NEVER, Instant, parse_instant

SMART: Final = pack.load("smart-kh")
NOON: Final = parse_instant("2026-11-20T12:00:00+07:00")
ROUTES: Final = ("voice/out/onnet", "voice/out/offnet", "voice/out/service", "voice/out/intl-7",
                 "sms/out/onnet", "data/-/internet")  # fmt: skip


def alone(version: Version) -> tariffs.Book:
    always = msgspec.structs.replace(version, effective_from=Instant(0), effective_until=NEVER)
    return tariffs.compile_book(msgspec.structs.replace(SMART, versions=(always,)))


def changed(row: RateRow) -> RateRow:
    """Everything but calls to Smart numbers is dearer, and counted otherwise."""
    if row.zone == "onnet":
        return row
    return msgspec.structs.replace(
        row,
        price_micros=row.price_micros * 3 // 2,
        connect_fee_micros=row.connect_fee_micros + 7,
    )


FORMER: Final = SMART.versions[-1]
NEW: Final = msgspec.structs.replace(FORMER, rows=tuple(map(changed, FORMER.rows)))
BOTH: Final = Versions(alone(FORMER), alone(NEW))


def told(route: str, used: int, before: int = 0, **said: object) -> tuple[Instant, str]:
    """The explanation of a report, as it stands in an entry."""
    service = route.split("/", maxsplit=1)[0]
    given: dict[str, object] = {"used": used, "total": before + used, "began": NOON, **said}
    return NOON, msgspec.json.encode(Explanation(service, route, **given)).decode()  # type: ignore[arg-type]  # by their names


def whole(book: tariffs.Book, key: str, used: int) -> int:
    service, direction, _ = key.split("/", 2)
    way = Direction.OUT
    assert direction in {"out", "-"}
    route = Route(key, Service[service.upper()], way, always=False)
    found = tariffs.price(book, "prepaid", route, NOON, used, NOON)
    assert isinstance(found, Price)
    return found.micros


@given(st.sampled_from(ROUTES), st.integers(1, 5_000))
def test_a_usage_in_one_report_differs_by_the_difference_of_its_prices(key: str, used: int) -> None:
    line = compared(BOTH, "prepaid", [told(key, used, due=11)])

    assert line.due_micros == 11
    assert line.change_micros == whole(BOTH.new, key, used) - whole(BOTH.former, key, used)
    assert line.routes == ({} if "onnet" in key else {key: line.change_micros})


@given(st.sampled_from(ROUTES), st.integers(1, 5_000))
def test_the_same_prices_change_nothing(key: str, used: int) -> None:
    same = Versions(BOTH.former, alone(FORMER))

    assert compared(same, "prepaid", [told(key, used, due=11)]) == Compared("prepaid", 11, 0, {}, 0)


def test_what_an_allowance_covered_stays_covered() -> None:
    free = told("voice/out/offnet", 120, covered=(("mix-monthly-minutes", 120),))
    half = told("voice/out/offnet", 120, covered=(("mix-monthly-minutes", 60),))

    assert compared(BOTH, "prepaid", [free]).change_micros == 7
    assert compared(BOTH, "prepaid", [half]).change_micros == 35_000 + 7


def test_the_connect_fee_is_paid_once() -> None:
    first, second = told("voice/out/service", 60), told("voice/out/service", 60, before=60)

    assert compared(BOTH, "prepaid", [first]).change_micros == 50_000 + 7
    assert compared(BOTH, "prepaid", [first, second]).change_micros == 100_000 + 7


def test_what_has_no_price_any_more_is_counted() -> None:
    rows = tuple(row for row in FORMER.rows if row.service != "sms")
    without = Versions(BOTH.former, alone(msgspec.structs.replace(FORMER, rows=rows)))

    line = compared(without, "prepaid", [told("sms/out/offnet", 1, due=50_000)])

    assert (line.unpriced, line.change_micros, line.due_micros) == (1, 0, 50_000)


@pytest.mark.parametrize("key", ["voice/out/emergency", "voice/out/offnet"])
def test_emergency_numbers_are_free_in_every_version(key: str) -> None:
    always = tariffs.differs(BOTH.former, BOTH.new, "prepaid", key)

    assert always is (key == "voice/out/offnet")


def test_a_pack_is_not_changed_by_being_compared() -> None:
    again: Pack = pack.load("smart-kh")

    assert again == SMART
