"""A base that was taken over: the network remembers who holds what, once, and as a whole."""

from pathlib import Path

import msgspec
import pytest

from tenure.gateways.hlr.server.adopting import Adopted, adopt
from tenure.gateways.hlr.translate.adopting import adopted, digest_of
from tenure.gateways.hlr.translate.dossier import Doubt
from tenure.gateways.hlr.translate.subscriber import Wanted
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine, ReportLost, TakenOver
from tenure.values.refused import Refused
from tests.gateways.hlr.dossiers import NOON, Book
from tests.numbers.asked import LATER
from tests.numbers.stocked import AT, act, card, days, msisdn, stock
from tests.peers.gate import TRUSTED, gate

BASE = [TakenOver(msisdn(index), index % 3 + 1, card(index).iccid) for index in range(4)]


def line(index: int) -> NewLine:
    return NewLine(
        Line(
            msisdn(index), card(index).imsi, 500 + index, "prepaid", "km",
            bar_outgoing=False, bar_incoming=False, suspended=False, lost_at=None, postpaid=False,
        ),
        AT,
    )  # fmt: skip


@pytest.mark.peer("osmo-hlr")
async def test_a_base_is_adopted_once_and_what_was_proven_stays(pool: Pool, tmp_path: Path) -> None:
    await perform(pool, stock)
    empty = b"\x92\x90\x90"
    purses = [Purse(500 + index, 0, 0, 0, days(300), 0, 0, (), empty) for index in range(4)]
    await perform(pool, money.open_purses, purses)
    await perform(pool, numbers.open_lines, [line(index) for index in range(4)], act())
    await perform(pool, numbers.holding.take_over, BASE, act())
    async with gate(pool, tmp_path) as found:
        for index in range(3):
            sim = Wanted(msisdn(index), card(index).imsi, None, open=True)
            await found.register.bring(sim)
        assert isinstance(await adopt(found.gateway), Refused)
        # One phone is lost before anybody was proven to hold it: it is cut off all the same.
        await perform(pool, numbers.change, msisdn(1), ReportLost(), act("<holder>", LATER))
        await found.works(LATER)
        assert (await found.register.believed([msisdn(1)]))[0].closed  # type: ignore[union-attr]
        assert await adopt(found.gateway) == Adopted(new=3, known=0, unreached=1)
        assert await adopt(found.gateway) == Adopted(new=0, known=3, unreached=1)
        holders = [(one.holder, one.imsi, one.closed) for one in found.memory.everything()]
        assert holders == [
            ("1", card(0).imsi, False),
            ("2", card(1).imsi, True),
            ("3", card(2).imsi, False),
        ]


def test_a_base_is_believed_as_a_whole_or_not_at_all() -> None:
    book = Book()
    receipt = book.add("numbers.taken_over", {"numbers": 4}, {"digest": digest_of(BASE)}, NOON)
    whole = adopted(receipt, list(reversed(BASE)), TRUSTED)
    assert not isinstance(whole, Refused)
    assert {one.msisdn: one.holder for one in whole} == {
        one.msisdn: str(one.holder_id) for one in BASE
    }
    thief = msgspec.structs.replace(BASE[0], holder_id=9)
    other = book.add("numbers.opened", {"numbers": 4}, {"digest": digest_of(BASE)}, NOON)
    unopened = msgspec.structs.replace(receipt, openings=())
    misplaced = msgspec.structs.replace(receipt, index=1)
    for shown, lines, doubt in (
        (receipt, [thief, *BASE[1:]], Doubt.OTHER_REQUEST),
        (receipt, BASE[1:], Doubt.OTHER_REQUEST),
        (other, BASE, Doubt.OTHER_KIND),
        (unopened, BASE, Doubt.NOT_OPENED),
        (misplaced, BASE, Doubt.DISBELIEVED),
    ):
        refused = adopted(shown, lines, TRUSTED)
        assert isinstance(refused, Refused)
        assert refused.refusal is doubt
