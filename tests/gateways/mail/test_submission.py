"""One connection to a server of mail: TLS or nothing, and what is known of a letter afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tenure.gateways.mail.server import submission
from tenure.gateways.mail.server.submission import (
    Fate,
    Lost,
    NotOpened,
    Relay,
    Submission,
    Taken,
    Turned,
)
from tests.gateways.mail import certificates
from tests.gateways.mail.certificates import Files
from tests.gateways.mail.conftest import relay_to
from tests.gateways.mail.postoffice import HANG_UP, PASSWORD, PostOffice

LETTER = b"Subject: a\r\n\r\n.hidden dot\r\nb\r\n"
TO = "sok@example.com"
To = Callable[[Relay], Submission]


@pytest.fixture
def to() -> Iterator[To]:
    """Makes a connection to a server, which is not opened yet, and closes it at the end."""
    made: list[Submission] = []

    def another(relay: Relay) -> Submission:
        made.append(Submission(relay))
        return made[-1]

    yield another
    for one in made:
        one.close()


@pytest.fixture
def submit(relay: Relay, to: To) -> Submission:
    """A connection to the office that takes everything."""
    return to(relay)


def hand_over(submit: Submission) -> Fate:
    submit.ready()
    return submit.submit(TO, LETTER, "delivery-7")


def test_a_letter_goes_by_tls_from_who_is_known(office: PostOffice, submit: Submission) -> None:
    assert hand_over(submit) == Taken()
    [one] = office.received
    assert (one.sender, one.to, one.octets) == ("notices@tenure.example", TO, LETTER)
    assert one.secured
    assert one.known
    assert one.options == f"SIZE={len(LETTER)} RET=HDRS ENVID=delivery-7"
    assert office.heard[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


def test_one_connection_is_used_again_and_opened_again(
    office: PostOffice, submit: Submission
) -> None:
    for _ in range(3):
        assert hand_over(submit) == Taken()
    assert office.connections == 1
    office.hang_up()
    assert hand_over(submit) == Taken()
    assert (office.connections, len(office.received)) == (2, 4)


def test_a_server_that_offers_less_is_asked_for_less(
    opened: Callable[..., PostOffice], files: Files, to: To
) -> None:
    office = opened()
    assert hand_over(to(relay_to(office, files))) == Taken()
    assert office.received[0].options == ""


CLOSED = [
    (["-STARTTLS"], {}, "it offers no STARTTLS; nothing is sent without it"),
    (["-AUTH"], {}, "it offers no way to log in"),
    ([], {"STARTTLS": ["454 4.7.0 no key"]}, "it answers 454 before any letter"),
    ([], {"greeting": ["554 5.3.2 closed"]}, "it greets with 554"),
    ([], {"greeting": ["421 4.3.2 later"]}, "it greets with 421"),
    ([], {"greeting": [HANG_UP]}, "no connection (SMTPServerDisconnected)"),
    ([], {"greeting": ["who is there"]}, "it greets with -1"),
    ([], {"EHLO": [HANG_UP]}, "the connection ended (SMTPServerDisconnected)"),
    ([], {"STARTTLS": [HANG_UP]}, "the connection ended (SMTPServerDisconnected)"),
    ([], {"AUTH": [HANG_UP]}, "the connection ended (SMTPServerDisconnected)"),
    ([], {"AUTH": ["454 4.7.0 not now"]}, "it refuses our login (454)"),
]


@pytest.mark.parametrize(("offers", "script", "wanted"), CLOSED)
def test_nothing_is_sent_where_it_is_not_safe(
    opened: Callable[..., PostOffice],
    files: Files,
    to: To,
    offers: list[str],
    script: dict[str, list[str]],
    wanted: str,
) -> None:
    office = opened(*offers)
    office.script = script
    with pytest.raises(NotOpened) as caught:
        hand_over(to(relay_to(office, files)))
    assert str(caught.value) == wanted
    assert office.received == []
    assert "MAIL" not in office.heard


def test_what_somebody_says_before_tls_is_not_believed_after_it(
    office: PostOffice, submit: Submission
) -> None:
    office.script = {"STARTTLS": ["220 go\r\n250-injected\r\n250 X-INJECTED"]}
    try:
        fate = hand_over(submit)
    except NotOpened:
        assert office.received == []
    else:
        assert fate == Taken()
        assert office.received[0].secured
        assert office.heard[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


def test_a_password_is_not_said_without_tls(
    opened: Callable[..., PostOffice], files: Files, to: To
) -> None:
    office = opened("-STARTTLS", "AUTH PLAIN LOGIN")
    with pytest.raises(NotOpened, match="no STARTTLS"):
        hand_over(to(relay_to(office, files)))
    assert office.heard == ["EHLO"]


def test_a_wrong_password_is_said_without_its_words(
    office: PostOffice, files: Files, to: To
) -> None:
    with pytest.raises(NotOpened) as caught:
        hand_over(to(relay_to(office, files, password="wrong")))
    assert str(caught.value) == "it refuses our login (535)"


def test_a_server_that_is_not_there(
    opened: Callable[..., PostOffice], files: Files, to: To
) -> None:
    office = opened()
    relay = relay_to(office, files)
    office.close()
    with pytest.raises(NotOpened, match="no connection"):
        hand_over(to(relay))


def test_a_certificate_of_another_name_over_or_unknown_is_refused(
    opened: Callable[..., PostOffice], files: Files, to: To, tmp_path: Path
) -> None:
    for name, days in (("mail.example", 1), ("127.0.0.1", -1), ("127.0.0.1", 1)):
        folder = tmp_path / f"{name} {days}"
        folder.mkdir()
        made = certificates.make(folder, name, days)
        office = opened(files=made)
        trusted = files if (name, days) == ("127.0.0.1", 1) else made
        with pytest.raises(NotOpened, match="its certificate: "):
            hand_over(to(relay_to(office, trusted)))
        assert office.heard == ["EHLO", "STARTTLS"]


FATES: list[tuple[dict[str, list[str]], Fate]] = [
    ({"MAIL": ["451 4.3.0 not now"]}, Turned("sender 451 4.3.0", permanent=False)),
    ({"MAIL": ["550 5.7.1 who are you"]}, Turned("sender 550 5.7.1", permanent=False)),
    ({"RCPT": [f"550 5.1.1 <{TO}> unknown"]}, Turned("reader 550 5.1.1", permanent=True)),
    ({"RCPT": [f"450 4.2.1 <{TO}> busy"]}, Turned("reader 450 4.2.1", permanent=False)),
    ({"RCPT": ["530 5.7.0 log in"]}, Turned("reader 530 5.7.0", permanent=False)),
    ({"DATA": ["451 4.3.0 disk"]}, Turned("text 451 4.3.0", permanent=False)),
    ({"DATA": ["554 5.6.0 no"]}, Turned("text 554 5.6.0", permanent=True)),
    ({"DATA": ["250 ok"]}, Turned("text 250", permanent=False)),
    ({"text": ["452 4.3.1 full"]}, Turned("text 452 4.3.1", permanent=False)),
    ({"text": ["552 5.3.4 too big"]}, Turned("text 552 5.3.4", permanent=True)),
    ({"MAIL": ["421 4.3.2 closing"]}, Turned("sender 421 4.3.2", permanent=False)),
    ({"text": ["421 4.3.2 closing"]}, Turned("text 421 4.3.2", permanent=False)),
    ({"MAIL": [HANG_UP]}, Turned("the connection ended", permanent=False)),
    ({"RCPT": [HANG_UP]}, Turned("the connection ended", permanent=False)),
    ({"DATA": [HANG_UP]}, Turned("the connection ended", permanent=False)),
    ({"in the text": [HANG_UP]}, Lost()),
    ({"text": [HANG_UP]}, Lost()),
    ({"text": ["250 taken and hang up"]}, Lost()),
    ({"text": ["what"]}, Lost()),
    ({"RCPT": ["what"]}, Turned("reader -1", permanent=False)),
]


@pytest.mark.parametrize(("script", "wanted"), FATES, ids=[str(script) for script, _ in FATES])
def test_what_is_known_of_a_letter(
    office: PostOffice, submit: Submission, script: dict[str, list[str]], wanted: Fate
) -> None:
    office.script = script
    assert hand_over(submit) == wanted
    assert hand_over(submit) == Taken(), "the next letter goes as if nothing had been"
    assert office.received[-1].octets == LETTER


def test_a_silent_server_does_not_hold_up_for_ever(
    office: PostOffice, relay: Relay, to: To, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "TIMEOUT_SECONDS", 0.3)
    office.script = {"NOOP": [""]}
    submit = to(relay)
    assert hand_over(submit) == Taken()
    assert hand_over(submit) == Taken()


def test_nothing_secret_shows_in_a_repr(relay: Relay) -> None:
    assert PASSWORD not in repr(relay)
    assert repr(relay) == f"Relay(127.0.0.1:{relay.port})"
    assert msgspec.structs.replace(relay, password="x").password == "x"
