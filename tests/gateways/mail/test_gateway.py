"""Notices on a real PostgreSQL leave as letters: once, or tried again, or honestly unknown."""

import asyncio
import email
import email.policy
import logging
import uuid
from collections.abc import Callable, Iterator

import pytest

from tenure.gateways.mail.server.gateway import MailGateway
from tenure.gateways.mail.server.submission import NotOpened, Relay, Submission
from tenure.gateways.mail.translate import Stationery
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Channel,
    Dropped,
    Medium,
    Notice,
    NoticeKind,
    Route,
    State,
    Telling,
)
from tenure.promises.people import operations as people
from tenure.promises.people.model import Channel as Address
from tenure.promises.people.model import Contact
from tenure.terms import pack
from tenure.values.instant import MINUTE_MS, Instant
from tests.gateways.mail.postoffice import HANG_UP, PostOffice
from tests.notices import carrying
from tests.numbers.stocked import AT, KH, act, msisdn
from tests.people.settled import populated

SMART = pack.load("smart-kh")
TEXTS = Route(Medium.SMS, "texts", receipts=False, beside=frozenset({Medium.EMAIL}))
MAIL = Route(Medium.EMAIL, "mail", receipts=False, beside=frozenset({Medium.SMS}))
SENT = "Dara@example.com"
NOON = Instant(AT + 60 * MINUTE_MS)
Opened = Callable[..., MailGateway]


