"""Answers to forms leave a real PostgreSQL as letters: once, tried again, or honestly unknown."""

import email
import email.policy
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from tenure.gateways.mail.server.letters import FormLetters
from tenure.gateways.mail.server.submission import NotOpened, Relay, Submission
from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.letters import State
from tenure.promises.privacy.operations import Keys, letters
from tenure.values.instant import Instant
from tests.gateways.mail.answering import waiting
from tests.gateways.mail.certificates import Files
from tests.gateways.mail.conftest import relay_to
from tests.gateways.mail.postoffice import HANG_UP, PostOffice
from tests.privacy.test_website import AT, TERMS

TEXT = "ហាងបើករហូតដល់ម៉ោង 8។\n.\nSok"
Opened = Callable[..., FormLetters]


@pytest.fixture
async def opened(pool: Pool, relay: Relay, tmp_path: Path) -> AsyncIterator[Opened]:
    """An answer waits; opens another gateway, as after a restart."""
    made: list[FormLetters] = []
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as shelf:
        keys = Keys(shelf)
        await waiting(pool, keys, TEXT)

        def another(relay: Relay = relay, at: Instant = AT) -> FormLetters:
            submission = Submission(relay)
            one = FormLetters(pool, TERMS, keys, relay.sender, submission, lambda: at)
            made.append(one)
            return one

        yield another
        for one in made:
            one.close()


async def how(pool: Pool) -> tuple[State, str | None]:
    (letter,) = await perform(pool, letters.listed)
    return letters.state(letter, AT), letter.reason


async def test_an_answer_arrives_once_with_its_own_name(
    pool: Pool, opened: Opened, office: PostOffice
) -> None:
    assert await opened().step()
    assert not await opened().step()
    (received,) = office.received
    assert (received.to, received.secured, received.known) == ("dara@example.com", True, True)
    found = email.message_from_bytes(received.octets, policy=email.policy.default)
    assert found["Message-ID"] == f"<form-{uuid.UUID(int=1)}-1@tenure.example>"
    assert found["Subject"] == "Our answer to your message"
    assert TEXT in str(found.get_content()).replace("\r\n", "\n")
    assert await how(pool) == (State.SENT, None)


@pytest.mark.parametrize(
    ("what", "answer", "state"),
    [
        ("RCPT", "550 5.1.1 <dara@example.com> is nobody", (State.FAILED, "reader 550 5.1.1")),
        ("RCPT", "451 4.2.1 later", (State.WAITING, "reader 451 4.2.1")),
        ("RCPT", HANG_UP, (State.WAITING, "the connection ended")),
        ("text", HANG_UP, (State.DOUBTFUL, "the connection ended after the text")),
    ],
)
async def test_what_the_server_says_is_what_becomes_of_it(
    pool: Pool, opened: Opened, office: PostOffice, what: str, answer: str,
    state: tuple[State, str],
) -> None:  # fmt: skip
    office.script[what] = [answer]
    assert await opened().step()
    assert await how(pool) == state
    assert not await opened().step()


async def test_without_a_server_nothing_is_under_way(
    pool: Pool, opened: Opened, office: PostOffice, files: Files
) -> None:
    wrong = relay_to(office, files, password="wrong")
    with pytest.raises(NotOpened):
        await opened(wrong).step()
    assert await how(pool) == (State.WAITING, None)
