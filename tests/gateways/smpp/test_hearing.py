"""The same word twice: a repeat of the message centre, or a phone that says it again."""

import pytest

from tenure.gateways.smpp.server.hearing import Hearing
from tenure.gateways.smpp.server.port import Heard
from tenure.gateways.smpp.wire.bodies import Address, Message
from tenure.gateways.smpp.wire.names import Esm, Status, Tag
from tenure.gateways.smpp.wire.parts import parts_of
from tenure.gateways.smpp.wire.writing import number_tlv
from tenure.values.instant import MINUTE_MS, Instant

PHONE, CODE = Address("85512345678", 1, 1), Address("888", 3, 0)
START = Instant(1_800_000_000_000)


class Desk:
    """Whoever hears, with a clock."""

    def __init__(self) -> None:
        self.at, self.heard, self.answers = START, list[Heard](), list[Status]()
        self.hearing = Hearing("main", "855", self._hear, lambda: self.at)

    async def _hear(self, heard: Heard) -> None:
        self.heard.append(heard)

    async def says(self, message: Message) -> str:
        """What a text is called."""
        self.hearing.message(message, self.answers.append)
        await self.hearing.settle()
        return self.heard[-1].message_id


def text(said: bytes, reference: int | None = None) -> Message:
    tlvs = {} if reference is None else number_tlv(Tag.USER_MESSAGE_REFERENCE, reference)
    return Message(PHONE, CODE, said, tlvs=tlvs)


@pytest.mark.parametrize(
    ("first", "second", "later_ms", "repeat"),
    [
        (text(b"BAL"), text(b"BAL"), 1_000, True),
        (text(b"BAL", 7), text(b"BAL", 7), 1_000, True),
        (text(b"BAL", 7), text(b"BAL", 8), 1_000, False),
        (text(b"BAL"), text(b"HELP"), 1_000, False),
        (text(b"BAL", 7), text(b"BAL", 7), 2 * MINUTE_MS, False),
    ],
)
async def test_what_is_a_repeat(
    first: Message, second: Message, later_ms: int, *, repeat: bool
) -> None:
    desk = Desk()
    before = await desk.says(first)
    desk.at = Instant(desk.at + later_ms)
    assert (await desk.says(second) == before) is repeat
    assert desk.answers == [Status.ROK] * 2
    assert PHONE.text not in before


async def test_parts_with_references_of_their_own_are_repeated_in_any_order() -> None:
    desk, cut = Desk(), parts_of("ab cd " * 60, 5)
    assert cut is not None
    sent = [
        Message(
            PHONE, CODE, content, cut.coding, Esm.UDHI,
            tlvs=number_tlv(Tag.USER_MESSAGE_REFERENCE, place),
        )
        for place, content in enumerate(cut.contents)
    ]  # fmt: skip
    assert len(sent) > 1
    for order in (sent, sent[::-1]):
        for part in order:
            desk.hearing.message(part, desk.answers.append)
        await desk.hearing.settle()
    first, second = desk.heard
    assert first == second
