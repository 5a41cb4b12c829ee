"""What the commands of the record need: where the policy is, and the logs and keys it names."""

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from tenure.commands import connect
from tenure.gateways.witness.server import Outside, Signer
from tenure.gateways.witness.server.files import UnusableFolderError
from tenure.promises.record import rules
from tenure.promises.record.model import Log, Trust
from tenure.promises.record.rules import MalformedError

app = typer.Typer(
    help="Verify the record, show its checkpoints and witnesses, hand out receipts.",
    no_args_is_help=True,
)

NAME: Final = "record"
FOLDER: Final = "record"

Policy: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Whom to trust (C2SP tlog-policy); DATA/record/policy if not given."),
]


def policy_text(data: Path, given: Path | None) -> str:
    """The policy file, or why there is none and exit with 1."""
    path = given or data / FOLDER / "policy"
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        connect.fail(
            NAME, f"{path}: no policy can be read here; tenure up writes one, or give --policy"
        )


def trust_of(data: Path, given: Path | None) -> Trust:
    """Whom the policy trusts, or what is wrong with it and exit with 1."""
    try:
        return rules.trust_of(policy_text(data, given))
    except MalformedError as wrong:
        connect.fail(NAME, f"{given or data / FOLDER / 'policy'}: {wrong}")


def witnesses_of(data: Path, given: Path | None) -> list[Outside]:
    """The witnesses of the policy that say where they are."""
    text = policy_text(data, given)
    urls = rules.urls_of(text)
    return [Outside(urls[vkey], vkey) for vkey in rules.trust_of(text).witnesses if vkey in urls]


def signer_of(data: Path, log: Log) -> Signer:
    """The signer of a log, or what is wrong with its folder and exit with 1."""
    try:
        return Signer.of(data / FOLDER, log.origin)
    except UnusableFolderError as wrong:
        connect.fail(NAME, str(wrong))
