"""``tenure privacy propagate``: recipients are told of a change, and their receipts come back."""

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from tenure.commands import connect, secret_file
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.number.acting import by_staff
from tenure.gateways.recipients.server import Carried, Carrier, Sender
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.consent import operations as consent
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

NAME: Final = "privacy"
KEY: Final = "recipients"
"""The file of the key that signs, under DATA/keys; and the folder of what is told, under DATA."""
SEED_OCTETS: Final = 32
RECEIPT_OCTETS_MAX: Final = 65_536

Message = model.propagation.Message
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help="What messages are signed with; DATA/keys/recipients without."),
]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    app.command()(propagate)
    app.command()(receipt)
    app.command()(messages)
    app.command(name="message-key")(message_key)


def carrier(pool: Pool, terms: Terms, data: Path, now: Any) -> Carrier:
    """What tells recipients while Tenure runs: with the key and the folder of this data."""
    seed = _seed(None, data, None)
    return Carrier(pool, Sender(terms.consents.controller.name, seed, data / KEY), now)


def propagate(
    outbox: Annotated[
        Path, typer.Option("--outbox", help="Where recipients by file have folders.")
    ],
    key_file: KeyFile = None,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Tell recipients what is due, signed, each by its way; and keep the receipts that they sign.

    A recipient by file finds OUTBOX/RECIPIENT/ID.jws and puts ID.receipt.jws beside it.

    Example: tenure privacy propagate --outbox outbox
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    sender = Sender(terms.consents.controller.name, _seed(key_file, data, dsn), outbox)
    outbox.mkdir(parents=True, exist_ok=True)

    async def work(pool: Pool) -> list[Carried]:
        await by_staff(pool, (act, Task.DISCLOSE), _allowed)
        return await Carrier(pool, sender, lambda: act.at, act.by).carry()

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    count = "1 message" if len(found) == 1 else f"{len(found):,} messages"
    lines = [f"{count} in {outbox}", *(_carried(one) for one in found)]
    connect.say(
        "\n".join(lines), [_told(one.message, one.trouble) for one in found], as_json=as_json
    )


async def _allowed(tx: Transaction) -> None:
    """Whether they may is looked at before; what is told has transactions of its own."""
    del tx


def _carried(one: Carried) -> str:
    what = "done, signed" if one.done else one.trouble or "told, no receipt yet"
    return f"{one.message.recipient}  {one.message.change.value}  {one.message.message_id}  {what}"


def _told(one: Message, trouble: str = "") -> dict[str, object]:
    return {
        "message": str(one.message_id),
        "to": one.recipient,
        "change": one.change.value,
        "case": None if one.case_id is None else str(one.case_id),
        "expected_by": iso(one.expected_by),
        "attempts": one.attempts,
        "done_at": None if one.done_at is None else iso(one.done_at),
        "trouble": trouble,
    }


def receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the recipient sent back.")],
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep that a recipient has done what it was told: by its receipt, if it signed exactly that.

    Example: tenure privacy receipt group-care.receipt.jws
    """
    if not file.is_file() or file.stat().st_size > RECEIPT_OCTETS_MAX:
        raise typer.BadParameter(f"FILE: {file} is no file of at most 64 KiB")
    octets = file.read_bytes()
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> Message | Refused[Any]:
        return await by_staff(
            pool, (act, Task.DISCLOSE), privacy.propagation.acknowledged, octets, act
        )

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(done, Refused):
        connect.refused(NAME, done, as_json=as_json)
    connect.say(f"{done.recipient} has done the {done.change.value}", _told(done), as_json=as_json)


def messages(
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show what recipients were told and have not answered, what is overdue first: nobody's names.

    Example: tenure privacy messages
    """
    now: Instant = connect.instant_typed(at)

    async def work(pool: Pool) -> list[Message]:
        return await perform(pool, privacy.propagation.unanswered)

    found = connect.run(NAME, data, dsn, work)
    lines = [waiting(one, now) for one in found] or ["every recipient has answered"]
    connect.say("\n".join(lines), [_told(one) for one in found], as_json=as_json)


def waiting(one: Message, at: Instant) -> str:
    """A message that nobody has answered, about nobody."""
    case = "" if one.case_id is None else f", case {one.case_id}"
    late = "OVERDUE: was expected" if at >= one.expected_by else "expected"
    return (
        f"{one.recipient}  {one.change.value}  {one.message_id}  {late} by {iso(one.expected_by)},"
        f" told {one.attempts} times{case}"
    )


def message_key(
    key_file: KeyFile = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Print the public key of messages to recipients (RFC 7517), to be handed to each of them.

    Example: tenure privacy message-key > ours.jwk
    """
    public = consent.public_key(_seed(key_file, data, dsn))
    connect.say(msgspec.json.encode(public).decode(), public, as_json=as_json)


def _seed(key_file: Path | None, data: Path, dsn: str | None) -> bytes:
    if key_file is None and dsn is not None:
        connect.fail(NAME, "with --dsn, name the file of the key of messages with --key-file")
    path = key_file or data / "keys" / KEY
    secret_file.make(NAME, path, SEED_OCTETS)
    return secret_file.read(NAME, path, SEED_OCTETS, "it is made with the first message")
