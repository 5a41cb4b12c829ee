"""A call to 1204, as the packet gateways hear it, ends advertising once."""

import msgspec
import pytest

from tenure.commands.up.dialling import Dialling
from tenure.commands.up.watching import Watch
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging.model import Answer, Ask, Refusal, Request
from tenure.promises.consent import operations as consent
from tenure.promises.notices.model import NoticeKind
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import Instant
from tests.numbers.stocked import AT, card
from tests.selfcare.given import ADA, DESK, dialled, held, told

CALL = Ask(
    Request.INITIAL, "session 1", 0, AT, Service.VOICE, Direction.OUT, str(ADA), other_party="1204"
)


@pytest.mark.parametrize("by", ["number", "sim"])
async def test_a_call_is_heard(pool: Pool, by: str) -> None:
    await held(pool)
    await dialled(pool, "*888#", "4", "1", "1")
    named = {"msisdn": "", "imsi": str(card(0).imsi)} if by == "sim" else {}
    call = msgspec.structs.replace(CALL, **named)
    dialling = Dialling(pool, DESK, lambda: Instant(AT + 1))
    for request in (Request.INITIAL, Request.UPDATE, Request.TERMINATE):
        dialling.heard(msgspec.structs.replace(call, request=request))
    dialling.heard(msgspec.structs.replace(call, other_party="85512345678"))

    await dialling.one()
    await dialling.one()

    stands = await perform(pool, consent.overview, DESK.terms, 1, Instant(AT + 1))
    assert not any(stand.open for stand in stands if stand.purpose.direct_marketing)
    replies = [one for one in await told(pool) if one.telling.kind is NoticeKind.SELFCARE_REPLY]
    assert len(replies) == 1


async def test_a_database_that_is_away_ends_nothing_else(pool: Pool) -> None:
    dialling = Dialling(pool, DESK, lambda: AT)
    dialling.heard(CALL)
    await pool.close()
    await dialling.one()


@pytest.mark.parametrize("refusal", [None, Refusal.BARRED, Refusal.STAGE_BLOCKED])
def test_a_call_that_is_refused_is_heard_all_the_same(refusal: Refusal | None) -> None:
    watch, heard = Watch(), list[Ask]()
    watch.called = heard.append
    watch.answered(CALL, Answer(refusal))
    assert heard == [CALL]
