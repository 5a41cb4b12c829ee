"""Who may say what, and when: the conversation of two nodes without a wire between them."""

import itertools

import pytest

from tenure.gateways.diameter.session import (
    NEXT,
    ON_SILENCE,
    Event,
    Node,
    Peer,
    Session,
    State,
    Step,
    Watch,
    misrouted,
    peer_from,
)
from tenure.gateways.diameter.wire.avp import avp, group, packed
from tenure.gateways.diameter.wire.message import (
    ERROR,
    Command,
    decoded,
    message,
    request,
)
from tenure.gateways.diameter.wire.result import PROTOCOL_ERRORS, Result
from tests.gateways.diameter.given import (
    IDS,
    NODE,
    PGW,
    REALM,
    base,
    ccr_bytes,
    cer,
    flagged,
    read,
    tree,
)

SUCCESS = avp("Result-Code", 2001)


def session(node: Node = NODE, address: str = "127.0.0.1") -> Session:
    ids = itertools.count(1)
    return Session(node, address, lambda: (next(ids), next(ids)), 0)


def opened(node: Node = NODE) -> Session:
    """A session that has introduced itself."""
    found = session(node)
    found.received(decoded(cer()), 0)
    assert found.state is State.OPEN
    return found


def answered(step: Step) -> dict[str, object]:
    """What was answered; the header must return the identifiers of the request."""
    sent = read(step.send)
    assert (sent.header.hop_by_hop, sent.header.end_to_end) == IDS
    assert not sent.header.request
    told = tree(sent.avps)
    assert bool(sent.header.flags & ERROR) == (told["Result-Code"] in PROTOCOL_ERRORS)
    return told


def test_a_known_peer_is_admitted() -> None:
    found = session()
    step = found.received(decoded(cer(avp("Supported-Vendor-Id", 10415))), 0)
    assert found.state is State.OPEN
    assert not step.close
    assert found.peer_host == PGW
    assert found.speaks_3gpp
    told = answered(step)
    assert told["Result-Code"] == 2001
    assert told["Origin-Host"] == "ocs.example.net"
    assert told["Auth-Application-Id"] == 4
    assert told["Host-IP-Address"] == b"\0\1\x7f\0\0\1"
    assert told["Origin-State-Id"] == 7


def test_a_peer_that_names_the_application_in_a_group_is_answered_so() -> None:
    pair = avp("Vendor-Id", 10415) + avp("Auth-Application-Id", 4)
    asked = cer(group("Vendor-Specific-Application-Id", pair), application=1)
    told = answered(session().received(decoded(asked), 0))
    assert told["Result-Code"] == 2001
    assert told["Vendor-Specific-Application-Id"] == {"Vendor-Id": 10415, "Auth-Application-Id": 4}


TURNED_AWAY = [
    # who                                    asks                                            answer
    ("an unknown peer", cer(host="stranger.example.org"), NODE, 3010),
    (
        "a peer of another realm",
        cer(),
        Node(NODE.host, REALM, "127.0.0.1", 7, (Peer(PGW, realm="other.net"),)),
        3010,
    ),
    (
        "a peer from another address",
        cer(),
        Node(NODE.host, REALM, "127.0.0.1", 7, (Peer(PGW, address="192.0.2.1"),)),
        3010,
    ),
    ("a peer without our application", cer(application=16777238), NODE, 5010),
    ("a peer that wants TLS within", cer(avp("Inband-Security-Id", 1)), NODE, 5017),
    ("a peer without a name", request(Command.CAPABILITIES_EXCHANGE, 0, IDS, b""), NODE, 5005),
    ("an unknown mandatory AVP", cer(packed(9_999_999, 0, 0x40, b"x")), NODE, 5001),
]


@pytest.mark.parametrize(
    ("who", "asks", "node", "result"), TURNED_AWAY, ids=[who for who, *_ in TURNED_AWAY]
)
def test_who_is_turned_away(who: str, asks: bytes, node: Node, result: int) -> None:
    found = session(node)
    step = found.received(decoded(asks), 0)
    assert answered(step)["Result-Code"] == result, who
    assert step.close
    assert step.note
    assert found.state is State.CLOSED


def test_the_log_line_for_an_unknown_peer_says_how_to_admit_it() -> None:
    step = session().received(decoded(cer(host="smf.example.org")), 0)
    assert "Origin-Host smf.example.org from 127.0.0.1" in step.note
    assert "add smf.example.org to the setting peers" in step.note
    assert "\n" not in step.note


def test_a_name_made_to_mislead_a_log_does_not() -> None:
    step = session().received(decoded(cer(host="a\nerror: everything is fine\x1b[2J")), 0)
    assert "\n" not in step.note
    assert "\x1b" not in step.note


def test_a_peer_has_a_limited_number_of_connections() -> None:
    step = session().received(decoded(cer()), 0, others=8)
    assert answered(step)["Result-Code"] == Result.TOO_BUSY
    assert step.close


def test_names_are_compared_without_case() -> None:
    assert session().received(decoded(cer(host=PGW.upper())), 0).note == ""


@pytest.mark.parametrize(
    "first",
    [base(Command.DEVICE_WATCHDOG), ccr_bytes(), base(Command.DISCONNECT_PEER)],
    ids=["DWR", "CCR", "DPR"],
)
def test_nothing_may_be_said_before_the_introduction(first: bytes) -> None:
    found = session()
    step = found.received(decoded(first), 0)
    assert step.close
    assert step.application is None
    assert found.state is State.CLOSED


