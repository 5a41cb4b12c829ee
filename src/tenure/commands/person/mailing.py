"""A code goes by mail to the address that somebody gave, so that who reads it can say it."""

from pathlib import Path

from tenure.commands import mail_file
from tenure.commands.mail_file import UnusableMailError
from tenure.gateways.mail import wire
from tenure.gateways.mail.server.submission import Fate, NotOpened, Relay, Submission, Taken, Turned
from tenure.promises.notices import operations as notices
from tenure.promises.people.model import Code
from tenure.terms import pack
from tenure.values.instant import Instant, moment_of


class NotSentError(Exception):
    """The letter did not surely leave; the words say what to do, and name nobody."""


def relay_of(path: Path) -> Relay:
    """The server that takes our mail; NotSentError when its file cannot be used."""
    try:
        return mail_file.read(path)
    except UnusableMailError as wrong:
        raise NotSentError(str(wrong)) from wrong


def send(relay: Relay, operator: str, language: str, found: Code, code: str, at: Instant) -> None:
    """Hand the letter over; NotSentError when it was not taken."""
    chosen = pack.load(operator)
    said = notices.code_letter(notices.wording(chosen), language, code, found.until)
    letter = wire.Letter(
        message_id=f"code-{found.code_id}@{relay.sender.rpartition('@')[2]}",
        sender=relay.sender,
        sender_name=chosen.terms.name,
        to=found.address,
        subject=said.subject,
        text=said.body,
        language=language if language in chosen.texts else chosen.terms.prevailing_language,
        written=moment_of(at),
    )
    submission = Submission(relay)
    try:
        submission.ready()
        _taken(submission.submit(found.address, wire.written(letter), f"code-{found.code_id}"))
    except NotOpened as why:
        raise NotSentError(f"the server of mail takes nothing: {why}; send a new code") from why
    finally:
        submission.close()


def _taken(fate: Fate) -> None:
    if isinstance(fate, Turned):
        words = f"the server of mail did not take it ({fate.reason}); look at the address"
        raise NotSentError(words)
    if not isinstance(fate, Taken):
        raise NotSentError("the connection ended: nobody knows whether it left; send a new code")
