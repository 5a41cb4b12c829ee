"""The commands ``tenure tariff``: a new price is published, told, and in force 30 days later."""

import typer

from tenure.commands.tariff import publishing, showing, withdrawing

app = typer.Typer(
    help="Publish a version of the prices, see who was told of it, and withdraw it.",
    no_args_is_help=True,
)

publishing.add(app)
showing.add(app)
withdrawing.add(app)
