"""Sockets, the instant, and who is there.

Read site (what every handler has), guard (what stands before), gateway (what is served), looking,
signing, requests, own, loading (what is read of a number).
"""

from tenure.gateways.web.server.gateway import WebGateway, application
from tenure.gateways.web.server.site import Site

__all__ = ["Site", "WebGateway", "application"]