class Clock:
    """An instant that a test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> Instant:
        return self.at


@pytest.fixture
async def reached(pool: Pool) -> Pool:
    """Person 1 holds number 0 and nothing else, and can be reached by e-mail."""
    await populated(pool)
    key, by = bytes(range(32)), act("<holder>", AT)
    code = (1, Address.EMAIL, SENT, "12345678", key, str(uuid.UUID(int=7, version=4)))
    await perform(pool, people.addresses.propose, *code, by)
    confirmed = await perform(pool, people.addresses.confirm, 1, Address.EMAIL, "12345678", key, by)
    assert isinstance(confirmed, Contact)
    return pool


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(reached: Pool, relay: Relay, clock: Clock) -> Iterator[Opened]:
    """Opens another gateway to the same server, as after a restart; all are closed at the end."""
    made: list[MailGateway] = []

    def another(relay: Relay = relay) -> MailGateway:
        paper = Stationery(relay.sender, notices.wording(SMART), "https://mine.example", b"s" * 32)
        made.append(MailGateway(reached, KH, paper, Submission(relay), MAIL, clock.now))
        return made[-1]

    yield another
    for one in made:
        one.close()


async def tell(pool: Pool, count: int = 1, kind: NoticeKind = NoticeKind.TRANSFER_EFFECTED) -> None:
    """So many notices for person 1 that no number of theirs may have: they go by e-mail."""
    told = [Telling(msisdn(0), 1, "km", kind, {}, NOON, Channel.PERSON) for _ in range(count)]
    await perform(pool, notices.tell, told)
    await perform(pool, carrying.take, KH, NOON, TEXTS)


async def found(pool: Pool) -> list[Notice]:
    """All of them with their tries, the oldest first."""
    newest = await perform(pool, notices.newest, 1_000)
    mine = [one for one in newest if one.telling.channel is Channel.PERSON]
    return sorted(await perform(pool, notices.with_tries, mine), key=lambda one: one.notice_id)


async def until(happened: Callable[[], bool]) -> None:
    """Wait for it; half a minute at most."""
    for _ in range(3_000):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def state(notice: Notice, at: Instant) -> State:
    return notices.state(notice, KH, at)


async def test_a_notice_leaves_as_a_letter_and_there_is_proof(
    reached: Pool, opened: Opened, office: PostOffice
) -> None:
    await tell(reached)
    tally = await opened().deliver_all()
    assert tally.handed == 1

    [notice] = await found(reached)
    [received] = office.received
    letter = email.message_from_bytes(received.octets, policy=email.policy.default)
    assert received.to == SENT
    assert letter["Message-ID"] == f"<notice-{notice.notice_id}@tenure.example>"
    assert letter["Subject"].startswith("Smart Axiata៖ ")
    body = letter.get_content().replace("\r\n", "\n")
    assert body == notices.words(notices.wording(SMART), notice.telling) + "\n"
    [delivery] = notice.tries
    assert (delivery.medium, delivery.via, delivery.to) == (Medium.EMAIL, "mail", SENT)
    assert delivery.reference == f"notice-{notice.notice_id}@tenure.example"
    assert notice.sent_at == NOON
    assert state(notice, NOON) is State.HANDED
    assert (await opened().deliver_all()).handed == 0


async def test_many_go_over_one_connection(
    reached: Pool, opened: Opened, office: PostOffice
) -> None:
    await tell(reached, 120)
    assert (await opened().deliver_all()).handed == 120
    assert office.connections == 1
    numbers = [one.octets.split(b"\r\n")[0] for one in office.received]
    assert len(set(numbers)) == 120


SHUT = {
    "no TLS": ({"EHLO": ["250 post office"]}, "no STARTTLS"),
    "a wrong password": ({"AUTH": ["535 5.7.8 no"]}, "refuses our login"),
    "closed": ({"greeting": ["554 closed"]}, "greets with 554"),
}


@pytest.mark.parametrize(("script", "said"), SHUT.values(), ids=list(SHUT))
async def test_without_a_server_nothing_is_decided(
    reached: Pool,
    opened: Opened,
    office: PostOffice,
    script: dict[str, list[str]],
    said: str,
) -> None:
    await tell(reached)
    office.script = script
    gateway = opened()
    with pytest.raises(NotOpened, match=said):
        await gateway.deliver_all()
    [notice] = await found(reached)
    assert notice.tries == ()
    assert state(notice, NOON) is State.WAITING
    assert (await gateway.deliver_all()).handed == 1


async def test_what_the_server_refuses_for_now_is_tried_again(
    reached: Pool, opened: Opened, office: PostOffice, clock: Clock
) -> None:
    await tell(reached)
    office.script = {"RCPT": ["451 4.2.1 <x> later"]}
    gateway = opened()
    assert (await gateway.deliver_all()).refused == 1
    [notice] = await found(reached)
    assert notice.tries[0].reason == "reader 451 4.2.1"
    assert (await gateway.deliver_all()).handed == 0, "not before its time"
    clock.at = Instant(NOON + KH.notices["security"].again_ms[0])  # type: ignore[index]  # a StrEnum is its text
    assert (await gateway.deliver_all()).handed == 1
    assert office.received[0].to == SENT


async def test_an_address_that_never_works_ends_it(
    reached: Pool, opened: Opened, office: PostOffice, clock: Clock
) -> None:
    await tell(reached)
    office.script = {"RCPT": ["550 5.1.1 <x> unknown"]}
    gateway = opened()
    await gateway.deliver_all()
    clock.at = Instant(NOON + 60 * MINUTE_MS)
    await gateway.deliver_all()
    [notice] = await found(reached)
    assert notice.dropped is Dropped.UNDELIVERED
    assert office.received == []


async def test_of_a_letter_that_was_under_way_nobody_says_what_became_of_it(
    reached: Pool, opened: Opened, office: PostOffice, clock: Clock
) -> None:
    await tell(reached, 3)
    office.script = {"text": ["250 fine", "250 taken and hang up"]}
    gateway = opened()
    tally = await gateway.deliver_all()
    assert (tally.handed, tally.lost) == (2, 1)
    first, doubtful, last = await found(reached)
    assert [state(one, NOON) for one in (first, doubtful, last)] == [
        State.HANDED, State.HANDING, State.HANDED,
    ]  # fmt: skip
    # It must be told: after the wait it goes again, under the same name.
    clock.at = Instant(NOON + KH.notices["security"].receipt_wait_ms + 60 * MINUTE_MS)  # type: ignore[index]  # as above
    assert (await gateway.deliver_all()).handed == 1
    names = [one.octets.split(b"\r\n")[0] for one in office.received]
    assert names.count(f"Message-ID: <notice-{doubtful.notice_id}@tenure.example>".encode()) == 2


async def test_what_was_not_begun_when_the_server_went_waits_and_counts_as_no_try(
    reached: Pool, opened: Opened, office: PostOffice
) -> None:
    await tell(reached, 3)
    office.script = {"text": ["250 fine"], "MAIL": ["250 fine", "421 4.3.2 closing"]}
    office.script["greeting"] = ["220 fine", "554 closed", "554 closed"]
    gateway = opened()
    with pytest.raises(NotOpened):
        await gateway.deliver_all()
    first, second, third = await found(reached)
    assert state(first, NOON) is State.HANDED
    assert second.tries[0].reason == "sender 421 4.3.2"
    assert state(third, NOON) is State.WAITING
    assert (await gateway.deliver_all()).handed == 1


async def test_who_is_killed_after_the_commit_leaves_it_unknown(
    reached: Pool, opened: Opened, office: PostOffice
) -> None:
    await tell(reached)
    gateway = opened()
    dispatches = await perform(reached, gateway._take)
    assert len(dispatches) == 1
    assert (await opened().deliver_all()).handed == 0
    [notice] = await found(reached)
    assert state(notice, NOON) is State.HANDING
    assert office.received == []


async def test_who_is_stopped_finishes_the_letter_and_lets_the_rest_wait(
    reached: Pool, opened: Opened, office: PostOffice
) -> None:
    await tell(reached, 30)
    gateway = opened()
    running = asyncio.create_task(gateway.run())
    await until(lambda: bool(office.received))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    states = [state(one, NOON) for one in await found(reached)]
    assert State.HANDING not in states
    assert states.count(State.HANDED) == len(office.received)
    left = 30 - len(office.received)
    assert left
    assert (await opened().deliver_all()).handed == left


async def test_no_address_is_ever_logged(
    reached: Pool, opened: Opened, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    await tell(reached, 2)
    office.script = {
        "RCPT": [f"550 5.1.1 <{SENT}> unknown", f"451 4.2.1 <{SENT}> later"],
        "AUTH": [f"535 5.7.8 <{SENT}>", "235 ok"],
        "text": [HANG_UP],
    }
    gateway = opened()
    with caplog.at_level(logging.DEBUG):
        running = asyncio.create_task(gateway.run())
        await until(lambda: "no mail is handed over" in caplog.text)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await opened().deliver_all()
    assert "example.com" not in caplog.text
    assert SENT not in repr(await found(reached))
