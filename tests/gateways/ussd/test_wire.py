"""GSUP, components of TS 24.080, USSD strings and forms: transcripts, and laws over any octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.ussd.wire import components, forms, gsup, strings
from tenure.gateways.ussd.wire.components import Error, Operation, Problem, String
from tenure.gateways.ussd.wire.gsup import Cause, Kind, Message, State
from tenure.values.ipa import Frames, framed
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.screens import fits

IMSI = Imsi("456061234567890")
DIALLED = bytes.fromhex(
    "20"  # PROC_SS_REQUEST
    "0108 54061632547698f0"  # the IMSI, nibbles swapped, one filler
    "3004 00000007"  # the dialogue
    "310101"  # it begins
    "3514"  # supplementary service info:
    "a112 020101 02013b"  # invoke 1, processUnstructuredSS-Request
    "300a 04010f 0405 aa986c3602"  # default alphabet, *123#
)
STRING = String(0x0F, bytes.fromhex("aa986c3602"))
imsis = st.text(alphabet="0123456789", min_size=6, max_size=15).map(Imsi)


def test_a_code_as_it_is_dialled() -> None:
    message = gsup.decoded(DIALLED)
    assert message == Message(Kind.REQUEST, IMSI, 7, State.BEGIN, DIALLED[-20:])
    invoke = components.decoded(DIALLED[-20:])
    assert invoke == components.Invoke(1, Operation.PROCESS_REQUEST, STRING)
    assert strings.decoded(STRING) == "*123#"
    assert gsup.encoded(message) == DIALLED


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("", "a message without a type"),
        ("20", "a message names no IMSI"),
        ("200108", "a field is longer than its message"),
        ("2001", "a field is longer than its message"),
        ("20 0108 5406163254769aff", "a message names no IMSI"),
        ("20 0108 54061632547698f0", "a message names no session"),
        ("20 0108 54061632547698f0 3002 0007", "a message names no session"),
        ("20 0108 54061632547698f0 3004 00000007", "a message does not say where"),
        ("20 0108 54061632547698f0 3004 00000007 310109", "a message does not say where"),
    ],
)
def test_no_message(octets: str, reason: str) -> None:
    found = gsup.decoded(bytes.fromhex(octets))
    assert isinstance(found, gsup.Malformed)
    assert found.reason.startswith(reason)
    assert "456" not in found.reason


def test_other_messages_are_somebody_else_s() -> None:
    assert gsup.decoded(bytes.fromhex("04 0108 5406163254769800")) == gsup.Foreign(4)


def test_fields_that_nobody_asked_for_are_passed_over() -> None:
    with_more = DIALLED[:1] + bytes.fromhex("6003 616263 fe00") + DIALLED[1:]
    assert gsup.decoded(with_more) == gsup.decoded(DIALLED)


@pytest.mark.parametrize(
    ("octets", "component"),
    [
        ("a205 020101 3005", "a part of a component is cut off"),
        ("a203 020101", components.Result(1, None, None)),
        ("a306 020101 020147", components.Failed(1)),
        ("a406 020101 810102", components.Failed(1)),
        ("a400", components.Failed(None)),
        ("a106 020101 020113", components.Invoke(1, 0x13, None)),
        ("a109 020101 800100 02013b", components.Invoke(1, 59, None)),
        ("a103 020101", "an invoke names no operation"),
        ("a100", "an invoke has no identity"),
        ("a180 020101 02013b 0000", "there is no whole component"),
        ("3000", "no component begins with 0x30"),
        ("a1", "there is no whole component"),
        ("", "there is no whole component"),
    ],
)
def test_components(octets: str, component: "components.Component | str") -> None:
    found = components.decoded(bytes.fromhex(octets))
    if isinstance(component, str):
        assert found == components.Malformed(component)
    else:
        assert found == component


def test_a_long_string_has_a_long_length() -> None:
    """182 characters take 160 octets: lengths above 127 take two octets (X.690 section 8.1.3)."""
    string = strings.encoded("x" * 182)
    octets = components.invoke(1, Operation.REQUEST, string)
    assert octets[:3] == bytes.fromhex("a181af")
    assert components.decoded(octets) == components.Invoke(1, Operation.REQUEST, string)


def test_what_we_send_back() -> None:
    assert components.error(3, Error.UNKNOWN_ALPHABET).hex(" ") == "a3 06 02 01 03 02 01 47"
    rejected = components.reject(3, Problem.UNRECOGNIZED_OPERATION)
    assert rejected.hex(" ") == "a4 06 02 01 03 81 01 01"
    message = Message(Kind.ERROR, IMSI, 7, State.END, cause=Cause.UNKNOWN_SUBSCRIBER)
    assert gsup.encoded(message)[-3:] == bytes.fromhex("020102")
    assert gsup.decoded(gsup.encoded(message)) == message


@pytest.mark.parametrize(
    ("dcs", "octets", "text"),
    [
        (0x0F, "aa986c3602", "*123#"),
        (0x00, "aa986c3602", "*123#"),
        (0x40, "aa986c3602", "*123#"),
        (0xF0, "aa986c3602", "*123#"),
        (0x48, "002a003100320033 0023", "*123#"),
        (0x48, "1794 17b6 178f", "បាត"),
        (0x11, "4b76 002a 0023", "*#"),
        (0x44, "2a31", None),
        (0xF4, "2a31", None),
        (0x62, "2a31", None),
        (0x4C, "2a31", None),
        (0x80, "2a31", None),
        (0x48, "d83d", "\ufffd"),
        (0x48, "00", "\ufffd"),
        (0x0F, "", ""),
    ],
)
def test_data_coding_schemes(dcs: int, octets: str, text: str | None) -> None:
    assert strings.decoded(String(dcs, bytes.fromhex(octets))) == text


def test_a_language_before_the_text() -> None:
    with_language = strings.encoded("en\r*123#")
    assert strings.decoded(String(0x10, with_language.octets)) == "*123#"


@given(st.text(max_size=80).filter(fits))
def test_a_screen_comes_back(text: str) -> None:
    string = strings.encoded(text)
    assert len(string.octets) <= 160
    back = strings.decoded(string)
    assert back in (text, f"{text}\r" if text.endswith("\r") else text)


@given(imsis, st.integers(0, 2**32 - 1), st.sampled_from(list(State)), st.binary(max_size=255))
def test_a_message_comes_back(imsi: Imsi, session_id: int, state: State, info: bytes) -> None:
    message = Message(Kind.RESULT, imsi, session_id, state, info)
    assert gsup.decoded(gsup.encoded(message)) == message


@given(st.binary(max_size=300))
def test_any_octets_are_something(octets: bytes) -> None:
    gsup.decoded(octets)
    found = components.decoded(octets)
    string = getattr(found, "string", None)
    assert string is None or isinstance(strings.decoded(string), str | None)


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40)), max_size=5), st.data())
def test_frames_come_back_however_they_are_cut(
    sent: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(framed(protocol, payload) for protocol, payload in sent)
    frames, found = Frames(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += frames.feed(stream[:size])
        stream = stream[size:]
    assert [(one.protocol, one.payload) for one in found] == sent


FORM = "sessionId=s1&serviceCode=*888%23&phoneNumber=%2B85515000000&networkCode=1&text="


def test_a_form() -> None:
    assert forms.read(FORM.encode()) == forms.Form("s1", "*888#", Msisdn("85515000000"), "")
    assert forms.written("ក", ends=False) == "CON ក"
    assert forms.written("x", ends=True) == "END x"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "phoneNumber"),
        (FORM.replace("s1", ""), "sessionId"),
        (FORM.replace("s1", "s" * 201), "sessionId"),
        (FORM.replace("%2B855", "%2B0"), "phoneNumber"),
        (FORM.replace("15000000", "1500x000"), "phoneNumber"),
        (FORM.replace("*888%23", "888"), "serviceCode"),
        (FORM + "1" * 2_001, "text"),
        (FORM + "&sessionId=s2", "a field is there twice"),
        (FORM + "&a=1" * 30, "no form"),
        (FORM + "%ff", "no form"),
        ("\u1780", "no form"),
    ],
)
def test_no_form(body: str, reason: str) -> None:
    found = forms.read(body.encode())
    assert isinstance(found, forms.Malformed)
    assert reason in found.reason
    assert "85515" not in found.reason


@given(st.binary(max_size=400))
def test_any_body_is_a_form_or_none(body: bytes) -> None:
    assert isinstance(forms.read(body), forms.Form | forms.Malformed)
