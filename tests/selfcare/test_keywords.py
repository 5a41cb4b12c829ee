"""Texts to short numbers: what is done, what is told, and that it is told and done once."""

import asyncio

import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging.model import Ask, Request
from tenure.promises.consent import operations as consent
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import ReportLost
from tenure.promises.numbers.model.requests import Kind, Outcome
from tenure.promises.tariffs.model import Direction, Service
from tenure.selfcare import operations as selfcare
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.msisdn import Msisdn
from tests.numbers.asked import CHILD, LATER, asked, populated, wanted
from tests.numbers.stocked import AT, sell
from tests.numbers.stocked import act as staff_act
from tests.selfcare.given import (
    ADA,
    DESK,
    ENDS,
    FUNDS,
    NUMBER,
    act,
    answered,
    begun,
    cards,
    dialled,
    funds,
    has,
    held,
    said,
    texted,
    told,
    whole,
)

MACHINE = Msisdn("85599999999")


async def test_a_balance_is_told_by_a_notice(pool: Pool) -> None:
    await held(pool)
    reply = await texted(pool, "BAL")
    assert reply is not None
    assert reply.text == said("say-balance", funds="$5.00", until=ENDS)
    [notice] = await told(pool)
    assert notice.notice_id == reply.notice_id
    assert notice.telling.kind is NoticeKind.SELFCARE_REPLY
    assert notice.telling.facts["text"] == reply.text
    assert notice.telling.person_id == 1


async def test_the_same_message_twice_has_one_effect_and_one_answer(pool: Pool) -> None:
    await held(pool)
    first = await texted(pool, "BAL", message_id="smsc 7")
    again = await texted(pool, "BAL", message_id="smsc 7", at=Instant(AT + 5))
    assert first is not None
    assert again is not None
    assert (again.text, again.notice_id, again.repeated) == (first.text, first.notice_id, True)
    assert len(await told(pool)) == 1
    assert "smsc 7" not in str(dict((await told(pool))[0].telling.facts))


async def test_the_same_message_at_the_same_time(pool: Pool) -> None:
    await held(pool)
    [pin] = await cards(pool)
    await asyncio.gather(*(texted(pool, f"TOPUP {pin}", message_id="m") for _ in range(5)))
    await asyncio.gather(*(texted(pool, "BAL", message_id="n") for _ in range(5)))
    assert await funds(pool) == FUNDS + 2_000_000
    replies = [one for one in await told(pool) if one.telling.facts.get("asked") == "balance"]
    assert len(replies) == 1


async def test_a_card_by_text_is_told_once(pool: Pool) -> None:
    await held(pool)
    [pin] = await cards(pool)
    reply = await texted(pool, f"topup {pin}")
    assert reply is not None
    assert "$2.00" in reply.text
    assert [one.telling.kind for one in await told(pool)] == [NoticeKind.TOPUP_RECEIVED]
    assert await funds(pool) == FUNDS + 2_000_000


async def test_nobody_knows_what_is_meant_so_many_times_an_hour(pool: Pool) -> None:
    await held(pool)
    most = DESK.menus.unknown_per_hour
    texts = ["hello", "", "😀", "x" * 1_600, "ВАL", "BALL", "?"]
    replies = [await texted(pool, text, at=Instant(AT + index)) for index, text in enumerate(texts)]
    assert [reply is not None for reply in replies] == [True] * most + [False] * (len(texts) - most)
    assert replies[0] is not None
    assert replies[0].text == said("say-unknown-word")
    assert "BAL" in replies[0].text
    known = await texted(pool, "BAL", at=Instant(AT + 99))
    assert known is not None
    assert await texted(pool, "hello", at=Instant(AT + HOUR_MS + 99)) is not None


async def test_two_machines_do_not_talk_for_ever(pool: Pool) -> None:
    """A machine that writes a known word all the time is soon answered no more; it still works."""
    await held(pool)
    most = DESK.menus.replies_per_hour
    replies = [await texted(pool, "BAL", at=Instant(AT + index)) for index in range(most + 3)]
    assert sum(reply is not None for reply in replies) == most
    [pin] = await cards(pool)
    await texted(pool, f"TOPUP {pin}", at=Instant(AT + most + 5))
    assert await funds(pool) == FUNDS + 2_000_000


async def test_nobody_s_number_is_not_answered(pool: Pool) -> None:
    await held(pool)
    assert await texted(pool, "BAL", by=MACHINE) is None
    assert await texted(pool, "STOP", by=MACHINE, to="1204") is None


@pytest.mark.parametrize("text", ["STOP", "", "😀", "ឈប់", "anything at all"])
async def test_any_text_to_1204_ends_direct_marketing(pool: Pool, text: str) -> None:
    await held(pool)
    await dialled(pool, "*888#", "4", "1", "1")
    at = Instant(AT + 1)
    reply = await texted(pool, text, to="1204", at=at)
    assert reply is not None
    assert reply.text == said("say-marketing-ended")
    stands = await perform(pool, consent.overview, DESK.terms, 1, at)
    assert not any(stand.open for stand in stands if stand.purpose.direct_marketing)
    again = await texted(pool, text, to="1204", at=Instant(AT + 2))
    assert again is not None
    assert again.text == reply.text


