"""exim 4 takes our letters: TLS, a password, and what it says of each."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenure.gateways.mail.server.letters import FormLetters
from tenure.gateways.mail.server.submission import (
    Fate,
    NotOpened,
    Relay,
    Submission,
    Taken,
    Turned,
)
from tenure.gateways.mail.wire import Letter, written
from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.promises.privacy.operations import Keys
from tests.gateways.mail.answering import waiting
from tests.gateways.mail.postoffice import LOGIN, PASSWORD
from tests.peers.exim import Exim, exim
from tests.privacy.test_website import AT, TERMS

pytestmark = pytest.mark.peer("exim4")

KHMER = "Smart Axiata៖ ការជូនដំណឹងសុវត្ថិភាពសម្រាប់លេខរបស់អ្នក"
BODY = "Smart Axiata៖ លេខ 015 000 000 របស់អ្នកត្រូវបានដោះសោហើយ។\n.\nbye"
WRITTEN = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LINK = f"https://mine.example/unsubscribe/{'a' * 60}"


@pytest.fixture(scope="module")
def server() -> Iterator[Exim]:
    with exim() as running:
        yield running


@pytest.fixture
def submission(server: Exim) -> Iterator[Callable[..., Submission]]:
    """Makes a connection to it, as who we are or as somebody else."""
    made: list[Submission] = []

    def another(password: str = PASSWORD, login: str = LOGIN) -> Submission:
        relay = Relay(
            host="127.0.0.1",
            port=server.port,
            sender="notices@tenure.example",
            login=login,
            password=password,
            authorities=server.files.authority,
            name="tenure.example",
        )
        made.append(Submission(relay))
        return made[-1]

    yield another
    for one in made:
        one.close()


def letter(number: int, to: str = "sok@example.com", **changed: str) -> tuple[str, bytes, str]:
    given = {"subject": KHMER, "text": BODY, "unsubscribe": LINK} | changed
    made = Letter(
        message_id=f"notice-{number}@tenure.example",
        sender="notices@tenure.example",
        sender_name="Smart Axiata",
        to=to,
        language="km",
        written=WRITTEN,
        **given,
    )
    return to, written(made), f"delivery-{number}"


def test_letters_arrive_as_they_were_written(
    server: Exim, submission: Callable[..., Submission]
) -> None:
    one = submission()
    for number in range(3):
        one.ready()
        assert one.submit(*letter(number)) == Taken()
    assert one.opened == 1
    for number, found in enumerate(server.delivered(3)):
        assert found["Message-ID"] == f"<notice-{number}@tenure.example>"
        assert found["Subject"] == KHMER
        assert str(found.get_content()).replace("\r\n", "\n") == f"{BODY}\n"
        assert found["List-Unsubscribe"] == f"<{LINK}>"
        # Exim notes how it came: by SMTP, encrypted, from who was known.
        assert "esmtpsa" in found["Received"]
    assert server.log().count("A=plain:tenure") == 3


def test_what_it_refuses_is_known(submission: Callable[..., Submission]) -> None:
    one = submission()
    wanted: list[tuple[tuple[str, bytes, str], Fate]] = [
        (letter(7, "nobody@example.com"), Turned("reader 550 5.1.1", permanent=True)),
        (letter(7, "later@example.com"), Turned("reader 451 4.2.1", permanent=False)),
        (letter(7, subject="unwanted"), Turned("text 550 5.6.0", permanent=True)),
        (letter(7, text="a" * 60_000), Turned("sender 552", permanent=True)),
        (letter(8), Taken()),
    ]
    for given, fate in wanted:
        one.ready()
        assert one.submit(*given) == fate
    assert one.opened == 1


@pytest.mark.parametrize(("login", "password"), [(LOGIN, "wrong"), ("eve", PASSWORD)])
def test_who_is_not_known_sends_nothing(
    submission: Callable[..., Submission], login: str, password: str
) -> None:
    with pytest.raises(NotOpened, match=r"it refuses our login \(535\)"):
        submission(password, login).ready()


def test_who_does_not_say_who_they_are_is_turned_away(
    submission: Callable[..., Submission],
) -> None:
    one = submission(login="")
    one.ready()
    assert one.submit(*letter(9)) == Turned("sender 550 5.7.0", permanent=False)


async def test_an_answer_to_a_form_arrives_once(
    server: Exim, submission: Callable[..., Submission], pool: Pool, tmp_path: Path
) -> None:
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as shelf:
        keys = Keys(shelf)
        entry = await waiting(pool, keys, "ហាងបើករហូតដល់ម៉ោង 8។")
        one = FormLetters(pool, TERMS, keys, "notices@tenure.example", submission(), lambda: AT)
        assert await one.step()
        assert not await one.step()
    name = f"<form-{entry}-1@tenure.example>"
    arrived = server.delivered(1)
    while name not in (each["Message-ID"] for each in arrived):
        arrived = server.delivered(len(arrived) + 1)
    (found,) = [each for each in arrived if each["Message-ID"] == name]
    assert found["To"] == "dara@example.com"
    assert "ហាងបើក" in str(found.get_content())
