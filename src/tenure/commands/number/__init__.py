"""The commands ``tenure number``: stock, first sale, and whose a number is and was.

Each file beside this one adds its commands to the family.
"""

import typer

from tenure.commands.number import (
    audit,
    lock,
    recycle_due,
    replace_sim,
    selling,
    showing,
    stocking,
    transfer,
)

app = typer.Typer(
    help="Numbers and SIMs in stock, first sale, and whose a number is and was.",
    no_args_is_help=True,
)

for room in (stocking, selling, showing, transfer, replace_sim, lock, recycle_due, audit):
    room.add(app)
