"""The engine of dialogues, and the two ways to it: GSUP, and forms over HTTP."""

from tenure.gateways.ussd.server.engine import Engine, Page
from tenure.gateways.ussd.server.euse import Euse, Registers
from tenure.gateways.ussd.server.http import Forms, FormSettings

__all__ = ["Engine", "Euse", "FormSettings", "Forms", "Page", "Registers"]
