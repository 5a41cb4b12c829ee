"""In which language somebody is written to and answered (GTC-LANG)."""

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.selfcare.caller import Visit
from tenure.selfcare.model import Option, Place, Screen, opens
from tenure.terms.menus import Deed
from tenure.values.refused import Refused
from tenure.values.spoken import heard


async def language(tx: Transaction, visit: Visit, chosen: str, act: Act) -> Screen:
    """Show the languages by their own names, or choose one, by its name or its two letters."""
    found = _named(visit, chosen)
    if found is None:
        options = tuple(
            Option(visit.desk.say(one, "own-language"), Place(opens(Deed.LANGUAGE), one))
            for one in visit.desk.terms.languages
        )
        return Screen((visit.say("ask-language"),), options)
    if visit.caller.holder_id is None:
        return Screen((visit.say("say-nobody"),))
    done = await numbers.profiles.choose_language(
        tx, visit.desk.terms, visit.caller.holder_id, found, act
    )
    if isinstance(done, Refused):
        return Screen((visit.say("say-not-possible"),))
    return Screen(
        (visit.desk.say(found, "say-language"),),
        language=found,
        told=found != visit.caller.language,
    )


def _named(visit: Visit, chosen: str) -> str | None:
    typed = heard(chosen)
    for one in visit.desk.terms.languages:
        if typed and typed in (one, heard(visit.desk.say(one, "own-language"))):
            return one
    return None