async def test_a_call_to_1204_ends_direct_marketing_once(pool: Pool) -> None:
    await held(pool)
    await dialled(pool, "*888#", "4", "1", "1")
    at = Instant(AT + 1)
    asks = [_call(request, "1204") for request in (Request.INITIAL, Request.TERMINATE)]
    for ask in asks:
        assert selfcare.ends_marketing(DESK, ask)
        phone = Msisdn(ask.msisdn)
        assert await perform(pool, selfcare.called, DESK, phone, ask.key, act(at)) is not None
    stands = await perform(pool, consent.overview, DESK.terms, 1, at)
    assert not any(stand.open for stand in stands if stand.purpose.direct_marketing)
    kinds = [one.telling.kind for one in await told(pool)]
    assert kinds == [NoticeKind.SELFCARE_REPLY, NoticeKind.CONSENT_GIVEN]


def _call(request: Request, to: str, service: Service = Service.VOICE) -> Ask:
    return Ask(request, "session 1", 0, AT, service, Direction.OUT, msisdn=str(ADA), other_party=to)


@pytest.mark.parametrize(
    "ask",
    [
        _call(Request.INITIAL, "888"),
        _call(Request.INITIAL, "12040"),
        _call(Request.UPDATE, "1204"),
        _call(Request.DEBIT, "1204", Service.SMS),
    ],
)
def test_other_calls_end_nothing(ask: Ask) -> None:
    assert not selfcare.ends_marketing(DESK, ask)


async def test_stop_stops_what_is_asked_about_the_number_and_advertising(pool: Pool) -> None:
    await populated(pool)
    progress = await asked(pool)
    reply = await texted(pool, "stop", at=Instant(LATER + 1))
    assert reply is not None
    assert reply.text.split("\n") == [
        said("say-stopped", number=NUMBER),
        said("say-marketing-ended"),
    ]
    ended = await perform(
        pool, numbers.requests.progress, DESK.terms, progress.request.request_id, LATER
    )
    assert ended.ending is not None  # type: ignore[union-attr]  # it was found
    assert ended.ending.outcome is Outcome.STOPPED  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", [Kind.TRANSFER, Kind.SIM])
async def test_what_is_asked_is_named_and_stopped_from_the_menu(pool: Pool, kind: Kind) -> None:
    await populated(pool)
    await asked(pool, wanted(kind=kind))
    at = Instant(LATER + 1)
    shown = await begun(pool, "*888*3*2#", at=at)
    name = {Kind.TRANSFER: "ask-stop-transfer", Kind.SIM: "ask-stop-sim"}[kind]
    assert has(await whole(pool, shown), name, number=NUMBER)
    assert shown.session is not None
    done = await whole(pool, await answered(pool, shown.session, "1", at=at))
    assert has(done, "say-stopped", number=NUMBER)
    assert await perform(pool, numbers.requests.open_of, ADA) is None
    again = await whole(pool, await answered(pool, shown.session, "1", at=at))
    assert has(again, "say-nothing-to-stop", number=NUMBER)


async def test_a_lock_by_text(pool: Pool) -> None:
    await held(pool)
    reply = await texted(pool, "LOCK")
    assert reply is not None
    assert await perform(pool, numbers.requests.lock_of, DESK.terms, ADA, AT) is not None
    assert [one.telling.kind for one in await told(pool)] == [NoticeKind.LOCK_SET]
    again = await texted(pool, "lock", at=Instant(AT + 1))
    assert again is not None
    assert again.text == said("say-locked-already", number=NUMBER)


async def test_a_lost_sim_can_neither_stop_nor_lock(pool: Pool) -> None:
    """Whoever found it must not keep the holder from a new SIM."""
    await held(pool)
    await perform(pool, numbers.change, ADA, ReportLost(), act())
    for text in ("LOCK", "STOP", "BAL"):
        reply = await texted(pool, text)
        assert reply is not None
        assert reply.text == said("say-lost")
    assert await perform(pool, numbers.requests.lock_of, DESK.terms, ADA, AT) is None


async def test_language_by_text(pool: Pool) -> None:
    await held(pool)
    reply = await texted(pool, "LANG english")
    assert reply is not None
    assert reply.text == said("say-language", "en")
    balance, klingon = await texted(pool, "bal"), await texted(pool, "LANG klingon")
    assert balance is not None
    assert klingon is not None
    assert balance.language == "en"
    assert klingon.text == said("say-help", "en")
    assert "LANG en" in klingon.text


async def test_a_minor_says_no_alone_and_yes_only_with_a_guardian(pool: Pool) -> None:
    await populated(pool)
    sold = sell(1, holder_id=CHILD)
    await perform(pool, numbers.holding.activate, DESK.terms, sold, staff_act(at=LATER))
    at = Instant(LATER + 1)
    shown = await begun(pool, "*888*4*1#", phone=sold.msisdn, at=at)
    assert shown.session is not None
    refused = await whole(pool, await answered(pool, shown.session, "1", at=at))
    assert has(refused, "say-guardian")
    stands = await perform(pool, consent.overview, DESK.terms, CHILD, at)
    assert not any(stand.open for stand in stands)
    ended = await texted(pool, "anything", to="1204", by=sold.msisdn, at=at)
    assert ended is not None
    assert ended.text == said("say-marketing-ended")
