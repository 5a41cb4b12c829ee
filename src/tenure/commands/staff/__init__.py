"""The commands ``tenure staff``: who of us may act, how they prove it, and what they did."""

import typer

from tenure.commands.staff import approving, enrolling, handling, overseeing

app = typer.Typer(
    help="Enrol, invite, suspend and list staff; approve; report what they did.",
    no_args_is_help=True,
)

for room in (enrolling, approving, handling, overseeing):
    room.add(app)
