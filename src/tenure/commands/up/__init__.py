"""The command ``tenure up``: the store, the gateways, the page, and a demo population.

Read command (what may be asked), opening (the store), running (the one process), gateways, telling
(stale sessions), demo, watching and showing (what is seen), terminal (how it looks), logbook.
"""

from tenure.commands.up.command import app

__all__ = ["app"]
