"""The settings of the gateway, and the file that they are read from."""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec

from tenure.gateways.smpp.server.passwords import Kept, kept_of
from tenure.gateways.smpp.session.session import Timers
from tenure.gateways.smpp.translate.sending import Manner, sender_of
from tenure.gateways.smpp.wire.names import Command
from tenure.gateways.smpp.wire.pdu import ADDRESS, PASSWORD, SYSTEM_ID
from tenure.values.instant import SECOND_MS

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")]
Identity = Annotated[str, msgspec.Meta(min_length=1, max_length=SYSTEM_ID - 1, pattern=r"^[!-~]+$")]
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Window = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Sender = Annotated[str, msgspec.Meta(min_length=1, max_length=ADDRESS - 1, pattern=r"^[ -~]+$")]


class UnusableError(Exception):
    """The file cannot be used; the words say where, and what to do."""


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files for TLS, all PEM."""

    authority: Path | None = None
    """Whose signature the other side must show; for a message centre, None is the system's."""
    certificate: Path | None = None
    key: Path | None = None


class Kind(StrEnum):
    """Which way messages go."""

    TRANSCEIVER = "transceiver"
    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"


COMMAND_OF: Final[Mapping[Kind, Command]] = {
    Kind.TRANSCEIVER: Command.BIND_TRANSCEIVER,
    Kind.TRANSMITTER: Command.BIND_TRANSMITTER,
    Kind.RECEIVER: Command.BIND_RECEIVER,
}


