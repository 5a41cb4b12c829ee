"""Sells a number: a free number, a new SIM and a person with a document come together."""

import datetime as dt
import secrets
from typing import Annotated

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.number.acting import NAME, by_staff
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers import rules
from tenure.promises.numbers.model import HoldingRefusal, Sell, Sold
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Person
from tenure.promises.people.model import Refusal as PersonRefusal
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.instant import iso
from tenure.values.refused import Refused

ID_BITS = 53
"""New ids of people and purses are drawn; JSON everywhere reads so many bits exactly."""


class Asked(msgspec.Struct, frozen=True):
    """A sale as it was typed, checked as far as that goes without a database."""

    sell: Sell
    newcomer: Person | None
    """Somebody to be entered, unless their document is known; None for a holder by number."""


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure number``."""
    app.command()(activate)


def activate(
    number: Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")],
    iccid: Annotated[str, typer.Option(help="The card number printed on the SIM.")],
    offer: Annotated[str, typer.Option(help="An offer of the pack.")] = "prepaid",
    holder: Annotated[int | None, typer.Option(help="A person who is entered already.")] = None,
    name: Annotated[str, typer.Option(help="Or their name, as in the document.")] = "",
    document: Annotated[str, typer.Option(help="And national-id:NUMBER, passport:NUMBER …")] = "",
    born: Annotated[str, typer.Option(help="And their date of birth: 1990-01-31.")] = "",
    language: Annotated[str, typer.Option(help="In which language they are told things.")] = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Sell a free number on a new SIM to a person, who holds it from then on.

    Somebody whose document is known is that person; somebody else is entered with the sale.  The
    purse is empty: the first top-up begins its Active Period.

    Example: tenure number activate "016 123 456" --iccid 8985502000090000008 --name "Chan Dara"
    --document national-id:010203040 --born 1990-01-31
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    card = rules.iccid(iccid)
    if isinstance(card, Refused):
        connect.refused(NAME, card, as_json=as_json)
    spoken = language or terms.languages[0]
    newcomer = None if holder is not None else _person(name, document, born, spoken, act)
    person_id = newcomer.person_id if newcomer else holder or 0
    sell = Sell(msisdn, card, person_id, secrets.randbits(ID_BITS), offer, spoken)
    asked = Asked(sell, newcomer)

    async def work(pool: Pool) -> Sold | Refused[HoldingRefusal] | Refused[PersonRefusal]:
        return await by_staff(pool, (act, Task.SELL_LINE), _activate, terms, asked, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    told = {
        "msisdn": str(msisdn),
        "holder": found.sale.sell.holder_id,
        "since": iso(act.at),
        "leaf": found.leaf_seq,
    }
    words = (
        f"+{msisdn} is person {found.sale.sell.holder_id}'s since {iso(act.at)}; leaf "
        f"{found.leaf_seq} of the record proves it"
    )
    connect.say(words, told, as_json=as_json)


def _person(name: str, document: str, born: str, language: str, act: Act) -> Person:
    """Somebody new, as typed; what was typed wrongly ends the command."""
    kind, colon, number = document.partition(":")
    if not (name and colon and number and born):
        raise typer.BadParameter(
            "say who it is: --holder, or --name, --document KIND:NUMBER and --born"
        )
    try:
        born_on = dt.date.fromisoformat(born)
    except ValueError as wrong:
        raise typer.BadParameter(f"--born: {wrong}") from wrong
    paper = Document(kind, number)
    return Person(secrets.randbits(ID_BITS), name, language, act.at, born_on, paper)


async def _activate(
    tx: Transaction, terms: Terms, asked: Asked, act: Act
) -> Sold | Refused[HoldingRefusal] | Refused[PersonRefusal]:
    """Enter the person, if they are new, and sell.

    Who was entered stays so when the sale is refused: their document was seen.
    """
    sell = asked.sell
    if asked.newcomer is not None:
        assert asked.newcomer.document is not None
        known = await people.find_by_document(tx, asked.newcomer.document)
        if known is None:
            entered = await people.enter(tx, terms, asked.newcomer, act)
            if isinstance(entered, Refused):
                return entered
        else:
            sell = msgspec.structs.replace(sell, holder_id=known.person_id)
    return await numbers.holding.activate(tx, terms, sell, act)
