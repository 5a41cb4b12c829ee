"""From a notice in the database to a message centre, and the end of it back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import pytest

from tenure.gateways.smpp.server import link as linking
from tenure.gateways.smpp.server.gateway import Gateway
from tenure.gateways.smpp.server.notices import (
    END_OF,
    OUTCOME_OF,
    Notices,
    Provided,
    checked,
)
from tenure.gateways.smpp.server.port import Offered, Standing, Turned
from tenure.gateways.smpp.server.settings import Settings, Smsc, UnusableError
from tenure.gateways.smpp.translate.receipts import Outcome
from tenure.gateways.smpp.wire.bodies import Message
from tenure.gateways.smpp.wire.names import Status
from tenure.gateways.smpp.wire.pdu import Header
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Answer, How, No, Way, Whose, Yes
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Dropped, End, NoticeKind, State, Telling
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tenure.values.msisdn import Msisdn
from tests.gateways.smpp.centre import Centre, centre, smsc, taken, until
from tests.gateways.smpp.providing import ACCOUNT as PROVIDER
from tests.notices.crowd import FIRST, crowd

KH: Final = pack.load("smart-kh")
AT: Final = Instant(1_800_000_000_000 - 1_800_000_000_000 % DAY_MS + 4 * HOUR_MS)
"""Eleven in the morning in Phnom Penh."""


class Clock:
    """What time it is."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> Instant:
        """This instant."""
        return self.at


def telling(line: int, kind: NoticeKind = NoticeKind.SELFCARE_REPLY, **facts: str) -> Telling:
    given = {"text": f"Balance {line}"} | facts
    person_id = 1 + line // 2
    return Telling(Msisdn(str(FIRST + line)), person_id, "en", kind, given, AT)


