"""Octets of CTRL and VTY: as osmo-hlr 1.5.0 sends them, cut anywhere, and as noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.hlr.wire import control
from tenure.gateways.hlr.wire.control import Answer, Malformed, Refusal, Trap, message_of
from tenure.gateways.hlr.wire.terminal import (
    PasswordAsked,
    Prompt,
    Telnet,
    Terminal,
    TooMuch,
    line_of,
    without_echo,
)
from tenure.values.ipa import Frame, Frames, framed

GREETING = (
    b"Welcome to the OsmoHLR VTY interface\r\n\r\nThere is NO WARRANTY.\r\n"
    b'\xff\xfb\x01\xff\xfb\x03\xff\xfe"\xff\xfd\x1fOsmoHLR> '
)


def said(text: str) -> Frame:
    return Frame(0xEE, b"\0" + text.encode())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET_REPLY 1 subscriber.create 1", Answer(1, "subscriber.create", "1")),
        (
            "GET_REPLY 5 subscriber.by-imsi-45606.info \nid\t1\nimsi\t45606",
            Answer(5, "subscriber.by-imsi-45606.info", "\nid\t1\nimsi\t45606"),
        ),
        ("GET_REPLY 5 empty", Answer(5, "empty", "")),
        ("ERROR 8 No such subscriber.", Refusal(8, "No such subscriber.")),
        ("ERROR err Request type unknown", Refusal(None, "Request type unknown")),
        ("ERROR 99999999999999999999 no", Refusal(None, "no")),
        ("ERROR", Refusal(None, "")),
        ("TRAP 0 net.0.state on", Trap("net.0.state", "on")),
    ],
)
def test_what_the_element_says(text: str, message: control.Message) -> None:
    found = message_of(said(text))
    assert found == message
    # Structs of two kinds are never equal, whatever is in them.
    assert type(found) is type(message)


@pytest.mark.parametrize(
    "frame",
    [said("GET_REPLY x y z"), said(""), said("HELLO 1 2 3"), Frame(0xEE, b"\0GET_REPLY 1 \xff")],
)
def test_what_is_no_message_is_said_to_be_none(frame: Frame) -> None:
    assert isinstance(message_of(frame), Malformed)


@pytest.mark.parametrize("frame", [Frame(0xFE, b"\0"), Frame(0xEE, b"\5x"), Frame(0xEE, b"")])
def test_other_protocols_of_the_multiplex_are_passed_over(frame: Frame) -> None:
    assert message_of(frame) is None


def test_our_words_as_octets() -> None:
    assert control.get(7, "a.b") == b"\0\x0a\xee\0GET 7 a.b"
    assert control.set_(8, "a.b", "none") == b"\0\x0f\xee\0SET 8 a.b none"


@pytest.mark.parametrize("word", ["", "a b", "a\nSET 2 subscriber.delete x", "a\0", "ą"])
def test_nothing_hides_in_a_word(word: str) -> None:
    with pytest.raises(AssertionError):
        control.set_(1, "msisdn", word)
    with pytest.raises(AssertionError):
        control.get(1, word)


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300))), st.data())
def test_frames_survive_any_cut(frames: list[tuple[int, bytes]], data: st.DataObject) -> None:
    stream = b"".join(framed(protocol, payload) for protocol, payload in frames)
    cut = Frames()
    found: list[Frame] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += cut.feed(stream[:size])
        stream = stream[size:]
    assert found == [Frame(protocol, payload) for protocol, payload in frames]
    assert cut.waiting == 0


@given(st.binary(max_size=2_000))
def test_noise_makes_messages_or_nothing_and_no_accident(noise: bytes) -> None:
    frames = Frames()
    found = frames.feed(noise)
    for frame in found:
        message_of(frame)
    whole = sum(3 + len(frame.payload) for frame in found)
    assert whole + frames.waiting == len(noise)


def test_the_greeting_is_read_through_its_telnet() -> None:
    prompt = Terminal().feed(GREETING)
    assert isinstance(prompt, Prompt)
    assert prompt.sign == ">"
    assert prompt.said.startswith("Welcome to the OsmoHLR")


@given(st.data())
def test_a_conversation_survives_any_cut(data: st.DataObject) -> None:
    stream = GREETING
    terminal, prompts = Terminal(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        heard = terminal.feed(stream[:size])
        if heard is not None:
            prompts.append(heard)
        stream = stream[size:]
    assert [type(one) for one in prompts] == [Prompt]


def test_a_prompt_in_the_midst_of_an_answer_is_no_prompt() -> None:
    terminal = Terminal()
    assert terminal.feed(b"show\r\nOsmoHLR# \r\nmore\r\n") is None
    prompt = terminal.feed(b"OsmoHLR# ")
    assert isinstance(prompt, Prompt)
    assert prompt.said == "show\r\nOsmoHLR# \r\nmore\r\n"


def test_a_mode_is_part_of_the_sign() -> None:
    prompt = Terminal().feed(b"configure terminal\r\nOsmoHLR(config)# ")
    assert isinstance(prompt, Prompt)
    assert prompt.sign == "(config)#"


def test_a_password_is_seen_and_a_flood_ends() -> None:
    assert isinstance(Terminal().feed(b"\r\nUser Access\r\n\r\nPassword: "), PasswordAsked)
    assert isinstance(Terminal(octets_max=100).feed(b"x" * 101), TooMuch)


@given(st.binary(max_size=600))
def test_noise_on_the_terminal_is_no_accident(noise: bytes) -> None:
    terminal = Terminal()
    for start in range(0, len(noise), 7):
        terminal.feed(noise[start : start + 7])


@pytest.mark.parametrize(
    ("octets", "plain"),
    [
        (b"a\xff\xffb", b"a\xffb"),
        (b"a\xff\xfb\x01b", b"ab"),
        (b"a\xff\xfa\x1f\0\1\xff\xf0b", b"ab"),
        (b"a\xff\xf9b", b"ab"),
        (b"a\xff\xfa" + b"x" * 300, b"a" + b"x" * 300),
        (b"a\xff", b"a"),
    ],
)
def test_telnet_is_left_out(octets: bytes, plain: bytes) -> None:
    assert Telnet().plain(octets) == plain


@pytest.mark.parametrize("command", ["", "a\nb", "help?\t", " a", "a  b", "x\r"])
def test_a_command_is_one_line_of_words(command: str) -> None:
    with pytest.raises(AssertionError):
        line_of(command)


def test_the_echo_tells_whose_answer_it_is() -> None:
    assert without_echo("enable\r\n", "enable") == ""
    assert without_echo("show\r\none\r\ntwo\r\n", "show") == "one\ntwo"
    assert without_echo("something else\r\n", "enable") is None
