"""Addresses to listen on: read from HOST:PORT, and refused in words when somebody has them."""

import errno
import ipaddress
import socket
from typing import Final

import msgspec

from tenure.commands.up.trouble import CannotRunError

PORT_MAX: Final = 65_535


class Address(msgspec.Struct, frozen=True):
    """Where a gateway listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it was asked for: HOST:PORT."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address_of(text: str, option: str) -> Address:
    """Read HOST:PORT; CannotRunError names the option that is wrong."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) <= PORT_MAX:
        raise CannotRunError(f"{option} {text}: write HOST:PORT, such as 127.0.0.1:3868")
    return Address(host, int(port))


def must_be_free(address: Address, option: str) -> None:
    """CannotRunError when nobody can listen there, with the way out."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise CannotRunError(_why(address, option, error)) from error


def must_be_loopback(address: Address, option: str) -> None:
    """CannotRunError when others could read along."""
    try:
        near = address.host == "localhost" or ipaddress.ip_address(address.host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise CannotRunError(
            f"{option} {address}: the page speaks plain HTTP, so it listens on loopback only; give"
            f" {option} 127.0.0.1:{address.port}, and reach it through an SSH tunnel, or a proxy"
            " with TLS and --public-url"
        )


def _why(address: Address, option: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"{option} {address}: another program listens there; stop it (is Tenure running"
            f" already?) or give another port, such as {option} {address.host}:{address.port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"{option} {address}: ports below 1024 need privileges; give a higher one"
    return f"{option} {address}: nobody can listen there ({error.strerror}); give another host"
