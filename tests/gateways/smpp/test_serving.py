"""Content providers bind to us: who is let in, what is taken, and what is refused how."""

import asyncio
import logging

import msgspec
import pytest

from tenure.gateways.smpp.server import guest
from tenure.gateways.smpp.server.port import Offered, Standing, Turned
from tenure.gateways.smpp.server.settings import Provider
from tenure.gateways.smpp.translate.providing import NOT_SERVED, STATUS_OF, Refusal
from tenure.gateways.smpp.translate.receipts import Outcome
from tenure.gateways.smpp.wire.bodies import Address, Bind, Message
from tenure.gateways.smpp.wire.names import Command, Esm, Registered, State, Status
from tenure.gateways.smpp.wire.receipt import Receipt, receipt_of
from tests.gateways.smpp.centre import until
from tests.gateways.smpp.providing import ACCOUNT, Caller, Desk, serving, text
from tests.gateways.smpp.transcripts import SUBMIT, pdu


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password is answered soon: a test has no second."""
    monkeypatch.setattr(guest, "WRONG_SECONDS", 0.05)


async def test_a_provider_is_let_in_and_its_text_taken_after_the_commit() -> None:
    desk = Desk()
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        assert caller.bound
        desk.may_go_on.clear()
        caller.submit("a", text())
        await asyncio.sleep(0.1)
        assert caller.answers == {}
        desk.may_go_on.set()
        assert await caller.answered("a") == (0, "1001")
    [(offered, standing)] = desk.offered
    assert offered == Offered("news", offered.msisdn, "sale today")
    assert offered.msisdn == "85512345678"
    assert standing == Standing(marketing=True, purpose="offers")


REFUSED_BINDS = [
    ("a wrong password", Bind("news", "wrong"), ACCOUNT, Status.RINVPASWD),
    ("an unknown account", Bind("none", "secret"), ACCOUNT, Status.RINVPASWD),
    (
        "another network",
        Bind("news", "secret"),
        msgspec.structs.replace(ACCOUNT, networks=("192.0.2.0/24",)),
        Status.RBINDFAIL,
    ),
]


@pytest.mark.parametrize(
    ("name", "bind", "account", "status"), REFUSED_BINDS, ids=[row[0] for row in REFUSED_BINDS]
)
async def test_who_is_not_let_in(
    name: str, bind: Bind, account: Provider, status: Status, caplog: pytest.LogCaptureFixture
) -> None:
    del name
    async with serving(Desk(), account) as server:
        caller = await Caller().bind(server.port, bind)
        assert (caller.bound, caller.status) == (False, status)
        await until(lambda: caller.ended)
    assert f"ESME_{status.name}" in caplog.text
    assert "secret" not in caplog.text
    assert "wrong" not in caplog.text.replace("wrong password", "")


async def test_an_account_has_so_many_sessions_and_no_more() -> None:
    async with serving(Desk()) as server:
        callers = [await Caller().bind(server.port) for _ in range(3)]
        assert [one.bound for one in callers] == [True, True, False]
        assert callers[2].status == Status.RALYBND


async def test_who_says_nothing_is_shown_the_door() -> None:
    async with serving(Desk()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


REFUSED = [
    ("another's sender", text(source=Address("Police", 5, 0)), Refusal.SENDER),
    ("no number", text(destination=Address("Mony")), Refusal.NUMBER),
    ("for later", text(schedule_delivery_time="261123000000000+"), Refusal.SCHEDULED),
    ("no text", text(data_coding=4), Refusal.CODING),
    ("a header that is none", text(esm_class=0x40), Refusal.CODING),
]


@pytest.mark.parametrize(("name", "message", "why"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_what_is_refused(name: str, message: Message, why: Refusal) -> None:
    del name
    desk = Desk()
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        caller.submit("a", message)
        assert await caller.answered("a") == (STATUS_OF[why], "")
        assert server.counts[why.name] == 1
    assert desk.offered == []


@pytest.mark.parametrize("turned", Turned)
async def test_what_those_who_know_refuse(turned: Turned) -> None:
    desk = Desk()
    desk.turned = turned
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        caller.submit("a", text())
        assert (await caller.answered("a"))[0] == STATUS_OF[guest.WHY[turned]]


async def test_what_cannot_be_recorded_is_asked_for_again() -> None:
    desk = Desk()
    desk.broken = True
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        caller.submit("a", text())
        assert (await caller.answered("a"))[0] == Status.RSYSERR


async def test_who_is_too_fast_or_asks_too_much_at_once_is_told() -> None:
    desk = Desk()
    slow = msgspec.structs.replace(ACCOUNT, per_second=5, window=3)
    async with serving(desk, slow) as server:
        caller = await Caller().bind(server.port)
        desk.may_go_on.clear()
        for name in "abcde":
            caller.submit(name, text())
        assert (await caller.answered("d"))[0] == Status.RMSGQFUL
        desk.may_go_on.set()
        assert (await caller.answered("c"))[0] == 0
        for name in "fghijkl":
            caller.submit(name, text())
        await until(lambda: len(caller.answers) == 12)
        assert Status.RTHROTTLED in {status for status, _ in caller.answers.values()}


@pytest.mark.parametrize("command", NOT_SERVED)
async def test_what_was_promised_is_neither_asked_for_nor_taken_back(command: Command) -> None:
    async with serving(Desk()) as server:
        caller = await Caller().bind(server.port)
        caller.submit("a", text(), command)
        assert (await caller.answered("a"))[0] == NOT_SERVED[command]
        caller.submit("b", text())
        assert (await caller.answered("b"))[0] == 0


async def test_wrong_lengths_are_answered_and_the_others_go_on() -> None:
    desk = Desk()
    async with serving(desk) as server:
        first, second = await Caller().bind(server.port), await Caller().bind(server.port)
        first.conversation.send(pdu(0x0F0F, 900) + pdu(4, 901, SUBMIT[16:-1]) + b"\0\0\0\1")
        await until(lambda: first.ended)
        second.submit("a", text())
        assert (await second.answered("a"))[0] == 0


async def test_parts_are_one_text_and_each_has_its_receipt() -> None:
    desk = Desk()
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        for number, said in ((2, "ទៀត"), (1, "សួស្តី")):
            octets = bytes([5, 0, 3, 9, 2, number]) + said.encode("utf-16-be")
            message = text(octets, esm_class=Esm.UDHI, data_coding=8, registered_delivery=1)
            caller.submit(str(number), message)
        assert await caller.answered("1") == (0, "1001-1")
        assert await caller.answered("2") == (0, "1001-2")
        desk.end("1001", Outcome.DELIVERED)
        await until(lambda: len(caller.delivered) == 2)
    named = {receipt_of(message).message_id for message in caller.delivered}
    assert named == {"1001-1", "1001-2"}
    assert [one.text for one, _ in desk.offered] == ["សួស្តីទៀត"]


async def test_parts_whose_sender_left_count_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    narrow = msgspec.structs.replace(ACCOUNT, window=2)
    async with serving(desk, narrow) as server:
        for _ in range(3):
            caller = await Caller().bind(server.port)
            octets = bytes([5, 0, 3, 9, 2, 1]) + b"\0x"
            caller.submit("a", text(octets, esm_class=Esm.UDHI, data_coding=8))
            await asyncio.sleep(0.05)
            caller.conversation.abort()
            await until(lambda: not server._house.guests)
        monkeypatch.setattr("tenure.gateways.smpp.server.joining.HOLD_SECONDS", 0.05)
        again = await Caller().bind(server.port)
        for number in (1, 2):
            octets = bytes([5, 0, 3, 8, 2, number]) + b"\0x"
            again.submit(str(number), text(octets, esm_class=Esm.UDHI, data_coding=8))
            assert (await again.answered(str(number)))[0] == 0
    assert [one.text for one, _ in desk.offered] == ["xx"]


async def test_a_payload_of_1600_characters() -> None:
    desk = Desk()
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        said = "ស្រុកខ្មែរ👍 " * 100
        caller.submit("a", text(b"", data_coding=8, tlvs={0x0424: said.encode("utf-16-be")}))
        assert (await caller.answered("a"))[0] == 0
    assert [one.text for one, _ in desk.offered] == [said]


async def test_a_provider_hears_of_the_end_if_it_asked() -> None:
    desk = Desk()
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        wanted = (Registered.ALWAYS, Registered.FAILURE, Registered.FAILURE, Registered.NO)
        for place, registered in enumerate(wanted):
            caller.submit(str(place), text(registered_delivery=registered))
            assert (await caller.answered(str(place)))[0] == 0
        ends = (Outcome.DELIVERED, Outcome.DELIVERED, Outcome.EXPIRED, Outcome.FAILED)
        for place, end in enumerate(ends, 1_001):
            desk.end(str(place), end)
        await until(lambda: len(caller.delivered) == 2)
        await asyncio.sleep(0.6)
    receipts = [receipt_of(message) for message in caller.delivered]
    assert receipts == [
        Receipt("1001", None, State.DELIVERED, "000"),
        Receipt("1003", None, State.EXPIRED, "000"),
    ]
    assert {one.destination.text for one in caller.delivered} == {"8888"}
    assert {one.source.text for one in caller.delivered} == {"85512345678"}


async def test_who_left_before_the_answer_and_submits_again_gets_the_same_id() -> None:
    desk = Desk()
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        desk.may_go_on.clear()
        caller.submit("a", text())
        await asyncio.sleep(0.1)
        caller.conversation.abort()
        await until(lambda: caller.ended)
        await asyncio.sleep(0.05)
        desk.may_go_on.set()
        again = await Caller().bind(server.port)
        again.submit("b", text())
        assert await again.answered("b") == (0, "1001")
        again.submit("c", text())
        assert await again.answered("c") == (0, "1002")
    assert len(desk.offered) == 2


async def test_a_receiver_gets_what_a_transmitter_asked_for() -> None:
    desk = Desk()
    async with serving(desk) as server:
        sender = await Caller().bind(server.port, kind=Command.BIND_TRANSMITTER)
        receiver = await Caller().bind(server.port, kind=Command.BIND_RECEIVER)
        sender.submit("a", text(registered_delivery=1))
        await sender.answered("a")
        desk.end("1001", Outcome.DELIVERED)
        await until(lambda: receiver.delivered)
    assert sender.delivered == []


async def test_nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = Desk()
    async with serving(desk) as server:
        caller = await Caller().bind(server.port)
        caller.submit("a", text())
        await caller.answered("a")
        desk.broken = True
        caller.submit("b", text())
        await caller.answered("b")
    for secret in ("85512345678", "sale today", "secret"):
        assert secret not in caplog.text
