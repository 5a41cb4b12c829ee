"""A register of subscribers in memory: which SIM has a number, for a proof without a network."""

from collections.abc import Sequence

from tenure.gateways.hlr.server.register import Endpoint, Register
from tenure.gateways.hlr.translate.steps import Step
from tenure.gateways.hlr.translate.subscriber import Believed, Looked, Row, Wanted
from tenure.values.msisdn import Imsi, Msisdn


class Switchboard(Register):
    """Believes what the gate lets through, as osmo-hlr does; nothing else writes it."""

    def __init__(self) -> None:
        super().__init__(Endpoint("none"))
        self.sims: dict[Msisdn, Believed] = {}

    async def close(self) -> None:
        """There is no connection."""

    async def bring(self, wanted: Wanted) -> list[Step]:
        """The number is on this SIM from now on, and its former SIMs have none."""
        self.sims.pop(wanted.msisdn, None)
        if wanted.imsi is not None:
            self.sims[wanted.msisdn] = Believed(
                wanted.imsi, wanted.msisdn, wanted.open, wanted.open, wanted.keys
            )
        return []

    async def look(self, wanted: Wanted) -> Looked:
        """What is believed about a number."""
        there = self.sims.get(wanted.msisdn)
        return Looked(there, there)

    async def believed(self, msisdns: Sequence[Msisdn]) -> list[Believed | None]:
        """What is believed about the SIMs that have these numbers."""
        return [self.sims.get(msisdn) for msisdn in msisdns]

    async def everybody(self) -> list[Row]:
        """All of them."""
        return [Row(one.imsi, one.msisdn, "CSPS" if one.open else "") for one in self.sims.values()]

    async def sim_of(self, msisdn: Msisdn) -> Imsi | None:
        """On which SIM a number is reached."""
        there = self.sims.get(msisdn)
        return None if there is None else there.imsi
