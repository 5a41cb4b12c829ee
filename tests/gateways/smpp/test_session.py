"""Two sessions on a wire that we hold in hand, and the table that both keep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.smpp.session.session import (
    Answered,
    Asked,
    Bound,
    Ended,
    Noticed,
    Outcome,
    Send,
    Session,
    Timers,
    TurnedAway,
)
from tenure.gateways.smpp.session.table import MAY_COME, NEXT, Event, Side, State
from tenure.gateways.smpp.wire.bodies import Bind, Message
from tenure.gateways.smpp.wire.names import RESPONSE, Command, Status
from tenure.gateways.smpp.wire.writing import message_answer_body
from tests.gateways.smpp.transcripts import BIND, ENQUIRE, ENQUIRE_ANSWER, SUBMIT, UNBIND, pdu

BINDING = Bind("test", "secret")
TIMERS = Timers(enquire_ms=1_000, response_ms=500, begin_ms=300)


class Wire:
    """An ESME and an SMSC, and what each of them was told."""

    def __init__(self) -> None:
        self.esme: Session[str] = Session(Side.ESME, TIMERS, 0)
        self.smsc: Session[str] = Session(Side.SMSC, TIMERS, 0)
        self.told: dict[Side, list[Outcome[str]]] = {Side.ESME: [], Side.SMSC: []}

    def to_smsc(self, octets: bytes, at_ms: int = 0) -> None:
        """What the ESME sends arrives, and what is answered by itself comes back."""
        self._carry(self.smsc, self.esme, octets, at_ms)

    def to_esme(self, octets: bytes, at_ms: int = 0) -> None:
        self._carry(self.esme, self.smsc, octets, at_ms)

    def _carry(self, to: Session[str], back: Session[str], octets: bytes, at_ms: int) -> None:
        for outcome in to.received(octets, at_ms):
            self.told[to.side].append(outcome)
            if isinstance(outcome, Send):
                self._carry(back, to, outcome.octets, at_ms)

    def asked(self) -> Asked:
        """What the SMSC is to answer."""
        found = self.told[Side.SMSC].pop()
        assert isinstance(found, Asked)
        return found

    def bound(self, kind: Command = Command.BIND_TRANSCEIVER) -> "Wire":
        self.to_smsc(self.esme.bind(kind, BINDING, 0))
        self.to_esme(self.smsc.let_in(self.asked().header, b"SMSC\0"))
        assert self.told[Side.ESME].pop() == Bound()
        return self


def test_a_message_goes_and_is_answered() -> None:
    wire = Wire().bound()
    wire.to_smsc(wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], "first", 0))
    asked = wire.asked()
    assert isinstance(asked.body, Message)
    assert wire.esme.outstanding == 1
    wire.to_esme(wire.smsc.answer(asked.header, 0, message_answer_body("id7")))
    assert wire.told[Side.ESME] == [Answered("first", 0, "id7")]
    assert wire.esme.outstanding == 0


def test_answers_find_their_requests_in_any_order() -> None:
    wire = Wire().bound()
    sent = [wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], name, 0) for name in "abc"]
    wire.to_smsc(b"".join(sent))
    asked = [wire.asked() for _ in sent]
    for one in asked:
        wire.to_esme(wire.smsc.answer(one.header, 0, message_answer_body("x")))
    assert [one.token for one in wire.told[Side.ESME] if isinstance(one, Answered)] == [
        "c",
        "b",
        "a",
    ]


@pytest.mark.parametrize("status", [Status.RINVPASWD, Status.RINVSYSID, Status.RBINDFAIL])
def test_a_bind_that_is_turned_away_ends(status: Status) -> None:
    wire = Wire()
    wire.to_smsc(wire.esme.bind(Command.BIND_TRANSCEIVER, BINDING, 0))
    wire.to_esme(wire.smsc.turn_away(wire.asked().header, status))
    assert wire.told[Side.ESME][0] == TurnedAway(status)
    assert isinstance(wire.told[Side.ESME][1], Ended)
    assert wire.esme.is_over
    assert wire.smsc.is_over


def test_what_was_unanswered_is_named_when_the_wire_is_cut() -> None:
    wire = Wire().bound()
    for name in "abc":
        wire.to_smsc(wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], name, 0))
    wire.to_esme(wire.smsc.answer(wire.asked().header, 0, message_answer_body("x")))
    [ended] = wire.esme.left()
    assert isinstance(ended, Ended)
    assert ended.unanswered == ("a", "b")
    assert wire.esme.left() == []


def test_a_second_bind_and_a_submit_before_one_are_refused() -> None:
    smsc: Session[str] = Session(Side.SMSC, TIMERS, 0)
    early = smsc.received(SUBMIT, 0)
    assert early[0] == Send(pdu(4 | RESPONSE, 2, b"", Status.RINVBNDSTS))
    [asked] = smsc.received(BIND, 0)
    assert isinstance(asked, Asked)
    smsc.let_in(asked.header, b"\0")
    again = smsc.received(BIND, 0)
    assert again[0] == Send(pdu(9 | RESPONSE, 1, b"", Status.RALYBND))
    assert smsc.state is State.BOUND_TRX


def test_a_receiver_may_not_submit() -> None:
    wire = Wire().bound(Command.BIND_RECEIVER)
    told = wire.smsc.received(SUBMIT, 0)
    assert told[0] == Send(pdu(4 | RESPONSE, 2, b"", Status.RINVBNDSTS))


def test_an_esme_is_not_submitted_to() -> None:
    wire = Wire().bound()
    told = wire.esme.received(SUBMIT, 0)
    assert told[0] == Send(pdu(4 | RESPONSE, 2, b"", Status.RINVBNDSTS))


def test_silence_is_asked_about_and_ends() -> None:
    wire = Wire().bound()
    assert wire.esme.tick(999) == []
    [asking] = wire.esme.tick(1_000)
    assert isinstance(asking, Send)
    assert wire.esme.tick(1_400) == []
    wire.to_smsc(asking.octets, 1_400)
    assert wire.esme.tick(1_900) == []  # the answer came
    [asking] = wire.esme.tick(2_400)
    [ended] = wire.esme.tick(2_900)
    assert isinstance(ended, Ended)
    assert ended.unanswered == ()


def test_a_submit_without_an_answer_ends_the_session() -> None:
    wire = Wire().bound()
    wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], "a", 100)
    assert wire.esme.tick(599) == []
    [ended] = wire.esme.tick(600)
    assert ended == Ended("an answer did not come in time", ("a",))


def test_nobody_may_stand_at_the_door() -> None:
    smsc: Session[str] = Session(Side.SMSC, TIMERS, 0)
    assert smsc.tick(299) == []
    [ended] = smsc.tick(300)
    assert isinstance(ended, Ended)


def test_half_a_pdu_is_waited_for_only_so_long() -> None:
    wire = Wire().bound()
    wire.smsc.received(SUBMIT[:20], 100)
    assert wire.smsc.tick(399) == []
    assert isinstance(wire.smsc.tick(400)[-1], Ended)


def test_a_busy_stream_whose_chunks_never_end_with_a_pdu_is_not_cut() -> None:
    wire = Wire().bound()
    stream = ENQUIRE * 100
    for place in range(0, len(stream) - 7, 16):
        assert not wire.smsc.is_over
        wire.smsc.received(stream[place + 7 : place + 23] if place else stream[:23], place * 10)
        assert wire.smsc.tick(place * 10) == []


def test_leaving() -> None:
    wire = Wire().bound()
    [bye] = wire.esme.unbind(0)
    assert isinstance(bye, Send)
    wire.to_smsc(bye.octets)
    assert wire.esme.is_over
    assert wire.smsc.is_over
    assert isinstance(wire.told[Side.ESME][-1], Ended)


def test_answers_that_come_while_leaving_still_count() -> None:
    wire = Wire().bound()
    wire.to_smsc(wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], "a", 0))
    asked = wire.asked()
    wire.esme.unbind(0)
    wire.to_esme(wire.smsc.answer(asked.header, 0, message_answer_body("x")))
    assert Answered("a", 0, "x") in wire.told[Side.ESME]


def test_an_answer_to_nothing_is_noticed() -> None:
    wire = Wire().bound()
    assert wire.esme.received(ENQUIRE_ANSWER, 0) == [
        Noticed("an answer came to which there is no request")
    ]


def test_a_generic_nack_refuses_what_it_names() -> None:
    wire = Wire().bound()
    wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], "a", 0)
    told = wire.esme.received(pdu(0x8000_0000, 2, b"", Status.RINVCMDID), 0)
    assert told == [Answered("a", Status.RINVCMDID)]


def test_a_nack_without_a_reason_refuses_too() -> None:
    wire = Wire().bound()
    wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], "a", 0)
    assert wire.esme.received(pdu(0x8000_0000, 2), 0) == [Answered("a", Status.RUNKNOWNERR)]


def test_an_answer_whose_body_is_broken_still_answers() -> None:
    wire = Wire().bound()
    wire.esme.ask(Command.SUBMIT_SM, SUBMIT[16:], "a", 0)
    told = wire.esme.received(pdu(0x8000_0004, 2, b"x" * 80), 0)
    assert told[-1] == Answered("a", 0, "")


def test_a_length_that_cannot_be_followed_is_answered_and_ends() -> None:
    wire = Wire().bound()
    told = wire.smsc.received(b"\0\0\0\5" + SUBMIT[4:], 0)
    assert told[0] == Send(pdu(0x8000_0000, 0, b"", Status.RINVCMDLEN))
    assert isinstance(told[-1], Ended)
    assert wire.smsc.received(SUBMIT, 0) == []


def test_unbind_is_answered_and_ends() -> None:
    wire = Wire().bound()
    told = wire.smsc.received(UNBIND, 0)
    assert told[0] == Send(pdu(6 | RESPONSE, 10))
    assert isinstance(told[-1], Ended)


def test_every_state_can_end_and_every_event_is_used() -> None:
    for state in State:
        assert Event.LEFT in NEXT[state]
    assert {event for events in NEXT.values() for event in events} == set(Event)
    assert {state for events in NEXT.values() for state in events.values()} == set(State) - {
        State.OPEN
    }


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("command", [one for one in Command if one is not Command.GENERIC_NACK])
def test_before_a_bind_only_binds_and_enquiries_come_through(side: Side, command: Command) -> None:
    session: Session[str] = Session(side, TIMERS, 0)
    allowed = State.OPEN in MAY_COME[side].get(command, frozenset())
    body = BIND[16:] if "BIND_" in command.name else SUBMIT[16:]
    body = b"" if command in (Command.ENQUIRE_LINK, Command.UNBIND) else body
    told = session.received(pdu(command, 1, body), 0)
    assert any(isinstance(one, Asked) for one in told) == (
        allowed and command is not Command.ENQUIRE_LINK
    )


@given(st.lists(st.sampled_from([BIND, SUBMIT, ENQUIRE, ENQUIRE_ANSWER, UNBIND, b"\0", b"\xff"])))
def test_no_order_of_pdus_is_an_accident(pdus: list[bytes]) -> None:
    for side in Side:
        session: Session[str] = Session(side, TIMERS, 0)
        for octets in pdus:
            for outcome in session.received(octets, 0):
                if isinstance(outcome, Asked) and isinstance(outcome.body, Bind):
                    session.let_in(outcome.header, b"\0")
        session.tick(10_000)
        session.left()
        assert session.is_over
