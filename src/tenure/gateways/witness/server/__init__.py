"""What signs and is asked to sign: files that only go forward, HTTP, and who publishes.

Read files, signer, witness (what it decides), serving (HTTP), asking (the other end), publishing.
"""

from tenure.gateways.witness.server.asking import Asked, Outside
from tenure.gateways.witness.server.publishing import Publisher
from tenure.gateways.witness.server.serving import WitnessServer
from tenure.gateways.witness.server.signer import Signer
from tenure.gateways.witness.server.witness import Witness

__all__ = ["Asked", "Outside", "Publisher", "Signer", "Witness", "WitnessServer"]