class Smsc(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A message centre that we bind to; a table ``[[smsc]]`` of the file."""

    name: Name
    host: str
    port: Port
    system_id: Identity
    password_file: Path
    """One line, and nobody else may read it."""
    sender: Sender
    """The short code or name that texts come from."""
    bind: Kind = Kind.TRANSCEIVER
    receipts_of: Name | None = None
    """For a receiver: the name of the transmitter whose receipts come here."""
    country_code: Annotated[str, msgspec.Meta(pattern=r"^([1-9][0-9]{0,2})?$")] = ""
    """What national numbers (TON 2) begin with in E.164."""
    system_type: Annotated[str, msgspec.Meta(max_length=12)] = ""
    address_range: Annotated[str, msgspec.Meta(max_length=40)] = ""
    preference: int = 0
    """The lowest that is bound sends; equal ones share."""
    window: Window = 50
    per_second: Annotated[int, msgspec.Meta(ge=0)] = 0
    receipts: bool = True
    useless_ids: bool = False
    """Its message ids do not tell one message from another: receipts are matched otherwise."""
    sender_ton: int | None = None
    sender_npi: int | None = None
    destination_ton: int = 1
    destination_npi: int = 1
    service_type: Annotated[str, msgspec.Meta(max_length=5)] = ""
    enquire_seconds: Annotated[int, msgspec.Meta(ge=1)] = 30
    response_seconds: Annotated[int, msgspec.Meta(ge=1)] = 15
    tls: Tls | None = None

    def __repr__(self) -> str:
        return f"Smsc({self.name})"

    @property
    def via(self) -> str:
        """Who carries what is sent or reported here, as deliveries call it."""
        return self.receipts_of or self.name

    @property
    def timers(self) -> Timers:
        """How long silence may last."""
        return Timers(self.enquire_seconds * SECOND_MS, self.response_seconds * SECOND_MS)

    @property
    def manner(self) -> Manner:
        """How messages to it look."""
        return Manner(
            sender_of(self.sender, self.sender_ton, self.sender_npi),
            self.destination_ton,
            self.destination_npi,
            self.service_type,
            self.receipts,
        )


class Kinds(StrEnum):
    """What a provider's messages are."""

    MARKETING = "marketing"
    SERVICE = "service"


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A content provider that binds to us; a table ``[[provider]]`` of the file."""

    system_id: Identity
    password_hash: str
    """From ``passwords.hashed``."""
    kind: Kinds
    purpose: Annotated[str, msgspec.Meta(min_length=1)]
    """The purpose that a person must have consented to."""
    senders: tuple[Sender, ...]
    """Source addresses that it may use; the first is used when it names none."""
    networks: tuple[str, ...]
    """Where it may connect from: 192.0.2.0/24."""
    per_second: Annotated[int, msgspec.Meta(ge=1)] = 10
    window: Window = 10
    sessions_max: Annotated[int, msgspec.Meta(ge=1, le=100)] = 2

    def __repr__(self) -> str:
        return f"Provider({self.system_id})"

    def admits(self, address: str) -> bool:
        """Whether it may connect from there."""
        try:
            where = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(where in _network(text) for text in self.networks)

    @property
    def kept(self) -> Kept:
        """What is kept of its password; the file was checked."""
        found = kept_of(self.password_hash)
        assert found is not None
        return found


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where providers connect; the table ``[listen]`` of the file."""

    host: str = "127.0.0.1"
    port: Port = 2775
    system_id: Identity = "TENURE"
    tls: Tls | None = None
    enquire_seconds: Annotated[int, msgspec.Meta(ge=1)] = 30
    response_seconds: Annotated[int, msgspec.Meta(ge=1)] = 15
    begin_seconds: Annotated[int, msgspec.Meta(ge=1)] = 10
    connections_max: Annotated[int, msgspec.Meta(ge=1)] = 100

    @property
    def timers(self) -> Timers:
        """How long silence may last."""
        return Timers(
            self.enquire_seconds * SECOND_MS,
            self.response_seconds * SECOND_MS,
            self.begin_seconds * SECOND_MS,
        )


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the gateway is told."""

    smsc: tuple[Smsc, ...] = ()
    provider: tuple[Provider, ...] = ()
    listen: Listen | None = None

    def password(self, smsc: Smsc) -> str:
        """The password for a message centre; UnusableError when it cannot be had."""
        return _password(smsc.password_file, smsc)


def read(path: Path) -> Settings:
    """The settings of a file; UnusableError says what is wrong, and what to do about it."""

    def found_beside(kind: type, value: object) -> object:
        """Files are named from where this one lies."""
        return path.parent / str(value) if kind is Path else value

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert(table, Settings, dec_hook=found_beside)
    except OSError as error:
        raise UnusableError(f"{path}: it cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UnusableError(f"{path}: {_without_values(str(error))}") from error
    for wrong in _mistakes(found):
        raise UnusableError(f"{path}: {wrong}")
    return found


def _without_values(words: str) -> str:
    """What is wrong, without what was written: that may be a password in the wrong place."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "…", words)


def _mistakes(settings: Settings) -> list[str]:
    names = [one.name for one in settings.smsc]
    accounts = [one.system_id for one in settings.provider]
    found = [f"smsc {name}: two have this name; give each its own" for name in _twice(names)]
    found += [f"provider {name}: two have this system_id" for name in _twice(accounts)]
    for provider in settings.provider:
        found += [f"provider {provider.system_id}: {wrong}" for wrong in _of_provider(provider)]
    for smsc in settings.smsc:
        if smsc.receipts_of is not None and smsc.receipts_of not in names:
            found.append(f"smsc {smsc.name}: receipts_of names {smsc.receipts_of}, which is none")
        try:
            settings.password(smsc)
        except UnusableError as error:
            found.append(f"smsc {smsc.name}: {error}")
    tls = settings.listen.tls if settings.listen else None
    if tls is not None and (tls.certificate is None or tls.key is None):
        found.append("[listen.tls] names no certificate, or no key: who listens shows one")
    if settings.provider and settings.listen is None:
        found.append("providers have accounts, but nobody listens: add a table [listen]")
    return found


def _of_provider(provider: Provider) -> list[str]:
    found = []
    if kept_of(provider.password_hash) is None:
        found.append("password_hash is none; make one with `tenure smpp password`")
    if not provider.senders:
        found.append("senders is empty: name the source addresses that it may use")
    if not provider.networks:
        found.append("networks is empty: name where it may connect from, such as 192.0.2.0/24")
    for text in provider.networks:
        try:
            _network(text)
        except ValueError:
            found.append("networks: write them as 192.0.2.0/24, with no bits set behind the mask")
    return found


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _network(text: str) -> Network:
    return ipaddress.ip_network(text)


def _password(path: Path, smsc: Smsc) -> str:
    try:
        mode = path.stat().st_mode
        found = path.read_text(encoding="ascii").rstrip("\r\n")
    except OSError as error:
        raise UnusableError(f"password_file cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UnusableError("the password in password_file is not ASCII") from error
    if mode & 0o077:
        raise UnusableError(f"others may read password_file; run: chmod 600 {path}")
    if len(found) >= PASSWORD or not found.isprintable():
        raise UnusableError(
            f"the password of {smsc.name} must have at most 8 printable characters (SMPP 5.2.2)"
        )
    return found
