"""The commands ``tenure person``: whom we know, by as little as we need, and who may see it."""

import typer

from tenure.commands.person import entering, merging, profiles, showing, subjects

app = typer.Typer(
    help="Enter people and whoever else we know something about; correct, contact, merge, show.",
    no_args_is_help=True,
)

for shelf in (entering, profiles, merging, subjects, showing):
    shelf.add(app)
