"""The commands ``tenure record``: verify the record, show it, hand out receipts, replace its keys.

Read reaching (what they all need), showing, verifying, replacing.
"""

from tenure.commands.record import replacing, showing, verifying
from tenure.commands.record.reaching import app

__all__ = ["app", "replacing", "showing", "verifying"]
