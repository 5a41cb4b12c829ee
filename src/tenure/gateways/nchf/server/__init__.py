"""Sockets, the instant and outgoing notifications of the Nchf gateway."""

from tenure.gateways.nchf.server.gateway import Settings
from tenure.gateways.nchf.server.http import Server
from tenure.gateways.nchf.server.tally import Tally

__all__ = ["Server", "Settings", "Tally"]
