"""PDUs of SMPP 3.4: transcripts as octets, each fault with its status, and noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.smpp.wire.bodies import Address, Bind, BindAnswer, Message, MessageAnswer
from tenure.gateways.smpp.wire.names import RESPONSE, Command, Status, Tag
from tenure.gateways.smpp.wire.pdu import Malformed, Pdu, encoded
from tenure.gateways.smpp.wire.reading import PDU_OCTETS_MAX, Frames, decoded
from tenure.gateways.smpp.wire.writing import (
    bind_answer_body,
    bind_body,
    message_answer_body,
    message_body,
    number_tlv,
)
from tests.gateways.smpp.transcripts import (
    BIND,
    BIND_ANSWER,
    ENQUIRE,
    SUBMIT,
    SUBMIT_ANSWER,
    UNBIND,
    deliver,
    pdu,
)

SUBMITTED = Message(
    Address("888"),
    Address("85512345678"),
    b"Balance 10",
    registered_delivery=1,
    tlvs=number_tlv(Tag.USER_MESSAGE_REFERENCE, 7),
)
BOUND = Bind("test", "secret", "VMA", 0x34, 1, 1, "888")


def body_of(raw: bytes) -> object:
    found = decoded(raw)
    assert isinstance(found, Pdu), found
    return found.body


def test_transcripts_are_read() -> None:
    assert body_of(BIND) == BOUND
    assert body_of(BIND_ANSWER) == BindAnswer("OSMSC", {Tag.SC_INTERFACE_VERSION: b"\x34"})
    assert body_of(SUBMIT) == SUBMITTED
    assert body_of(SUBMIT_ANSWER) == MessageAnswer("abc1")


def test_transcripts_are_written() -> None:
    assert encoded(Command.BIND_TRANSCEIVER, 1, bind_body(BOUND)) == BIND
    answer = BindAnswer("OSMSC", {Tag.SC_INTERFACE_VERSION: b"\x34"})
    assert encoded(Command.BIND_TRANSCEIVER | RESPONSE, 1, bind_answer_body(answer)) == BIND_ANSWER
    assert encoded(Command.SUBMIT_SM, 2, message_body(SUBMITTED)) == SUBMIT
    assert encoded(Command.SUBMIT_SM | RESPONSE, 2, message_answer_body("abc1")) == SUBMIT_ANSWER


def changed(raw: bytes, at: int, octets: bytes) -> bytes:
    return raw[:at] + octets + raw[at + len(octets) :]


def relength(raw: bytes) -> bytes:
    return len(raw).to_bytes(4) + raw[4:]


SHORT_AT = SUBMIT.index(b"\x0aBalance")

FAULTS = [
    ("an unknown command", pdu(0x0F0F, 7), Status.RINVCMDID, "generic_nack"),
    ("a body that ends too early", relength(SUBMIT[:30]), Status.RINVCMDLEN, "answer"),
    ("no body at all", pdu(4, 7), Status.RINVCMDLEN, "answer"),
    ("octets after the end of a bind", relength(BIND + b"x"), Status.RINVCMDLEN, "answer"),
    ("octets after an enquire_link", relength(ENQUIRE + b"x"), Status.RINVCMDLEN, "answer"),
    ("sm_length beyond the end", changed(SUBMIT, SHORT_AT, b"\x20"), Status.RINVMSGLEN, "answer"),
    ("sm_length above 254", changed(SUBMIT, SHORT_AT, b"\xff"), Status.RINVMSGLEN, "answer"),
    ("sm_length too small", changed(SUBMIT, SHORT_AT, b"\x09"), Status.RINVOPTPARSTREAM, "answer"),
    ("half a parameter", relength(SUBMIT[:-1]), Status.RINVOPTPARSTREAM, "answer"),
    ("half a tag", relength(SUBMIT[:-5]), Status.RINVOPTPARSTREAM, "answer"),
    ("a reference of one octet", relength(SUBMIT[:-6] + b"\2\4\0\1\7"),
     Status.RINVPARLEN, "answer"),
    ("a system_id too long", pdu(9, 7, b"x" * 40 + b"\0" * 9), Status.RINVSYSID, "answer"),
    ("a password too long", pdu(9, 7, b"x\0" + b"p" * 12 + b"\0" * 9), Status.RINVPASWD, "answer"),
    ("a sender too long", pdu(4, 7, b"\0\1\1" + b"8" * 30 + b"\0" * 20),
     Status.RINVSRCADR, "answer"),
    ("a receiver too long", pdu(4, 7, b"\0\1\1\0\1\1" + b"8" * 30 + b"\0" * 20),
     Status.RINVDSTADR, "answer"),
    ("a service type too long", pdu(4, 7, b"x" * 9 + b"\0" * 30), Status.RINVSERTYP, "answer"),
    ("half a time", pdu(4, 7, b"\0\1\1\0\1\1\0\0\0\0" + b"2611\0" + b"\0" * 9),
     Status.RINVSCHED, "answer"),
    ("half a validity", pdu(4, 7, b"\0\1\1\0\1\1\0\0\0\0\0" + b"2611\0" + b"\0" * 9),
     Status.RINVEXPIRY, "answer"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "status", "how"), FAULTS, ids=[row[0] for row in FAULTS])
def test_each_fault_gets_the_answer_of_the_standard(
    name: str, raw: bytes, status: Status, how: str
) -> None:
    del name
    [found] = Frames().feed(raw)
    assert isinstance(found, Malformed)
    assert (found.status, found.fatal) == (status, False)
    sequence = int.from_bytes(raw[12:16])
    command = int.from_bytes(raw[4:8])
    answered = Command.GENERIC_NACK if how == "generic_nack" else command | RESPONSE
    assert found.answer == pdu(answered, sequence, b"", status)


@pytest.mark.parametrize("length", [0, 1, 15, PDU_OCTETS_MAX + 1, 0xFFFF_FFFF])
def test_a_length_that_cannot_be_followed_ends_the_stream(length: int) -> None:
    frames = Frames()
    raw = length.to_bytes(4) + SUBMIT[4:]
    [found] = frames.feed(raw + SUBMIT)
    assert isinstance(found, Malformed)
    assert found.fatal
    sequence = 0 if length < 16 else 2
    assert found.answer == pdu(Command.GENERIC_NACK, sequence, b"", Status.RINVCMDLEN)
    assert list(frames.feed(SUBMIT)) == []


def test_an_oversized_pdu_is_refused_before_it_has_come() -> None:
    raw = (PDU_OCTETS_MAX + 1).to_bytes(4) + SUBMIT[4:16]
    frames = Frames()
    assert [one for octet in raw[:15] for one in frames.feed(bytes([octet]))] == []
    [found] = frames.feed(raw[15:])
    assert found.header.sequence == 2


def test_answers_are_never_answered() -> None:
    for raw in (pdu(0x8000_0F0F, 7), relength(SUBMIT_ANSWER[:-1]), pdu(0x8000_0009, 7, b"x")):
        [found] = Frames().feed(raw)
        assert isinstance(found, Malformed)
        assert found.answer == b""


def test_a_refusal_may_be_a_header_only() -> None:
    assert body_of(pdu(0x8000_0009, 1, b"", Status.RINVPASWD)) == BindAnswer()
    assert body_of(pdu(0x8000_0004, 1, b"", Status.RTHROTTLED)) == MessageAnswer()


def test_unknown_parameters_are_left_alone_and_the_first_counts() -> None:
    tlvs = bytes.fromhex("1400 0003 010203 0204 0002 0001 0204 0002 0002 0426 0000")
    message = body_of(deliver(b"85512345678", b"888", b"BAL", tlvs=tlvs))
    assert isinstance(message, Message)
    assert message.tlvs == {0x1400: b"\1\2\3", Tag.USER_MESSAGE_REFERENCE: b"\0\1", 0x0426: b""}


def test_a_payload_stands_for_the_short_message() -> None:
    payload = b"x" * 1_600
    tlvs = b"\x04\x24" + len(payload).to_bytes(2) + payload
    message = body_of(deliver(b"85512345678", b"888", b"", tlvs=tlvs))
    assert isinstance(message, Message)
    assert message.octets == payload


def test_reprs_show_nobody() -> None:
    for raw in (BIND, BIND_ANSWER, SUBMIT):
        shown = repr(decoded(raw))
        for secret in ("855", "888", "Balance", "test", "secret", "OSMSC"):
            assert secret not in shown


@given(st.lists(st.sampled_from([BIND, SUBMIT, SUBMIT_ANSWER, ENQUIRE, UNBIND])), st.data())
def test_a_stream_is_cut_the_same_however_it_comes(pdus: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pdus)
    frames, found = Frames(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += list(frames.feed(stream[:size]))
        stream = stream[size:]
    assert found == [decoded(one) for one in pdus]
    assert not frames.begun


@given(st.binary(max_size=200))
def test_any_octets_are_pdus_or_faults(noise: bytes) -> None:
    for found in Frames().feed(noise):
        assert isinstance(found, Pdu | Malformed)


@given(st.sampled_from([BIND, SUBMIT, BIND_ANSWER, SUBMIT_ANSWER]), st.data())
def test_any_body_is_read_or_refused(raw: bytes, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from([*Command, *(one | RESPONSE for one in Command)]))
    body = bytearray(raw[16:])
    for _ in range(data.draw(st.integers(0, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(body)))
    found = decoded(pdu(command, 7, bytes(body[:end])))
    if isinstance(found, Malformed) and not command & RESPONSE:
        assert found.answer
        assert int.from_bytes(found.answer[8:12]) == found.status != 0


texts = st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=20)


@given(
    texts, texts, st.binary(max_size=254), st.integers(0, 255),
    st.dictionaries(st.integers(0x1400, 0x3FFF), st.binary(max_size=300), max_size=3),
)  # fmt: skip
def test_what_is_written_is_read(
    source: str, destination: str, octets: bytes, number: int, tlvs: dict[int, bytes]
) -> None:
    message = Message(Address(source), Address(destination), octets, number, number, tlvs=tlvs)
    assert body_of(encoded(Command.DELIVER_SM, 1, message_body(message))) == message
