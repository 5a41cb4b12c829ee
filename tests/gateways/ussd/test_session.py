"""The connection to a register and the memory of dialogues: who may say what when; no sockets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.ussd import translate
from tenure.gateways.ussd.session.dialogues import Dialogues
from tenure.gateways.ussd.session.link import NEXT, Ended, Heard, Known, Link, Send, State
from tenure.gateways.ussd.session.typed import Typed, with_inputs
from tenure.gateways.ussd.translate import Dial, Ignore, Key, Leave, Refuse, Say
from tenure.gateways.ussd.wire import components, gsup, ipa, strings
from tenure.gateways.ussd.wire.components import Operation, String
from tenure.gateways.ussd.wire.gsup import Kind, Message
from tenure.gateways.ussd.wire.ipa import Control
from tenure.values.instant import Instant
from tenure.values.ipa import framed
from tenure.values.msisdn import Imsi
from tests.gateways.ussd.test_wire import DIALLED

ID_GET = ipa.control(Control.ID_GET)
KEY = Key(Imsi("456061234567890"), 7)


def known() -> Link:
    link = Link("EUSE-tenure")
    link.received(ID_GET)
    return link


def test_who_we_are_is_said_when_it_is_asked() -> None:
    link = Link("EUSE-tenure")
    sent, news = link.received(ID_GET)
    assert isinstance(sent, Send)
    assert sent.octets.count(b"EUSE-tenure\x00") == 8
    assert isinstance(news, Known)
    assert link.state is State.KNOWN
    assert len(link.received(ID_GET)) == 1, "asked again, and known already"


def test_pings_are_answered_and_messages_heard() -> None:
    link = known()
    outcomes = link.received(ipa.control(Control.PING) + ipa.gsup(DIALLED) + framed(0, b"x"))
    assert outcomes == [Send(ipa.control(Control.PONG)), Heard(DIALLED)]


def test_silence_is_asked_about_once() -> None:
    link = known()
    assert link.quiet() == [Send(ipa.control(Control.PING))]
    link.received(ipa.control(Control.PONG))
    assert link.quiet() == [Send(ipa.control(Control.PING))]
    assert link.quiet() == [Ended("it does not answer")]
    assert link.state is State.CLOSED


def test_who_never_asks_is_left() -> None:
    link = Link("EUSE-tenure")
    assert link.quiet() == [Ended("it does not ask who we are")]


def test_every_state_has_an_end() -> None:
    assert set(NEXT) == set(State)
    for state in State:
        link = Link("EUSE-tenure")
        link.state = state
        link.left()
        assert link.state is State.CLOSED


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_any_octets_of_a_register_do_no_harm(chunks: list[bytes]) -> None:
    link = known()
    for chunk in chunks:
        for outcome in link.received(chunk):
            assert isinstance(outcome, Send | Heard | Known | Ended)
            if isinstance(outcome, Heard):
                translate.asked(outcome.octets)


def _message(kind: Kind, state: gsup.State, info: bytes = b"") -> bytes:
    return gsup.encoded(Message(kind, KEY.imsi, KEY.session_id, state, info))


FAILED = bytes.fromhex("a306 020101 020148")
ANSWER = components.result(1, Operation.REQUEST, strings.encoded("1"))


@pytest.mark.parametrize(
    ("octets", "asked"),
    [
        (DIALLED, Dial(KEY, 1, "*123#")),
        (_message(Kind.REQUEST, gsup.State.CONTINUE, ANSWER), Say(KEY, "1")),
        (_message(Kind.RESULT, gsup.State.CONTINUE, ANSWER), Say(KEY, "1")),
        (_message(Kind.REQUEST, gsup.State.CONTINUE), Leave(KEY)),
        (
            _message(Kind.REQUEST, gsup.State.CONTINUE, bytes.fromhex("a306020101020148")),
            Leave(KEY),
        ),
        (_message(Kind.REQUEST, gsup.State.END), Leave(KEY)),
        (_message(Kind.ERROR, gsup.State.END), Leave(KEY)),
    ],
)
def test_what_a_message_asks(octets: bytes, asked: translate.Asked) -> None:
    assert translate.asked(octets) == asked


@pytest.mark.parametrize(
    ("info", "answer"),
    [
        (components.invoke(5, Operation.NOTIFY, strings.encoded("x")), "a406020105810101"),
        (bytes.fromhex("a106 020105 02013b"), "a406020105810102"),
        (
            components.invoke(5, Operation.PROCESS_REQUEST, String(0x44, b"x")),
            "a306020105020147",
        ),
    ],
    ids=["an operation that is not ours", "without a string", "in no alphabet of text"],
)
def test_what_no_dialogue_begins_with(info: bytes, answer: str) -> None:
    found = translate.asked(_message(Kind.REQUEST, gsup.State.BEGIN, info))
    assert isinstance(found, Refuse)
    message = gsup.decoded(found.octets)
    assert isinstance(message, Message)
    assert (message.state, message.info.hex()) == (gsup.State.END, answer)


def test_a_dialogue_that_begins_without_an_invoke_is_passed_over() -> None:
    assert isinstance(translate.asked(_message(Kind.REQUEST, gsup.State.BEGIN)), Ignore)


@pytest.mark.parametrize(("code", "typed"), [("*1204*1", "*1204*1"), ("user@", "user@")])
def test_seven_characters_filled_with_zeros(code: str, typed: str) -> None:
    octets = strings.encoded(f"{code}@").octets if len(code) == 7 else strings.encoded(code).octets
    info = components.invoke(1, Operation.PROCESS_REQUEST, String(0x0F, octets))
    assert translate.asked(_message(Kind.REQUEST, gsup.State.BEGIN, info)) == Dial(KEY, 1, typed)


def test_a_dialogue_is_forgotten_when_it_is_over() -> None:
    dialogues: Dialogues[str] = Dialogues(lasts_ms=1_000)
    dialogues.keep("a", "one", Instant(0))
    assert dialogues.find("a", Instant(999)) == "one"
    assert dialogues.find("a", Instant(1_000)) is None
    dialogues.keep("b", "two", Instant(1_500))
    assert len(dialogues) == 1, "what is over makes room"
    dialogues.end("b")
    assert dialogues.find("b", Instant(1_500)) is None


def test_with_too_many_the_most_silent_dials_again() -> None:
    dialogues: Dialogues[int] = Dialogues(lasts_ms=1_000, open_max=3)
    for number in range(4):
        dialogues.keep(number, number, Instant(number))
    dialogues.keep(1, 10, Instant(4))
    dialogues.keep(5, 5, Instant(5))
    assert [dialogues.find(number, Instant(6)) for number in (0, 1, 2, 3, 5)] == [
        None, 10, None, 3, 5,
    ]  # fmt: skip


def test_what_is_new_in_a_text() -> None:
    typed = Typed().with_answer("", "CON menu")
    assert typed.new_in("1") == "1"
    typed = typed.with_answer("1", "CON more")
    assert typed.new_in("1*2") == "2"
    assert typed.repeated("1") == "CON more"
    assert typed.new_in("7*2") is None
    assert typed.new_in("12") is None
    assert Typed().new_in("1*2") is None
    assert with_inputs("*888#", "1*2") == "*888*1*2#"
    assert with_inputs("*888#", "") == "*888#"
