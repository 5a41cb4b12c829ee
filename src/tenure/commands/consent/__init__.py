"""The commands ``tenure consent``: what people agreed to, and the receipts of it.

Read saying (give, withdraw, show, accept) and receipts.
"""

import typer

from tenure.commands.consent import receipts, saying

app = typer.Typer(
    help="Keep what people agree to and refuse, show it, and hand out receipts.",
    no_args_is_help=True,
)
for part in (saying, receipts):
    part.add(app)
