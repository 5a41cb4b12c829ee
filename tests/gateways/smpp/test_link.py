"""Our binds against a message centre that does everything wrong that centres do."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tenure.gateways.smpp.server import link as linking
from tenure.gateways.smpp.server.gateway import Gateway
from tenure.gateways.smpp.server.settings import Kind, Settings, Smsc
from tenure.gateways.smpp.wire.bodies import Address, Message
from tenure.gateways.smpp.wire.names import Esm, Status, Tag
from tenure.gateways.smpp.wire.pdu import Header
from tenure.gateways.smpp.wire.writing import number_tlv
from tenure.values.instant import Instant
from tests.gateways.smpp.centre import Centre, centre, sent_by, smsc, taken, until
from tests.gateways.smpp.listing import Listing
from tests.gateways.smpp.transcripts import pdu

NOW = Instant(1_795_330_000_000)


@asynccontextmanager
async def gateway(listing: Listing, *centres: Smsc) -> AsyncIterator[Gateway]:
    """A gateway at work, until the end of the block."""
    found = Gateway(Settings(centres), listing, listing.hear, None, lambda: NOW)
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


async def test_texts_are_submitted_and_their_ends_reported(tmp_path: Path) -> None:
    listing = Listing(["Balance 10", "សមតុល្យ ១០", "ក" * 100])
    async with centre() as there, gateway(listing, smsc(there, tmp_path)):
        await until(lambda: len(listing.taken) == 3)
        assert listing.taken == {1: "id1", 2: "id2", 3: "id4"}
        assert [one.data_coding for one in there.submitted] == [0, 8, 8, 8]
        assert {one.source.text for one in there.submitted} == {"888"}
        tokens = [
            there.report(there.submitted[0], "id1"),
            there.report(there.submitted[3], "id4", "EXPIRED"),
        ]
        await until(lambda: len(there.answers) == 2)
        assert there.answers == [(token, 0) for token in tokens]
    assert listing.ends == {"id1": "DELIVERED", "id4": "EXPIRED"}


async def test_a_wrong_password_is_told_once_and_nobody_hammers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listing = Listing(["a"])
    async with centre() as there:
        there.password = "other"
        async with gateway(listing, smsc(there, tmp_path)) as ours:
            await until(lambda: ours.links[0].tally.trouble)
            await asyncio.sleep(0.5)
    assert there.binds == ["tenure"]
    [told] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert "ESME_RINVPASWD; look at system_id and password_file" in told.getMessage()
    assert "secret" not in caplog.text
    assert listing.taken == {}
    assert len(listing.waiting) == 1


async def test_a_centre_that_closes_mid_window_leaves_unknown_what_it_heard(tmp_path: Path) -> None:
    listing = Listing([str(number) for number in range(200)])

    def five(there: Centre, header: Header, message: Message) -> None:
        if len(there.submitted) <= 5:
            taken(there, header, message)
        elif len(there.submitted) == 10:
            there.submit = taken
            there.cut()

    async with centre(five) as there, gateway(listing, smsc(there, tmp_path, window=10)) as ours:
        await until(lambda: len(listing.taken) + 10 >= 200 and not listing.waiting)
        await until(lambda: ours.links[0].tally.handed == len(listing.taken) == 190)
        assert ours.links[0].tally.binds == 2
    # Ten had been written when the wire was cut; nobody knows of them, and none of them goes twice.
    heard = [one.short_message for one in there.submitted]
    assert len(heard) == len(set(heard))
    unknown = set(listing.given) - set(listing.taken)
    assert len(unknown) == 10
    assert not unknown & set(listing.returned)
    assert set(listing.returned) <= set(listing.taken)


async def test_who_throttles_gets_everything_in_the_end(tmp_path: Path) -> None:
    listing = Listing([str(number) for number in range(60)])

    def slow(there: Centre, header: Header, message: Message) -> None:
        turn = len(there.submitted) % 3
        if turn:
            taken(there, header, message)
        else:
            there.answer(header, status=Status.RTHROTTLED if turn % 2 else Status.RMSGQFUL)

    async with centre(slow) as there, gateway(listing, smsc(there, tmp_path, window=10)) as ours:
        await until(lambda: len(listing.taken) == 60)
        assert ours.links[0].tally.throttled > 0
    assert listing.refused == []
    assert listing.returned == []


async def test_a_centre_that_never_answers_is_left(tmp_path: Path) -> None:
    listing = Listing(["a", "b"])

    def deaf_once(there: Centre, header: Header, message: Message) -> None:
        if len(there.submitted) > 1:
            taken(there, header, message)

    async with centre(deaf_once) as there:
        slow = smsc(there, tmp_path, window=1, response_seconds=1)
        async with gateway(listing, slow) as ours:
            await until(lambda: listing.taken)
            assert ours.links[0].tally.binds == 2
    assert listing.returned == [2]
    assert set(listing.taken) == {2}


async def test_another_centre_takes_over_and_gives_back(tmp_path: Path) -> None:
    listing = Listing()
    async with centre() as first, centre() as second:
        both = (
            smsc(first, tmp_path, "first"),
            smsc(second, tmp_path, "second", preference=1),
        )
        async with gateway(listing, *both) as ours:
            await until(lambda: all(link.can_send for link in ours.links))
            listing.waiting = Listing([str(number) for number in range(20)]).waiting
            await until(lambda: len(listing.taken) == 20)
            assert set(listing.via.values()) == {"first"}
            port = first.port
            await first.stop()
            await until(lambda: not ours.links[0].can_send)
            listing.waiting = [
                msgspec.structs.replace(one, delivery_id=one.delivery_id + 20)
                for one in Listing(["x"] * 20).waiting
            ]
            await until(lambda: len(listing.taken) == 40)
            assert {listing.via[number] for number in range(21, 41)} == {"second"}
            await first.start(port)
            await until(lambda: ours.links[0].can_send)
            listing.waiting = [
                msgspec.structs.replace(one, delivery_id=one.delivery_id + 40)
                for one in Listing(["y"] * 20).waiting
            ]
            await until(lambda: len(listing.taken) == 60)
            assert {listing.via[number] for number in range(41, 61)} == {"first"}


async def test_a_receiver_hears_of_what_a_transmitter_sent(tmp_path: Path) -> None:
    listing = Listing(["a", "b"])
    async with centre() as there:
        pair = (
            smsc(there, tmp_path, "out", bind=Kind.TRANSMITTER),
            smsc(there, tmp_path, "in", bind=Kind.RECEIVER, receipts_of="out"),
        )
        async with gateway(listing, *pair) as ours:
            await until(lambda: len(listing.taken) == 2)
            await until(lambda: ours.links[1].tally.bound)
            assert [link.can_send for link in ours.links] == [True, False]
            there.report(there.submitted[1], "id2")
            there.deliver(sent_by("85512345678", "BAL"))
            await until(lambda: len(there.answers) == 2)
    assert set(listing.via.values()) == {"out"}
    assert listing.ends == {"id2": "DELIVERED"}
    assert [one.text for one in listing.heard] == ["BAL"]


async def test_phones_of_this_country_may_leave_its_code_out(tmp_path: Path) -> None:
    listing = Listing()
    async with centre() as there:
        settings = smsc(there, tmp_path, country_code="855")
        async with gateway(listing, settings) as ours:
            await until(lambda: ours.links[0].can_send)
            there.deliver(Message(Address("012345678", 2, 1), Address("888"), b"BAL"))
            await until(lambda: there.answers)
    assert [one.msisdn for one in listing.heard] == ["85512345678"]


async def test_a_text_in_data_sm_is_heard_too(tmp_path: Path) -> None:
    listing = Listing()
    fields = b"\0" + b"\1\1" + b"85512345678\0" + b"\1\1" + b"888\0" + b"\0\0\0"
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        there.conversations[0].send(pdu(0x103, 77, fields + b"\x04\x24\0\3BAL"))
        await until(lambda: listing.heard)
    assert [one.text for one in listing.heard] == ["BAL"]


async def test_useless_ids_are_matched_by_reference_and_by_order(tmp_path: Path) -> None:
    listing = Listing(["a", "b", "c"])

    def nameless(there: Centre, header: Header, message: Message) -> None:
        del message
        there.answer(header, "msg_id_not_implemented")

    async with centre(nameless) as there, gateway(listing, smsc(there, tmp_path)):
        await until(lambda: len(listing.taken) == 3)
        assert len(set(listing.taken.values())) == 3
        [one, two, three] = there.submitted
        there.deliver(
            Message(
                two.destination,
                two.source,
                b"id:0 stat:UNDELIV err:001",
                esm_class=Esm.RECEIPT,
                tlvs=number_tlv(Tag.USER_MESSAGE_REFERENCE, reference_of(two)),
            )
        )
        await until(lambda: len(listing.ends) == 1)
        for message in (one, three):
            there.report(message, "msg_id_not_implemented")
        await until(lambda: len(listing.ends) == 3)
    assert listing.ends == {
        listing.taken[2]: "FAILED",
        listing.taken[1]: "DELIVERED",
        listing.taken[3]: "DELIVERED",
    }


def reference_of(message: Message) -> int:
    """The reference that we gave a message."""
    return int.from_bytes(message.tlvs[Tag.USER_MESSAGE_REFERENCE])


async def test_receipts_for_nobody_are_answered_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenure.gateways.smpp.server.reports.EARLY_SECONDS", 0.2)
    monkeypatch.setattr("tenure.gateways.smpp.server.reports.AGAIN_SECONDS", 0.05)
    listing = Listing(["a"])
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: listing.taken)
        token = there.report(there.submitted[0], "never-heard-of")
        await until(lambda: there.answers)
        assert there.answers == [(token, 0)]
        await until(lambda: ours.reports.unmatched == 1)
        there.report(there.submitted[0], "id1")
        there.report(there.submitted[0], "id1", "UNDELIV")
        await until(lambda: len(there.answers) == 3)
    assert listing.ends == {"id1": "DELIVERED"}


async def test_what_cannot_be_recorded_is_kept_and_told_later(tmp_path: Path) -> None:
    listing = Listing(["a", "b"])
    listing.down = True
    async with centre() as there, gateway(listing, smsc(there, tmp_path)):
        await until(lambda: len(there.submitted) == 2)
        token = there.report(there.submitted[0], "id1")
        await until(lambda: there.answers)
        # It is not on record: the centre is to say it again.
        assert there.answers == [(token, Status.RX_T_APPN)]
        listing.down = False
        await until(lambda: len(listing.taken) == 2)
        there.report(there.submitted[0], "id1")
        await until(lambda: listing.ends)
    assert listing.taken == {1: "id1", 2: "id2"}


async def test_phones_are_heard_and_answered_after_the_commit(tmp_path: Path) -> None:
    listing = Listing()
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        there.deliver(sent_by("85512345678", "BAL"))
        there.deliver(Message(Address("85512345678"), Address("888"), b"STOP", 1, 1))
        there.deliver(Message(Address("+85587654321"), Address("1204"), b"\x1b\x65", 0))
        await until(lambda: len(there.answers) == 3)
        assert {status for _, status in there.answers} == {0}
    said = sorted((str(one.msisdn), one.short_code, one.text) for one in listing.heard)
    assert said == [
        ("85512345678", "888", "BAL"),
        ("85512345678", "888", "STOP"),
        ("85587654321", "1204", "€"),
    ]


async def test_a_phone_that_could_not_be_heard_is_heard_again_under_the_same_name(
    tmp_path: Path,
) -> None:
    listing = Listing()
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        listing.down = True
        first = there.deliver(sent_by("85512345678", "BAL"))
        await until(lambda: there.answers == [(first, Status.RX_T_APPN)])
        listing.down = False
        for text in ("BAL", "BAL", "STOP"):
            there.deliver(sent_by("85512345678", text))
        await until(lambda: len(there.answers) == 4)
    names = {one.text: set[str]() for one in listing.heard}
    for one in listing.heard:
        names[one.text].add(one.message_id)
    assert [len(found) for found in names.values()] == [1, 1]
    assert names["BAL"] != names["STOP"]


async def test_parts_of_a_phones_text_are_answered_together(tmp_path: Path) -> None:
    listing = Listing()
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        for number, text in ((2, "ទៀត"), (1, "សួស្តី")):
            octets = bytes([5, 0, 3, 9, 2, number]) + text.encode("utf-16-be")
            there.deliver(Message(Address("85512345678"), Address("888"), octets, 8, Esm.UDHI))
            if number == 2:
                await asyncio.sleep(0.1)
                assert there.answers == []
        await until(lambda: len(there.answers) == 2)
    [heard] = listing.heard
    assert heard.text == "សួស្តីទៀត"


async def test_a_part_alone_is_answered_before_the_centre_loses_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenure.gateways.smpp.server.joining.HOLD_SECONDS", 0.05)
    listing = Listing()
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        for number in (1, 2):
            octets = bytes([5, 0, 3, 9, 2, number]) + b"\0x"
            there.deliver(Message(Address("85512345678"), Address("888"), octets, 8, Esm.UDHI))
            await until(partial(there.has_answered, number))
    assert [one.text for one in listing.heard] == ["xx"]


async def test_what_is_no_text_or_nobodys_is_answered_and_not_heard(tmp_path: Path) -> None:
    listing = Listing()
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        picture = there.deliver(Message(Address("85512345678"), Address("888"), b"\1\2", 4))
        named = there.deliver(Message(Address("Bank", 5, 0), Address("888"), b"win", 0))
        await until(lambda: len(there.answers) == 2)
        assert dict(there.answers) == {picture: Status.RX_R_APPN, named: Status.ROK}
    assert listing.heard == []


async def test_wrong_lengths_and_unknown_commands_are_answered(tmp_path: Path) -> None:
    listing = Listing()
    async with centre() as there, gateway(listing, smsc(there, tmp_path)) as ours:
        await until(lambda: ours.links[0].can_send)
        [wire] = there.conversations
        wire.send(pdu(0x0F0F, 7) + pdu(5, 8, b"\0"))
        await until(lambda: ours.links[0]._noted)
        assert ours.links[0].can_send
        wire.send(b"\0\0\0\3")
        await until(lambda: ours.links[0].tally.binds == 2)


async def test_a_text_that_no_message_can_carry_is_refused(tmp_path: Path) -> None:
    listing = Listing(["ក" * 20_000, "a"])
    async with centre() as there, gateway(listing, smsc(there, tmp_path)):
        await until(lambda: listing.taken and listing.refused)
    [refused] = listing.refused
    assert (refused.delivery_id, refused.permanent) == (1, True)


async def test_who_stops_answers_what_was_asked_and_says_goodbye(tmp_path: Path) -> None:
    listing = Listing([str(number) for number in range(500)])
    waiting: list[Header] = []

    def late(there: Centre, header: Header, message: Message) -> None:
        del message
        waiting.append(header)
        if len(waiting) == 10:
            for one in waiting:
                asyncio.get_running_loop().call_later(0.1, there.answer, one, str(one.sequence))

    async with centre(late) as there:
        async with gateway(listing, smsc(there, tmp_path, window=10)) as ours:
            await until(lambda: len(waiting) == 10)
            assert ours.links[0].can_send
        assert len(listing.taken) == 10
        assert there.conversations == []
    assert set(listing.returned) == set(listing.given) - set(listing.taken)


@pytest.mark.parametrize("cuts", [(3, 9, 20), (1, 2, 4, 8), (50,)])
async def test_no_text_is_lost_or_sent_twice_whenever_the_wire_is_cut(
    tmp_path: Path, cuts: Sequence[int]
) -> None:
    listing = Listing([str(number) for number in range(120)])

    def fragile(there: Centre, header: Header, message: Message) -> None:
        taken(there, header, message)
        if len(there.submitted) in cuts:
            there.cut()

    async with centre(fragile) as there, gateway(listing, smsc(there, tmp_path, window=7)) as ours:
        await until(lambda: not listing.waiting and ours.links[0]._outbox.is_empty)
        await until(lambda: ours.reports.behind == 0)
    heard = [one.short_message for one in there.submitted]
    assert len(heard) == len(set(heard)), "nothing is sent twice"
    unknown = set(listing.given) - set(listing.taken)
    assert len(unknown) <= 7 * len(cuts), "at most a window is unknown each time"
    assert set(listing.given) == set(range(1, 121)), "nothing is left behind"
