"""Who may say what when, on both interfaces: tables, and answers in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.hlr.session import control, terminal
from tenure.gateways.hlr.session.control import Control, Ended, Noticed, Told
from tenure.gateways.hlr.session.terminal import Ready, Said, Send, Vty
from tenure.values.ipa import framed


def reply(text: str) -> bytes:
    return framed(0xEE, b"\0" + text.encode())


@pytest.mark.parametrize("module", [control, terminal])
def test_every_state_is_in_the_table_and_every_end_is_final(module: object) -> None:
    states, events, table = (getattr(module, name) for name in ("State", "Event", "NEXT"))
    assert set(table) == set(states)
    assert set(table[states.CLOSED].values()) == {states.CLOSED}
    for state in states:
        assert table[state][events.LEFT] is states.CLOSED
        assert table[state][events.SILENT] is states.CLOSED


@given(st.permutations(range(8)), st.sets(st.integers(0, 7)))
def test_answers_find_their_questions_in_any_order(order: list[int], refused: set[int]) -> None:
    session = Control()
    numbers = [session.get(f"v{place}")[0] for place in range(8)]
    told = []
    for place in order:
        word = "ERROR {} no" if place in refused else f"GET_REPLY {{}} v{place} {place}"
        told += session.received(reply(word.format(numbers[place])))
    expected = [
        Told(numbers[place], None, "no") if place in refused else Told(numbers[place], str(place))
        for place in order
    ]
    assert told == expected
    assert not session.waits


@pytest.mark.parametrize(
    "text", ["GET_REPLY 1 other x", "ERROR err Request type unknown", "GET_REPLY one v x", "hello"]
)
def test_what_makes_answers_doubtful_is_the_end(text: str) -> None:
    session = Control()
    session.get("v")
    outcomes = session.received(reply(text) + reply("GET_REPLY 1 v late"))
    assert [type(one) for one in outcomes] == [Ended]
    assert session.state is control.State.CLOSED
    assert session.received(reply("GET_REPLY 1 v late")) == []


@pytest.mark.parametrize("text", ["TRAP 0 a b", "GET_REPLY 9 v x", "ERROR 9 no"])
def test_what_nobody_asked_is_noticed_and_nothing_else(text: str) -> None:
    session = Control()
    number, _ = session.get("v")
    assert [type(one) for one in session.received(reply(text))] == [Noticed]
    assert session.received(reply(f"GET_REPLY {number} v x")) == [Told(number, "x")]


def test_silence_ends_with_the_questions_unanswered() -> None:
    session = Control()
    numbers = tuple(session.set("v", "1")[0] for _ in range(3))
    assert session.silent() == Ended("it does not answer", numbers)
    assert session.left() == Ended("it closed the connection", ())
    with pytest.raises(AssertionError):
        session.get("v")


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_noise_tells_no_answer(noise: list[bytes]) -> None:
    session = Control()
    session.get("v")
    outcomes = [one for data in noise for one in session.received(data)]
    assert not any(isinstance(one, Told) and one.value is not None for one in outcomes)


def ready() -> Vty:
    vty = Vty()
    assert vty.received(b"Welcome\r\n\xff\xfb\x01OsmoHLR> ") == Send(b"enable\n")
    assert vty.received(b"enable\r\nOsmoHLR# ") == Send(b"terminal length 0\n")
    assert vty.received(b"terminal length 0\r\nOsmoHLR# ") == Ready()
    return vty


def test_the_way_to_the_first_command() -> None:
    vty = ready()
    assert vty.command("show version") == b"show version\n"
    assert vty.received(b"show version\r\n1.5.0\r\n") is None
    assert vty.received(b"OsmoHLR# ") == Said("1.5.0")
    assert vty.state is terminal.State.READY


@pytest.mark.parametrize(
    "answer",
    [
        b"show\r\nOsmoHLR> ",
        b"show\r\nOsmoHLR(config)# ",
        b"something else\r\nOsmoHLR# ",
        b"\r\nPassword: ",
    ],
)
def test_where_we_are_not_where_we_think_is_the_end(answer: bytes) -> None:
    vty = ready()
    vty.command("show")
    assert isinstance(vty.received(answer), terminal.Ended)
    assert vty.state is terminal.State.CLOSED
    assert vty.received(b"show\r\nOsmoHLR# ") is None


def test_one_command_at_a_time() -> None:
    vty = ready()
    vty.command("show")
    with pytest.raises(AssertionError):
        vty.command("show")


@pytest.mark.parametrize("before", [b"", b"Welcome\r\nOsmoHLR> "])
def test_it_may_leave_or_be_silent_at_any_time(before: bytes) -> None:
    silent, gone = Vty(), Vty()
    for vty in (silent, gone):
        vty.received(before)
    assert silent.silent() == terminal.Ended("it does not answer")
    assert gone.left() == terminal.Ended("it closed the connection")