@asynccontextmanager
async def gateway(pool: Pool, clock: Clock, *centres: Smsc) -> AsyncIterator[Gateway]:
    """The gateway over the database."""

    async def hear(heard: object) -> None:
        raise AssertionError(heard)

    source = Notices(pool, KH, clock.now)
    found = Gateway(Settings(centres), source, hear, None, clock.now)
    working = asyncio.create_task(found.run())
    try:
        yield found
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect again at once: a test has no minute."""
    monkeypatch.setattr(linking, "AGAIN_SECONDS", 0.02)


async def states(pool: Pool, ids: Sequence[int], at: Instant = AT) -> list[State]:
    """Where these notices are."""
    found = await perform(pool, notices.found, ids)
    return [notices.state(one, KH.terms, at) for one in sorted(found, key=lambda n: n.notice_id)]


async def test_notices_leave_and_their_receipts_are_on_record(
    owner: str, pool: Pool, tmp_path: Path
) -> None:
    crowd(owner, 40)
    clock = Clock()
    async with centre() as there:
        ids = await perform(pool, notices.tell, [telling(line) for line in range(1, 21)])
        async with gateway(pool, clock, smsc(there, tmp_path)) as ours:
            await until(lambda: ours.links[0].tally.handed == 20)
            for number, message in enumerate(there.submitted, 1):
                there.report(message, f"id{number}", "UNDELIV" if number == 3 else "DELIVRD")
            await until(lambda: there.has_answered(20))
    assert {status for _, status in there.answers} == {0}
    ends = await states(pool, ids)
    assert ends.count(State.DELIVERED) == 19
    sent = {message.destination.text: message.short_message for message in there.submitted}
    assert sent[str(FIRST + 7)] == b"Balance 7"


async def test_receipts_are_matched_after_a_restart(owner: str, pool: Pool, tmp_path: Path) -> None:
    crowd(owner, 20)
    clock = Clock()

    def hexadecimal(there: Centre, header: Header, message: Message) -> None:
        del message
        there.answer(header, f"{0xAB00 + len(there.submitted):X}")

    async with centre(hexadecimal) as there:
        ids = await perform(pool, notices.tell, [telling(1), telling(2)])
        async with gateway(pool, clock, smsc(there, tmp_path)) as ours:
            await until(lambda: ours.links[0].tally.handed == 2)
        assert await states(pool, ids) == [State.HANDED] * 2
        async with gateway(pool, clock, smsc(there, tmp_path)) as ours:
            await until(lambda: ours.links[0].can_send)
            there.report(there.submitted[1], str(0xAB02))
            await until(lambda: there.has_answered(1))
        assert await states(pool, ids) == [State.HANDED, State.DELIVERED]


async def test_useless_ids_are_matched_by_order_after_a_restart(
    owner: str, pool: Pool, tmp_path: Path
) -> None:
    crowd(owner, 20)
    clock = Clock()

    def nameless(there: Centre, header: Header, message: Message) -> None:
        del message
        there.answer(header, "msg_id_not_implemented")

    async with centre(nameless) as there:
        ids = await perform(pool, notices.tell, [telling(1), telling(2), telling(1)])
        settings = smsc(there, tmp_path, useless_ids=True)
        async with gateway(pool, clock, settings) as ours:
            await until(lambda: ours.links[0].tally.handed == 3)
        async with gateway(pool, clock, settings) as ours:
            await until(lambda: ours.links[0].can_send)
            there.report(there.submitted[0], "00000001")
            await until(lambda: there.has_answered(1))
        assert await states(pool, ids) == [State.DELIVERED, State.HANDED, State.HANDED]


async def test_what_a_cut_wire_leaves_unknown_is_decided_by_the_terms(
    owner: str, pool: Pool, tmp_path: Path
) -> None:
    crowd(owner, 20)
    clock = Clock()

    def deaf(there: Centre, header: Header, message: Message) -> None:
        del header, message
        if len(there.submitted) == 2:
            there.submit = taken
            there.cut()

    told = [telling(1), telling(2, NoticeKind.LOCK_SET)]
    async with centre(deaf) as there:
        ids = await perform(pool, notices.tell, told)
        async with gateway(pool, clock, smsc(there, tmp_path)) as ours:
            await until(lambda: ours.links[0].tally.binds == 2)
            await until(lambda: ours.reports.behind == 0)
            assert await states(pool, ids) == [State.HANDING] * 2
            assert len(there.submitted) == 2
            # A warning is told again once nobody answered for it; a reply to a keyword is not.
            clock.at = Instant(AT + HOUR_MS)
            await until(lambda: len(there.submitted) == 3)
            assert there.submitted[2].destination.text == str(FIRST + 2)


async def test_a_centre_that_takes_and_never_delivers_is_found_out_by_the_terms(
    owner: str, pool: Pool, tmp_path: Path
) -> None:
    crowd(owner, 20)
    clock = Clock()
    told = [telling(1), telling(2, NoticeKind.LOCK_SET)]
    async with centre() as there:
        ids = await perform(pool, notices.tell, told)
        async with gateway(pool, clock, smsc(there, tmp_path)) as ours:
            await until(lambda: ours.links[0].tally.handed == 2)
            await until(lambda: ours.reports.behind == 0)
            assert await states(pool, ids) == [State.HANDED] * 2
            clock.at = Instant(AT + HOUR_MS)
            await until(lambda: ours.links[0].tally.handed == 3)
            await until(lambda: ours.reports.behind == 0)
        assert await states(pool, ids, clock.at) == [State.FAILED, State.HANDED]
        # What comes in the end is still believed: it was the first attempt that arrived.
        assert there.submitted[2].destination.text == str(FIRST + 2)


async def test_what_a_centre_refuses_is_on_record(owner: str, pool: Pool, tmp_path: Path) -> None:
    crowd(owner, 20)

    def nobody(there: Centre, header: Header, message: Message) -> None:
        del message
        there.answer(header, status=Status.RINVDSTADR)

    async with centre(nobody) as there:
        ids = await perform(pool, notices.tell, [telling(1)])
        async with gateway(pool, Clock(), smsc(there, tmp_path)) as ours:
            await until(lambda: ours.links[0].tally.refused)
            await until(lambda: ours.reports.behind == 0)
        [notice] = await perform(pool, notices.found, ids)
    assert [one.end for one in notice.tries] == [End.UNREACHABLE]
    assert notice.sent_at is None


ACT: Final = Act("test", AT, bytes(32))
ACCOUNT: Final = Standing(marketing=True, purpose="offers")


async def agree(pool: Pool, person_id: int) -> None:
    """Somebody consents to offers."""
    whose = Whose(person_id, date(1990, 1, 31))
    yes = Yes(whose, person_id, ("offers",), How(Way.APP, "en"))
    answer = await perform(pool, consent.give, KH.terms, yes, ACT)
    assert isinstance(answer, Answer), answer


async def test_a_providers_text_needs_consent_twice(owner: str, pool: Pool, tmp_path: Path) -> None:
    crowd(owner, 20)
    await agree(pool, 2)
    await agree(pool, 3)
    clock = Clock()
    desk = Provided(pool, KH, clock.now)
    agreed, lapsed, never = (Msisdn(str(FIRST + line)) for line in (2, 4, 6))

    first = await desk.offer(Offered("news", agreed, "Sale"), ACCOUNT)
    second = await desk.offer(Offered("news", lapsed, "Sale"), ACCOUNT)
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert await desk.offer(Offered("news", never, "Sale"), ACCOUNT) is Turned.NO_SUCH_NUMBER
    nobody = Msisdn("85599999999")
    assert await desk.offer(Offered("news", nobody, "Sale"), ACCOUNT) is Turned.NO_SUCH_NUMBER
    assert await desk.offer(Offered("news", agreed, "ក" * 20_000), ACCOUNT) is Turned.TOO_LONG
    assert await desk.fates([first, second]) == []

    withdrawn = No(3, 3, How(Way.SHORT_CODE, "en"))
    await perform(pool, consent.withdraw, KH.terms, withdrawn, ACT)
    async with centre() as there, gateway(pool, clock, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].tally.handed == 1)
        there.report(there.submitted[0], "id1")
        await until(lambda: there.has_answered(1))
        assert [message.destination.text for message in there.submitted] == [agreed]
        fates = {one.message_id: one.outcome for one in await desk.fates([first, second, "x"])}
    assert fates == {first: Outcome.DELIVERED, second: Outcome.FAILED}
    [dropped] = await perform(pool, notices.found, [int(second)])
    assert dropped.dropped is Dropped.NO_CONSENT


async def test_a_service_text_of_a_provider_needs_consent_too(owner: str, pool: Pool) -> None:
    crowd(owner, 20)
    await agree(pool, 2)
    desk = Provided(pool, KH, Clock().now)
    account = Standing(marketing=False, purpose="offers")
    agreed, never = Msisdn(str(FIRST + 2)), Msisdn(str(FIRST + 6))
    found = await desk.offer(Offered("bank", agreed, "Your code is ready"), account)
    assert isinstance(found, str)
    [notice] = await perform(pool, notices.found, [int(found)])
    assert notice.telling.kind is NoticeKind.SELFCARE_REPLY
    assert await desk.offer(Offered("bank", never, "x"), account) is Turned.NO_SUCH_NUMBER


def test_a_purpose_that_nobody_can_agree_to_is_told_at_the_start() -> None:
    known = Settings(provider=(PROVIDER,))
    assert checked(known, KH) is known
    for purpose in ("offerings", "analysis"):
        wrong = msgspec.structs.replace(PROVIDER, purpose=purpose)
        with pytest.raises(UnusableError, match=r"provider news: .* is no purpose .* offers"):
            checked(Settings(provider=(wrong,)), KH)


def test_every_end_has_its_word() -> None:
    assert set(END_OF) == set(Outcome)
    assert set(OUTCOME_OF) == set(State)
