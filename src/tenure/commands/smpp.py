"""The commands ``tenure smpp``: check the file of centres and providers, hash a password."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.gateways.smpp.server import passwords
from tenure.gateways.smpp.server.settings import Settings, UnusableError, read
from tenure.gateways.smpp.wire.pdu import PASSWORD

app = typer.Typer(no_args_is_help=True)

FAILED: Final = 1


@app.callback()
def smpp() -> None:
    """Message centres that we bind to, and content providers that bind to us."""


@app.command("check")
def check_file(
    file: Annotated[Path, typer.Argument(help="The file, usually DATA/smpp.toml.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Read a file of message centres and providers, and say what it holds or what is wrong.

    No password is shown.  Exit code 0: it can be used.  1: it cannot.

    Example: tenure smpp check .tenure/smpp.toml
    """
    try:
        settings = read(file)
    except UnusableError as wrong:
        sys.stderr.write(f"tenure smpp check: {wrong}\n")
        raise typer.Exit(FAILED) from None
    if as_json:
        sys.stdout.write(json.dumps(_facts(settings), indent=2) + "\n")
        return
    for one in settings.smsc:
        where = f"{one.host}:{one.port}{' with TLS' if one.tls else ''}"
        pace = f"{one.per_second} a second" if one.per_second else "as fast as it takes them"
        sys.stdout.write(f"{one.name}: {one.bind} at {where}, window {one.window}, {pace}\n")
    for account in settings.provider:
        sys.stdout.write(
            f"provider {account.system_id}: {account.kind} for {account.purpose!r}, from"
            f" {', '.join(account.networks)}, {account.per_second} a second\n"
        )


def _facts(settings: Settings) -> dict[str, object]:
    """The same for a program."""
    return {
        "smsc": [
            {"name": one.name, "bind": one.bind.value, "host": one.host, "port": one.port}
            for one in settings.smsc
        ],
        "provider": [
            {"system_id": one.system_id, "kind": one.kind.value, "purpose": one.purpose}
            for one in settings.provider
        ],
    }


@app.command("password")
def hash_password(
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Hash the password of a content provider: one line of standard input, never an argument.

    What it prints is ``password_hash`` of the provider's account.  At most 8 characters: SMPP has
    no room for more.

    Example: tenure smpp password < file-with-the-password
    """
    if sys.stdin.isatty():
        password = typer.prompt("password", hide_input=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not 0 < len(password) < PASSWORD or not password.isascii():
        sys.stderr.write("tenure smpp password: write 1 to 8 ASCII characters, and a line end\n")
        raise typer.Exit(FAILED)
    found = passwords.hashed(password, os.urandom(passwords.SALT_OCTETS))
    sys.stdout.write((json.dumps({"password_hash": found}) if as_json else found) + "\n")
