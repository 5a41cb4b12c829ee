"""The commands ``tenure prove``: what is promised is attacked, and what happens is shown."""

import typer

from tenure.commands.prove.incident import add

app = typer.Typer(
    help="Attack what is promised, in a fresh database, and show what happens.",
    no_args_is_help=True,
)


@app.callback()
def family() -> None:
    """Be a family, though it has one command so far."""


add(app)
