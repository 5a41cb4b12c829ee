"""What can be written and dialled."""

from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Act
from tenure.selfcare.caller import Visit
from tenure.selfcare.model import Screen


async def help_(_tx: Transaction, visit: Visit, _argument: str, _act: Act) -> Screen:
    """The words and codes of the pack."""
    return Screen((visit.say("say-help"),))
