"""How people are reached while Tenure runs, and how they answer: texts, dialled codes, mail."""

import hashlib
import secrets
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tenure.commands import mail_file, website
from tenure.commands.mail_file import UnusableMailError
from tenure.commands.notices import SPOOL
from tenure.commands.privacy import propagating
from tenure.commands.up import opening
from tenure.commands.up.addresses import Address, address_of, must_be_free
from tenure.commands.up.dialling import Dialling
from tenure.commands.up.trouble import CannotRunError
from tenure.gateways.mail.server.gateway import MailGateway
from tenure.gateways.mail.server.letters import FormLetters
from tenure.gateways.mail.server.submission import Relay, Submission
from tenure.gateways.mail.translate import Stationery
from tenure.gateways.smpp.server import settings as smpp_file
from tenure.gateways.smpp.server.gateway import Gateway
from tenure.gateways.smpp.server.notices import Notices, Provided, checked
from tenure.gateways.smpp.server.port import Heard
from tenure.gateways.spool.server import Spool
from tenure.gateways.ussd.server.engine import Engine
from tenure.gateways.ussd.server.euse import Euse, Registers
from tenure.gateways.ussd.server.http import Forms, FormSettings
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Medium, Route
from tenure.promises.privacy.operations import Keys
from tenure.promises.record.model import Act
from tenure.selfcare import operations as selfcare
from tenure.selfcare.desk import Desk
from tenure.selfcare.model import Text
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant

if TYPE_CHECKING:
    from tenure.commands.up.running import Plan

SALT_OCTETS: Final = 32
FORM_SECRET: Final = "ussd-forms"  # noqa: S105 -- the name of a file
PAGE_SECRET: Final = "page"  # noqa: S105 -- the name of a file
RELAY: Final = "mail"


class Reaching(msgspec.Struct, frozen=True):
    """Which ways lead to people; with none, texts are left as files for another program."""

    smpp: smpp_file.Settings | None = None
    relay: Relay | None = None
    registers: tuple[Registers, ...] = ()
    """The home location registers whose phones dial."""
    forms: FormSettings | None = None


def reaching_of(
    pack: Pack, centres: Path | None, mail: Path | None, registers: tuple[str, ...],
    forms: str | None, data: Path,
) -> Reaching:  # fmt: skip
    """What was typed, read; CannotRunError says what cannot be used."""
    try:
        settings = None if centres is None else checked(smpp_file.read(centres), pack)
        relay = None if mail is None else mail_file.read(mail)
    except (smpp_file.UnusableError, UnusableMailError) as error:
        raise CannotRunError(str(error)) from error
    return Reaching(settings, relay, tuple(map(_register, registers)), _forms(forms, data))


def _register(typed: str) -> Registers:
    where, _, name = typed.partition("/")
    address = address_of(where, "--ussd-hlr")
    return Registers(address.host, address.port, name or "tenure")


def _forms(typed: str | None, data: Path) -> FormSettings | None:
    if typed is None:
        return None
    address = address_of(typed, "--ussd-http")
    must_be_free(address, "--ussd-http")
    return forms_at(address, data)


def forms_at(address: Address, data: Path) -> FormSettings:
    """The door for aggregators; its secret is the digest of one that lies with the other keys."""
    secret = hashlib.sha256(opening.secret(data, FORM_SECRET)).hexdigest()
    return FormSettings(secret, address.host, address.port)


class Ways:
    """The gateways of a plan that lead to people; ``opened`` begins them, ``work`` keeps them."""

    def __init__(self, plan: "Plan", pool: Pool) -> None:
        """Nothing is opened yet."""
        self._plan, self._pool, self._now = plan, pool, plan.clock.now
        self.desk: Desk = selfcare.desk(plan.pack, plan.voucher_key)
        self._engine = Engine(pool, self.desk, plan.clock.now)
        dialling = Dialling(pool, self.desk, plan.clock.now)
        self.called, self._dialled = dialling.heard, dialling.run
        """Told of each request that a network element was answered (GTC-MKT: 1204)."""

    async def opened(self, stack: AsyncExitStack) -> list[Coroutine[Any, Any, None]]:
        """Open the doors that others come in by; what is to run until it is cancelled."""
        reaching = self._plan.reaching
        if reaching.forms is not None:
            forms = Forms(reaching.forms, self._engine)
            try:
                await forms.start()
            except OSError as error:
                raise CannotRunError(f"--ussd-http: cannot be opened: {error}") from error
            stack.push_async_callback(forms.stop)
        work: list[Coroutine[Any, Any, None]] = [(await self._texts()).run(), self._dialled()]
        plan = self._plan
        terms = plan.pack.terms
        work.append(propagating.carrier(self._pool, terms, plan.data, self._now).run())
        if reaching.relay is not None:
            keys = stack.enter_context(website.sealing(self._plan.data, self._now()))
            work += [self._mail(reaching.relay).run(), self._answers(reaching.relay, keys).run()]
        return work + [Euse(one, self._engine).run() for one in reaching.registers]

    async def _texts(self) -> Gateway | Spool:
        settings, plan = self._plan.reaching.smpp, self._plan
        beside = frozenset({Medium.EMAIL} if plan.reaching.relay else ())
        if settings is None:
            return Spool(self._pool, plan.pack, plan.data / SPOOL, self._now, beside)
        source = Notices(self._pool, plan.pack, self._now, beside)
        provided = Provided(self._pool, plan.pack, self._now)
        gateway = Gateway(settings, source, self._hear, provided, self._now)
        try:
            await gateway.start()
        except OSError as error:
            raise CannotRunError(f"--smpp: providers cannot be heard: {error}") from error
        return gateway

    def _mail(self, relay: Relay) -> MailGateway:
        plan = self._plan
        paper = Stationery(
            relay.sender, notices.wording(plan.pack), plan.public_url,
            opening.secret(plan.data, PAGE_SECRET),
        )  # fmt: skip
        route = Route(Medium.EMAIL, RELAY, receipts=False, beside=frozenset({Medium.SMS}))
        return MailGateway(
            self._pool, plan.pack.terms, paper, Submission(relay), route, self._now
        )  # fmt: skip

    def _answers(self, relay: Relay, keys: Keys) -> FormLetters:
        """Answers to forms of the website; ``keys`` are theirs alone."""
        terms, submission = self._plan.pack.terms, Submission(relay)
        return FormLetters(self._pool, terms, keys, relay.sender, submission, self._now)

    async def _hear(self, heard: Heard) -> None:
        """Do what a text from a phone asks for."""
        text = Text(heard.msisdn, heard.short_code, heard.text, heard.message_id)
        await perform(self._pool, selfcare.keyword, self.desk, text, self._act())

    def _act(self) -> Act:
        at: Instant = self._now()
        return Act(by=selfcare.PHONE, at=at, salt=secrets.token_bytes(SALT_OCTETS))
