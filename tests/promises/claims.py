"""What a story claims: each sentence is compared with what the database and the answers say."""

import re
from typing import Final

from tenure.commands.promises import audit, register
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.money import rules as money_rules
from tenure.promises.money.model import EntryKind
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import rules as number_rules
from tenure.promises.tariffs.model import Service
from tenure.values.instant import moment_of
from tenure.values.money import words
from tenure.values.quantity import Unit, quantity
from tests.promises.sentences import moment, money, says, seconds, units
from tests.promises.world import World, WrongExampleError

CHARGES: Final = {EntryKind.USAGE, EntryKind.EVENT, EntryKind.OFFLINE}
_UNIT: Final = {Service.VOICE: Unit.SECONDS, Service.DATA: Unit.OCTETS}


def _must(holds: bool, what_is: str) -> None:  # noqa: FBT001  # the one thing it is about
    if not holds:
        raise WrongExampleError(what_is)


def _must_be(world: World, found_micros: int, told: str) -> None:
    _must(found_micros == money(told), f"it is {words(found_micros, world.pack.terms.currency)}")


@says("is charged ({MONEY}|nothing)")
async def _charged(world: World, told: re.Match[str]) -> None:
    _must(not world.refusal, f"it was refused: {world.refusal}")
    entries = [entry for entry in await world.entries() if entry.kind in CHARGES]
    paid = sum(entry.funds_micros + entry.grants_micros + entry.owed_micros for entry in entries)
    _must_be(world, -paid, told[1])


@says("is given back {MONEY}")
async def _given_back(world: World, told: re.Match[str]) -> None:
    _must(not world.refusal, f"it was refused: {world.refusal}")
    entries = await world.entries()
    back = sum(entry.funds_micros + entry.grants_micros + entry.owed_micros for entry in entries)
    _must_be(world, back, told[1])


@says("the operator bears {MONEY}")
async def _borne(world: World, told: re.Match[str]) -> None:
    _must_be(world, -sum(entry.overrun_micros for entry in await world.entries()), told[1])


@says("is refused: {WORDS}")
async def _refused(world: World, told: re.Match[str]) -> None:
    name = world.refusal.lower().replace("_", " ")
    _must(name == told[1], f"it was refused: {name}" if name else "it was not refused")


@says("is not refused")
async def _not_refused(world: World, _: re.Match[str]) -> None:
    _must(not world.refusal, f"it was refused: {world.refusal}")


@says("is granted (?P<what>{SPAN}|{VOLUME}|{COUNT})(?: for {valid=SPAN})?")
async def _granted(world: World, told: re.Match[str]) -> None:
    groups = [group for answer in world.answers[-1:] for group in answer.groups]
    found = [group.units for group in groups]
    _must(found == [units(told["what"])], f"it was granted {found}")
    if told["valid"]:
        valid = [group.validity_seconds for group in groups]
        _must(valid == [seconds(told["valid"])], f"it was granted for {valid} seconds")


@says("is cut off after ({SPAN}|{VOLUME})")
async def _cut(world: World, told: re.Match[str]) -> None:
    unit = _UNIT[world.asks[0].service]
    is_cut = "not at all" if world.cut_at is None else f"after {quantity(world.cut_at, unit)}"
    _must(world.cut_at == units(told[1]), f"it was cut off {is_cut}")


@says("is answered as before")
async def _repeated(world: World, _: re.Match[str]) -> None:
    _must(all(answer.repeated for answer in world.answers), "it was answered anew")


@says("then has {MONEY}")
async def _has(world: World, told: re.Match[str]) -> None:
    _must_be(world, money_rules.valid_funds(await world.purse(), world.now), told[1])


@says("then has {MONEY} of promotional money")
async def _promotional(world: World, told: re.Match[str]) -> None:
    grants = (await world.purse()).grants
    usable = [one for one in grants if money_rules.usable(one, world.now)]
    _must_be(world, sum(one.remaining for one in usable if one.unit is Unit.MICROS), told[1])


@says("then has ({SPAN}|{VOLUME}|{COUNT}) of {allowance=NAME}")
async def _allowance(world: World, told: re.Match[str]) -> None:
    grants = (await world.purse()).grants
    usable = [one for one in grants if money_rules.usable(one, world.now)]
    left = sum(one.remaining for one in usable if one.allowance == told["allowance"])
    _must(left == units(told[1]), f"there are {left} units left")


@says("then owes {MONEY}")
async def _owes(world: World, told: re.Match[str]) -> None:
    _must_be(world, (await world.purse()).owed_micros, told[1])


@says("{MONEY} of it is set aside")
async def _held(world: World, told: re.Match[str]) -> None:
    _must_be(world, await world.held_micros(), told[1])


@says("may use it until {MOMENT}")
async def _until(world: World, told: re.Match[str]) -> None:
    end = (await world.purse()).funds_end
    told_end = moment(told[1], world.pack.terms.time_zone)
    _must(end == told_end, f"it is until {moment_of(end).isoformat()}")


@says("the number is (active|outgoing blocked|both blocked|due for recycling)")
async def _stage(world: World, told: re.Match[str]) -> None:
    end, line = (await world.purse()).funds_end, await world.line()
    lifecycle = world.pack.terms.lifecycle
    stage = number_rules.stage(end, lifecycle, world.now, postpaid=line.postpaid)
    name = stage.name.lower().replace("_", " ")
    _must(name == told[1], f"it is {name}")


@says("is told: {WORDS}")
async def _told(world: World, told: re.Match[str]) -> None:
    entries = await world.entries()
    _must(bool(entries), "nothing was written")
    if world.done is not None:
        text = world.done.words
    else:
        currency = world.pack.terms.currency
        text = charging.explain(entries[-1], currency, names=world.names())
    _must(text == told[1], f"the words are: {text}")


@says("hears: {WORDS}")
async def _hears(world: World, told: re.Match[str]) -> None:
    newest = await perform(world.pool, notices.of_number, world.msisdn, 1)
    _must(bool(newest), "nothing was told")
    text = notices.words(notices.wording(world.pack), newest[0].telling)
    _must(text == told[1], f"the words are: {text}")


@says("the network is told to (end it|ask again): {WORDS}")
async def _stale(world: World, told: re.Match[str]) -> None:
    found = await perform(world.pool, charging.stale, world.book, [world.purse_id], world.now)
    said = [("end it" if one.abort else "ask again", one.reason.replace("_", " ")) for one in found]
    _must(said == [(told[1], told[2])], f"it is told {said}")


@says("the network is told nothing")
async def _fresh(world: World, _: re.Match[str]) -> None:
    found = await perform(world.pool, charging.stale, world.book, [world.purse_id], world.now)
    _must(not found, f"it is told {[one.reason for one in found]}")


@says("the database refuses: {WORDS}")
async def _database(world: World, told: re.Match[str]) -> None:
    found = world.database_refused
    _must(found == told[1], f"it refused by {found}" if found else "it did not refuse")


@says("the audit finds it: {WORDS}")
async def _found(world: World, told: re.Match[str]) -> None:
    broken = await broken_checks(world)
    _must(told[1] in broken, f"the audit finds {broken}")


async def broken_checks(world: World) -> list[str]:
    """What ``tenure promises --audit`` calls broken, by promise and check."""
    settings = audit.settings(world.pack)
    figures = [
        await perform(world.pool, audit.figure, check, settings)
        for check in (*register.checks(), audit.GRANTS)
    ]
    return [f"{one.check.promise}: {one.check.name}" for one in figures if one.broken]
