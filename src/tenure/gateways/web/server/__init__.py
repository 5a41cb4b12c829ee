"""Sockets, the instant and look-ups of the page."""

from tenure.gateways.web.server.gateway import WebGateway, application
from tenure.gateways.web.server.looking import Looking

__all__ = ["Looking", "WebGateway", "application"]
