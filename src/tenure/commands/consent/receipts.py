"""Hands out receipts of what somebody said, and verifies one without a database."""

import sys
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import msgspec
import typer

from tenure.commands import connect, secret_file
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.consent.saying import NAME
from tenure.commands.number.acting import by_staff
from tenure.postgres.pool import Pool
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Refusal
from tenure.promises.record.model import Plain
from tenure.promises.staff.model import Task
from tenure.values.refused import Refused

SEED_OCTETS: Final = 32
RECEIPT_OCTETS_MAX: Final = 65_536

KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help="What receipts are signed with; DATA/keys/receipts without."),
]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure consent``."""
    app.command()(receipt)
    app.command()(key)
    app.command()(verify)


def receipt(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="See: tenure consent show.")],
    key_file: KeyFile = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Print the signed receipt of one yes or no (ISO/IEC TS 27560, RFC 7515); --json: its fields.

    Example: tenure consent receipt 7b0e4c62-5d4e-4f1c-9c59-9f86d081884c > receipt.jws
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    try:
        record_id = UUID(record)
    except ValueError as wrong:
        raise typer.BadParameter(f"RECORD: {wrong}; see: tenure consent show") from wrong
    seed = _seed(key_file, data, dsn)

    async def work(pool: Pool) -> dict[str, Plain] | Refused[Refusal]:
        return await by_staff(pool, (act, Task.KEEP_CONSENT), consent.receipt, terms, record_id)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(consent.signed(found, seed), found, as_json=as_json)


def key(
    key_file: KeyFile = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Print the public key of receipts (RFC 7517), to be published where people look for it.

    Example: tenure consent key > receipts.jwk
    """
    public = consent.public_key(_seed(key_file, data, dsn))
    # A key is JSON for everybody: what is printed is what is published.
    connect.say(msgspec.json.encode(public).decode(), public, as_json=as_json)


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A receipt; - reads it from stdin.")],
    key: Annotated[
        Path, typer.Option("--key", help="The public key, as tenure consent key has it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say whether this key signed a receipt, and what it says; needs no database.

    Example: tenure consent verify receipt.jws --key receipts.jwk
    """
    public = _public(_read(key))
    told = consent.opened(_read(file), public)
    if told is None:
        connect.fail(
            NAME, f"{file}: this key did not sign it, or it is no receipt; do not believe it"
        )
    if missing := consent.missing(told):
        connect.fail(NAME, f"{file}: signed, but it lacks {', '.join(missing)}")
    (purpose,) = told["processing"]["purposes"]
    last = told["events"][-1]
    words = (
        f"signed by {told['party_identification'][0]['party_name']}: person"
        f" {told['pii_principal_id']}, {purpose['title']}: {last['event_state']} at"
        f" {last['event_time']}"
    )
    connect.say(words, told, as_json=as_json)


def _seed(key_file: Path | None, data: Path, dsn: str | None) -> bytes:
    if key_file is None and dsn is not None:
        connect.fail(NAME, "with --dsn, name the file of the key of receipts with --key-file")
    path = key_file or data / "keys" / "receipts"
    secret_file.make(NAME, path, SEED_OCTETS)
    return secret_file.read(NAME, path, SEED_OCTETS, "it is made with the first receipt")


def _read(path: Path) -> str:
    try:
        if str(path) == "-":
            return sys.stdin.read(RECEIPT_OCTETS_MAX + 1)
        with path.open("rb") as file:
            return file.read(RECEIPT_OCTETS_MAX + 1).decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        connect.fail(NAME, f"{path}: cannot be read: {error}")


def _public(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except (msgspec.DecodeError, msgspec.ValidationError):
        connect.fail(NAME, "the key is no JSON Web Key; print it with: tenure consent key")
