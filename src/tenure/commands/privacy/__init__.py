"""The commands ``tenure privacy``: the register, rights, retention, keys, disclosures, breaches."""

import typer

from tenure.commands.privacy import (
    breaches,
    copying,
    disclosures,
    drilling,
    exports,
    holds,
    keys,
    propagating,
    register,
    retention,
    rights,
    usage,
    website,
)

app = typer.Typer(
    help="See what is held about people, answer their rights, and end what must end.",
    no_args_is_help=True,
)
for part in (
    keys,
    copying,
    drilling,
    register,
    retention,
    exports,
    holds,
    breaches,
    disclosures,
    propagating,
    rights,
    usage,
    website,
):
    part.add(app)