def test_a_second_introduction_ends_the_connection() -> None:
    found = opened()
    assert found.received(decoded(cer()), 0).close


def test_watchdogs_are_answered() -> None:
    told = answered(opened().received(decoded(base(Command.DEVICE_WATCHDOG)), 0))
    assert told["Result-Code"] == 2001
    assert told["Origin-State-Id"] == 7


def test_a_silent_peer_is_asked_then_suspected_then_given_up() -> None:
    found = opened()
    assert found.tick(29_999) == Step()
    asked = found.tick(30_000)
    assert read(asked.send).header.command == Command.DEVICE_WATCHDOG
    watched = [found.watch]
    assert found.tick(60_000) == Step()
    watched.append(found.watch)
    assert watched == [Watch.ASKED, Watch.SUSPECT]
    step = found.tick(90_000)
    assert step.close
    assert step.note
    assert found.state is State.CLOSED


def test_any_message_shows_that_the_peer_lives() -> None:
    found = opened()
    found.tick(30_000)
    dwa = message(read(found.tick(30_000).send or base(Command.DEVICE_WATCHDOG)).header, SUCCESS)
    answer = dwa[:4] + b"\0" + dwa[5:]
    step = found.received(decoded(answer), 31_000)
    assert step == Step()
    assert found.watch is Watch.OKAY
    assert found.tick(60_999) == Step()


def test_a_connection_that_says_nothing_is_closed() -> None:
    found = session()
    assert found.tick(9_999) == Step()
    assert found.tick(10_000).close


def test_the_peer_leaves() -> None:
    found = opened()
    step = found.received(decoded(base(Command.DISCONNECT_PEER, avp("Disconnect-Cause", 0))), 0)
    assert answered(step)["Result-Code"] == 2001
    assert found.state is State.CLOSING
    assert not step.close, "answers that are still to come may go out; the peer disconnects"


def test_we_leave() -> None:
    found = opened()
    sent = read(found.stop().send)
    assert sent.header.command == Command.DISCONNECT_PEER
    assert tree(sent.avps)["Disconnect-Cause"] == 0
    states = [found.state]
    dpa = message(sent.header, SUCCESS)
    assert found.received(decoded(dpa[:4] + b"\0" + dpa[5:]), 0).close
    states.append(found.state)
    assert states == [State.CLOSING, State.CLOSED]


def test_a_stop_before_the_introduction_just_closes() -> None:
    step = session().stop()
    assert step.close
    assert step.send == b""


def test_two_sessions_on_a_fake_wire_part_in_peace() -> None:
    """We ask to leave while the peer asks too: both answer, both end."""
    ours = opened()
    ours.stop()
    step = ours.received(decoded(base(Command.DISCONNECT_PEER, avp("Disconnect-Cause", 0))), 0)
    assert answered(step)["Result-Code"] == 2001
    assert ours.state is State.CLOSING


def test_malformed_requests_are_answered_and_the_peer_stays() -> None:
    found = opened()
    raw = ccr_bytes(packed(9_999_999, 0, 0x40, b"abc"))
    step = found.received(decoded(raw), 0)
    told = answered(step)
    assert told["Result-Code"] == 5001
    assert told["Session-Id"]
    assert found.state is State.OPEN


def test_malformed_answers_are_dropped() -> None:
    found = opened()
    raw = flagged(ccr_bytes(packed(9_999_999, 0, 0x40, b"abc")), 0x40)
    step = found.received(decoded(raw), 0)
    assert step.send == b""
    assert step.application is None
    assert found.state is State.OPEN


MISROUTED = [
    ("an unknown application", request(Command.CREDIT_CONTROL, 77, IDS, b""), 3007),
    ("an unknown command", request(Command.RE_AUTH, 4, IDS, b""), 3001),
    ("credit control in the base", request(Command.CREDIT_CONTROL, 0, IDS, b""), 3001),
    ("another realm", ccr_bytes(Destination_Realm="other.net"), 3003),
    ("another host", ccr_bytes(avp("Destination-Host", "ocs2.example.net")), 3002),
    ("a loop", ccr_bytes(avp("Route-Record", "ocs.example.net")), 3005),
]


@pytest.mark.parametrize(("what", "raw", "result"), MISROUTED, ids=[what for what, *_ in MISROUTED])
def test_what_is_not_for_us(what: str, raw: bytes, result: int) -> None:
    step = opened().received(decoded(raw), 0)
    assert step.application is not None
    fault = misrouted(step.application, NODE)
    assert fault is not None, what
    assert fault.result == result


def test_what_is_for_us() -> None:
    for raw in (ccr_bytes(), ccr_bytes(avp("Destination-Host", "OCS.example.net"))):
        assert misrouted(read(raw), NODE) is None


def test_the_tables_name_every_state_and_end() -> None:
    assert set(NEXT) == set(State)
    assert set(ON_SILENCE) == set(Watch)
    assert not NEXT[State.CLOSED]
    reached = {after for row in NEXT.values() for after in row.values()}
    assert reached == {State.OPEN, State.CLOSING, State.CLOSED}
    assert {event for row in NEXT.values() for event in row} == set(Event)


def test_peers_as_a_person_writes_them() -> None:
    assert peer_from(" a.net ") == Peer("a.net")
    assert peer_from("a.net|r.net") == Peer("a.net", "r.net")
    assert peer_from("a.net|r.net@10.0.0.1") == Peer("a.net", "r.net", "10.0.0.1")
    assert peer_from("a.net@10.0.0.1") == Peer("a.net", "", "10.0.0.1")
