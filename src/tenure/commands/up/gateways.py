"""The network gateways of a plan, with their settings."""

from typing import TYPE_CHECKING, Final

from tenure.commands.demo import calling
from tenure.commands.up.addresses import Address
from tenure.commands.up.watching import WatchedLanes
from tenure.gateways.diameter.server import listener as diameter
from tenure.gateways.diameter.session import Node, Peer
from tenure.gateways.diameter.translate.currencies import NUMBER_OF
from tenure.gateways.diameter.translate.request import Terms
from tenure.gateways.diameter.translate.response import Voice
from tenure.gateways.nchf import server as nchf
from tenure.gateways.nchf.translate.answers import Local
from tenure.values.instant import SECOND_MS

if TYPE_CHECKING:
    from tenure.commands.up.running import Plan

HOST: Final = "ocs.tenure.example"
REALM: Final = "tenure.example"
"""RFC 2606: names that are nobody's.  The realm is ours to answer for."""


def diameter_of(plan: "Plan", lanes: WatchedLanes) -> diameter.Server:
    """The Diameter gateway; it admits the peers of the settings and, with a demo, the demo's."""
    names = [*plan.peers, *([calling.HOST] if plan.demo else [])]
    terms = plan.pack.terms
    currency = NUMBER_OF[terms.currency]
    settings = diameter.Settings(
        endpoints=(diameter.Endpoint(plan.diameter.host, plan.diameter.port),),
        node=Node(
            host=HOST,
            realm=REALM,
            address=plan.diameter.host,
            origin_state_id=plan.clock.now() // SECOND_MS,
            peers=tuple(Peer(name) for name in names),
        ),
        terms=Terms(currency=currency, home_plmns=frozenset(terms.home_plmns)),
        voice=Voice(host=HOST, realm=REALM, currency=currency, redirect_url=terms.redirect_url),
    )
    return diameter.Server(settings, lanes, plan.clock.now)


def nchf_of(plan: "Plan", address: Address, lanes: WatchedLanes) -> nchf.Server:
    """The Nchf gateway."""
    terms = plan.pack.terms
    local = Local(
        emergency_number=next(iter(terms.emergency_numbers), "112"), redirect_url=terms.redirect_url
    )
    settings = nchf.Settings(secret=plan.secret, host=address.host, port=address.port, local=local)
    return nchf.Server(settings, lanes, plan.clock.now)
