"""One connection to a server of mail, in the words of smtplib: TLS first, then who we are."""

import smtplib
import ssl
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.mail.wire import Meaning, Part, dotted, meaning, reason, understood

PORT: Final = 587
"""Submission (RFC 6409); the port that the operator's own terms recommend (GTC-SMTP)."""
TIMEOUT_SECONDS: Final = 60.0
"""For one answer; RFC 5321 section 4.5.3.2 would wait for up to ten minutes, and hold up others."""

# What smtplib and the socket below it raise when the other side is gone or speaks nonsense.
_LOST: Final = (OSError, smtplib.SMTPException)


class Relay(msgspec.Struct, frozen=True):
    """The server that takes our mail, and who we are to it."""

    host: str
    """As its certificate names it."""
    sender: str
    """Our own address: in From, and where bounces go."""
    login: str = ""
    """"" for a server that knows us otherwise, such as one on this machine."""
    password: str = ""
    port: int = PORT
    authorities: Path | None = None
    """A file of certificates to trust instead of those of this machine."""
    name: str = ""
    """How we call ourselves in EHLO; "" for the name of this machine."""

    def __repr__(self) -> str:
        return f"Relay({self.host}:{self.port})"


class NotOpened(Exception):  # noqa: N818 -- it is no error of ours, and says what is in the way
    """No mail can be handed over now; the text says why, and names nobody."""


class Taken(msgspec.Struct, frozen=True):
    """The server has taken the letter."""


class Turned(msgspec.Struct, frozen=True):
    """The server has surely not taken the letter."""

    reason: str
    permanent: bool


class Lost(msgspec.Struct, frozen=True):
    """The connection ended while the letter was under way: nobody knows whether it was taken."""


Fate: TypeAlias = Taken | Turned | Lost


class Submission:
    """A connection that is opened when it is needed, and kept for the next letter."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._context = ssl.create_default_context(
            cafile=None if relay.authorities is None else str(relay.authorities)
        )
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._smtp: smtplib.SMTP | None = None
        self.opened = 0
        """How often a connection was opened."""

    def ready(self) -> None:
        """Have an open connection, the old one if it still answers, or raise NotOpened."""
        if self._smtp is not None:
            try:
                code, _ = self._smtp.noop()
            except _LOST:
                code = 0
            if meaning(Part.GREETING, code) is Meaning.TAKEN:
                return
            self.close()
        self._open()

    def _open(self) -> None:
        relay = self._relay
        try:
            smtp = smtplib.SMTP(relay.host, relay.port, relay.name or None, timeout=TIMEOUT_SECONDS)
        except smtplib.SMTPResponseException as error:
            raise NotOpened(f"it greets with {error.smtp_code}") from None
        except _LOST as error:
            raise NotOpened(f"no connection ({type(error).__name__})") from None
        self._smtp = smtp
        try:
            self._secure(smtp)
        except NotOpened:
            self.close()
            raise
        self.opened += 1

    def _secure(self, smtp: smtplib.SMTP) -> None:
        """STARTTLS, then AUTH: neither a letter nor a password goes without TLS (RFC 8314)."""
        try:
            smtp.ehlo_or_helo_if_needed()
            if not smtp.has_extn("starttls"):
                raise NotOpened("it offers no STARTTLS; nothing is sent without it")
            smtp.starttls(context=self._context)
            smtp.ehlo_or_helo_if_needed()
            if self._relay.login:
                smtp.login(self._relay.login, self._relay.password)
        except smtplib.SMTPAuthenticationError as error:
            raise NotOpened(f"it refuses our login ({error.smtp_code})") from None
        except smtplib.SMTPNotSupportedError:
            raise NotOpened("it offers no way to log in") from None
        except ssl.SSLCertVerificationError as error:
            raise NotOpened(f"its certificate: {error.verify_message}") from None
        except smtplib.SMTPResponseException as error:
            raise NotOpened(f"it answers {error.smtp_code} before any letter") from None
        except _LOST as error:
            raise NotOpened(f"the connection ended ({type(error).__name__})") from None

    def submit(self, to: str, octets: bytes, envelope: str) -> Fate:
        """Hand over a letter; ``envelope`` is what a report of failure names it by (RFC 3461)."""
        smtp = self._smtp
        if smtp is None:
            return Turned("no connection", permanent=False)
        under_way = False
        try:
            turned = self._envelope(smtp, to, octets, envelope)
            if turned is not None:
                return turned
            under_way = True
            smtp.send(dotted(octets))
            code, said = smtp.getreply()
            if not understood(code):
                raise smtplib.SMTPException
        except _LOST:
            self.close()
            return Lost() if under_way else Turned("the connection ended", permanent=False)
        return self._judged(Part.TEXT, code, said) or Taken()

    def _envelope(self, smtp: smtplib.SMTP, to: str, octets: bytes, envelope: str) -> Turned | None:
        """From whom, to whom, and that the text comes now; None when the server waits for it."""
        options = [f"SIZE={len(octets)}"] if smtp.has_extn("size") else []
        if smtp.has_extn("dsn"):
            # A report of failure brings back the headers only: nobody's news travels twice.
            options += ["RET=HDRS", f"ENVID={envelope}"]
        code, said = smtp.mail(self._relay.sender, options)
        turned = self._judged(Part.SENDER, code, said)
        if turned is None:
            code, said = smtp.rcpt(to)
            turned = self._judged(Part.READER, code, said)
        if turned is None:
            code, said = smtp.docmd("DATA")
            if code == _GO_ON:
                return None
            nonsense = Turned(reason(Part.TEXT, code, said), permanent=False)
            turned = self._judged(Part.TEXT, code, said) or nonsense
        self._begin_again()
        return turned

    def _begin_again(self) -> None:
        """Leave the connection as it was before this letter."""
        if self._smtp is not None:
            try:
                self._smtp.rset()
            except _LOST:
                self.close()

    def _judged(self, part: Part, code: int, said: bytes) -> Turned | None:
        """Why a letter was not taken; None when the answer was yes.  421 ends the connection."""
        meant = meaning(part, code)
        if code == _CLOSING or not understood(code):
            self.close()
        if meant is Meaning.TAKEN:
            return None
        return Turned(reason(part, code, said), permanent=meant is Meaning.NEVER)

    def close(self) -> None:
        """End the connection, without waiting for its answer."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


_GO_ON: Final = 354
_CLOSING: Final = 421
