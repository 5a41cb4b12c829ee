"""``tenure privacy propagate``: recipients are told of a change, and their receipts come back."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.number.acting import by_staff
from tenure.commands.privacy.outgoing import Outgoing
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.rules import canonical
from tenure.promises.staff.model import Task
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

NAME: Final = "privacy"
RECEIPT_OCTETS_MAX: Final = 65_536


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    app.command()(propagate)
    app.command()(receipt)


def propagate(
    outbox: Annotated[Path, typer.Option("--outbox", help="The folder from which they are sent.")],
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Write what recipients are to be told by now, each a file; without a receipt it is due again.

    Example: tenure privacy propagate --outbox outbox
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    outbox.mkdir(parents=True, exist_ok=True)

    async def work(pool: Pool) -> list[model.disclosures.Message]:
        return await by_staff(pool, (act, Task.DISCLOSE), _due, act.at)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    for one in found:
        with Outgoing(outbox / f"{one.recipient}-{one.message_id}-{one.attempts + 1}.json") as file:
            said = privacy.disclosures.told_to(one, terms.consents.controller.name)
            file.write(canonical(said).encode())
            file.leave()
    count = "1 message" if len(found) == 1 else f"{len(found):,} messages"
    listed = [
        {"message": str(one.message_id), "to": one.recipient, "expected_by": iso(one.expected_by)}
        for one in found
    ]
    connect.say(f"{count} in {outbox}", listed, as_json=as_json)


async def _due(tx: Transaction, at: Instant) -> list[model.disclosures.Message]:
    """Counted as told before they are written; what a crash keeps from the folder is due again."""
    found = await privacy.disclosures.messages_due(tx, at)
    await privacy.disclosures.told(tx, found, at)
    return found


def receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the recipient sent back.")],
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep that a recipient has done what it was told, by the receipt it sent back.

    Example: tenure privacy receipt group-care.json
    """
    if not file.is_file() or file.stat().st_size > RECEIPT_OCTETS_MAX:
        raise typer.BadParameter(f"FILE: {file} is no file of at most 64 KiB")
    octets = file.read_bytes()
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> model.disclosures.Message | Refused[Any]:
        return await by_staff(
            pool, (act, Task.DISCLOSE), privacy.disclosures.acknowledged, octets, act
        )

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(done, Refused):
        connect.refused(NAME, done, as_json=as_json)
    told = {"message": str(done.message_id), "recipient": done.recipient}
    connect.say(f"{done.recipient} has done the {done.change.value}", told, as_json=as_json)
