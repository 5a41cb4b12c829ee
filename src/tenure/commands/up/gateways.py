"""The network gateways of a plan, with their settings."""

from typing import TYPE_CHECKING

from tenure.commands.up.addresses import Address
from tenure.commands.up.trouble import CannotRunError
from tenure.commands.up.watching import WatchedLanes
from tenure.gateways.diameter.server import listener as diameter
from tenure.gateways.nchf import server as nchf
from tenure.gateways.nchf.translate.answers import Local

if TYPE_CHECKING:
    from tenure.commands.up.running import Plan


def diameter_of(plan: "Plan", lanes: WatchedLanes) -> diameter.Server:
    """The Diameter gateway; it admits the peers of the plan, and with a demo those to try it."""
    try:
        settings = diameter.settings_for(
            plan.pack.terms,
            (diameter.Endpoint(plan.diameter.host, plan.diameter.port, plan.tls),),
            plan.clock.now(),
            peers=(*plan.peers, *(diameter.PEERS if plan.demo else ())),
            host=plan.identity[0],
            realm=plan.identity[1],
        )
    except ValueError as wrong:
        raise CannotRunError(f"the Diameter gateway: {wrong}") from wrong
    return diameter.Server(settings, lanes, plan.clock.now)


def nchf_of(plan: "Plan", address: Address, lanes: WatchedLanes) -> nchf.Server:
    """The Nchf gateway."""
    terms = plan.pack.terms
    local = Local(
        emergency_number=next(iter(terms.emergency_numbers), "112"), redirect_url=terms.redirect_url
    )
    settings = nchf.Settings(secret=plan.secret, host=address.host, port=address.port, local=local)
    return nchf.Server(settings, lanes, plan.clock.now)
