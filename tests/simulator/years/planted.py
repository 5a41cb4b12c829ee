"""Errors that are planted in the rules and, where there is one, in their twin in the database.

An auditor that cannot fail is worthless; each of these has to be found by the one of this folder.
"""

import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec
import psycopg
import pytest

from tenure.promises.notices.model import Send
from tenure.promises.notices.rules import sending as notice_rules
from tenure.promises.numbers.model.requests import Kind, Outcome, Refusal
from tenure.promises.numbers.operations import lifecycle
from tenure.promises.numbers.operations.requests import telling
from tenure.promises.numbers.rules import holding
from tenure.promises.numbers.rules import lifecycle as lifecycle_rules
from tenure.promises.numbers.rules.requests import complete, judging, needs
from tenure.promises.numbers.store import requests as request_store
from tenure.promises.people.operations import proving
from tenure.promises.record import operations as record
from tenure.promises.staff.rules import approvals, members
from tenure.promises.topups import store as topup_store
from tests.simulator.years.books import DAY, REST
from tests.simulator.years.crooks import BORROWED
from tests.simulator.years.laws.agreement import AGREED, APPROVED, STANDING, WAITED

Patch = pytest.MonkeyPatch
TAKEN = "nobody loses a number before its time, or untold"
LEGACY = "nothing of the former holder reaches the next"
ONE_LIFE = "a SIM is used once in its life"


class Database:
    """The functions and tables of the database, by somebody who may change them."""

    def __init__(self, owner: str) -> None:
        """``owner`` is how to connect with every right."""
        self.owner = owner

    def replace(self, function: str, old: str, new: str) -> None:
        """Change a function; a text that is not in it any more is our own mistake."""
        with psycopg.connect(self.owner) as connection:
            row = connection.execute(
                "SELECT pg_get_functiondef(%s::regproc)", [f"numbers.{function}"]
            ).fetchone()
            assert row is not None
            assert old in row[0], f"{function} has no {old!r} any more; plant the error elsewhere"
            connection.execute(row[0].replace(old, new).encode())

    def drop(self, table: str, constraint: str) -> None:
        """Take a constraint away."""
        with psycopg.connect(self.owner) as connection:
            query = f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE"
            connection.execute(query.encode())


def everywhere(patch: Patch, original: Any, planted: Any) -> None:
    """Put the planted function wherever a module of ours has the original."""
    name, found = original.__name__, 0
    for module in list(sys.modules.values()):
        ours = getattr(module, "__name__", "").startswith("tenure.")
        if ours and vars(module).get(name) is original:
            patch.setattr(module, name, planted)
            found += 1
    assert found, f"nothing is called {name} any more; plant the error elsewhere"


def without(patch: Patch, refusal: Refusal) -> None:
    """Leave a guard of the standing out."""
    left = tuple(guard for guard in judging.STANDING if guard.refusal is not refusal)
    assert len(left) < len(judging.STANDING)
    patch.setattr(judging, "STANDING", left)


def nobody_waits(patch: Patch, database: Database) -> None:
    """There is no cooling-off."""
    everywhere(patch, needs.cools_off_ms, lambda *_: 0)
    database.replace("takes_effect_at", "ELSE f.cooling_off_ms END", "ELSE 0 END")
    database.replace("takes_effect_at", "THEN f.unlock_delay_ms", "THEN 0")


def young_sims_are_believed(patch: Patch, database: Database) -> None:
    """The age of a SIM is not looked at."""
    without(patch, Refusal.SIM_TOO_YOUNG)
    database.replace("demand_standing", "f.sim_age_ms", "0")


def locks_are_ignored(patch: Patch, database: Database) -> None:
    """What the holder locked is transferred."""
    without(patch, Refusal.LOCKED)
    database.replace("demand_standing", "NOT numbers.locked(r.msisdn, moment)", "true")


def disputes_are_ignored(patch: Patch, database: Database) -> None:
    """What a complaint holds is transferred."""
    without(patch, Refusal.DISPUTED)
    database.replace("demand_standing", "WHERE h.msisdn = r.msisdn", "WHERE false")


def lost_sims_are_believed(patch: Patch, database: Database) -> None:
    """Whoever found a phone transfers its number."""
    without(patch, Refusal.LOST)
    database.replace("demand_standing", "line.lost_at IS NULL", "true")


def one_approval_is_enough(patch: Patch, database: Database) -> None:
    """Nobody is asked for a second pair of eyes."""
    needed = needs.approvals_needed
    everywhere(patch, needed, lambda kind, keeping: min(1, needed(kind, keeping)))
    for function, whose in (("takes_effect_at", "f"), ("demand_agreement", "figures")):
        database.replace(function, f"ELSE {whose}.approvals_min END", "ELSE 1 END")


def who_asked_approves(patch: Patch, database: Database) -> None:
    """Whoever asked, witnessed or is a party may approve as well."""
    everywhere(patch, complete.independent, lambda *_: True)
    patch.setattr(approvals, "_barred", lambda *_: None)
    database.drop("staff.approval", "approval_never_by_the_asker")
    database.replace(
        "approved_at", "a.approved_by IS DISTINCT FROM r.requested_by", "a.approved_by > 0"
    )


def the_suspended_act(patch: Patch, database: Database) -> None:
    """That somebody is suspended is forgotten."""
    del database
    acting = members.acting

    def planted(member: Any) -> Any:
        if member is None:
            return acting(member)
        return acting(msgspec.structs.replace(member, suspended_at=None))

    everywhere(patch, acting, planted)


def the_next_holder_is_not_asked(patch: Patch, database: Database) -> None:
    """The consent of one of two is enough."""
    asked = complete.parties_asked

    def planted(case: Any, keeping: Any, at: Any) -> Any:
        parties = asked(case, keeping, at)
        return parties[:1] if case.request.kind is Kind.TRANSFER else parties

    everywhere(patch, asked, planted)
    database.replace("parties_asked", "r.kind IN ('transfer', 'inheritance') AS takes",
                     "r.kind = 'inheritance' AS takes")  # fmt: skip


def any_signature_will_do(patch: Patch, database: Database) -> None:
    """What a passkey signed is not looked at."""
    patch.setattr(proving, "verified", lambda *_: 1)
    del database


def reminders_are_miscounted(patch: Patch, database: Database) -> None:
    """Two reminders that nobody sent are counted."""
    kept = lifecycle_rules.kept

    def planted(evidence: Any, *args: Any, **kwargs: Any) -> Any:
        more = msgspec.structs.replace(evidence, reminders=evidence.reminders + 2)
        return (
            kept(more, *args, **kwargs) if evidence.reminders else kept(evidence, *args, **kwargs)
        )

    everywhere(patch, kept, planted)
    database.replace(
        "recycle", "count(*)::integer AS reminders", "(count(*) + 2)::integer AS reminders"
    )


def numbers_are_taken_early(patch: Patch, database: Database) -> None:
    """Ten days too early."""
    due = lifecycle.due

    async def planted(tx: Any, terms: Any, after: Any, at: Any, *rest: Any) -> Any:
        return await due(tx, terms, after, at + 10 * DAY, *rest)

    patch.setattr(lifecycle, "due", planted)
    database.replace("recycle", "p.funds_end + blocked > moment",
                     "p.funds_end + blocked - interval '10 days' > moment")  # fmt: skip
    database.drop("numbers.recycled", "recycled_only_after_its_time")


def held_numbers_are_recycled(patch: Patch, database: Database) -> None:
    """A complaint does not keep a number."""
    kept = lifecycle_rules.kept

    def planted(evidence: Any, *args: Any, **kwargs: Any) -> Any:
        return kept(msgspec.structs.replace(evidence, held=False), *args, **kwargs)

    everywhere(patch, kept, planted)
    database.replace("recycle", "(h.until IS NULL OR h.until > moment)", "false")


def old_sims_are_sold(patch: Patch, database: Database) -> None:
    """A card that served somebody serves the next."""
    everywhere(patch, holding.fresh_sim, lambda sim, _: sim)
    database.replace("activate", "sim.died_at IS NULL", "true")
    database.replace("activate", "b.iccid = card", "false")
    for name in ("binding_a_sim_is_used_once", "binding_an_imsi_is_used_once"):
        database.drop("numbers.binding", name)
    database.drop("numbers.line", "line_one_number_per_sim")


def numbers_do_not_rest(patch: Patch, database: Database) -> None:
    """What was recycled yesterday is sold today."""
    free = holding._free

    def planted(number: Any, clerk: str, figures: Any, at: Any) -> Any:
        return free(number, clerk, figures, at + REST)

    patch.setattr(holding, "_free", planted)
    database.replace("activate", "figures.rest_ms", "0")


def a_top_up_is_repeated(patch: Patch, database: Database) -> None:
    """What was answered is forgotten, and so whoever asks again pays in again."""
    del database

    async def planted(*_: Any) -> None:
        return None

    patch.setattr(topup_store, "remember", planted)


def the_purse_goes_along(patch: Patch, database: Database) -> None:
    """A new holder of a number draws from the purse of the former one."""
    del patch
    database.replace("hand_over", "SET purse_id = r.purse_id, language", "SET language")


def a_lock_stays(patch: Patch, database: Database) -> None:
    """The lock of the former holder locks the next one out."""
    del patch
    database.replace("hand_over", "WHERE msisdn = r.msisdn AND until IS NULL", "WHERE false")
    database.replace("recycle", "WHERE k.msisdn = ANY (taken) AND k.until IS NULL", "WHERE false")
    database.replace("recycle", "numbers.locked(k.msisdn, moment)", "false")


def nobody_is_told(patch: Patch, database: Database) -> None:
    """Of an effect nobody hears."""
    del database
    patch.setitem(telling._OF_TRANSFER, telling.Step.EFFECTED, None)


def approvals_are_not_recorded(patch: Patch, database: Database) -> None:
    """An approval counts, and the record does not know of it."""
    del database
    append = record.append

    async def planted(tx: Any, act: Any, kind: str, said: Any, about: Any) -> Any:
        return 0 if kind == "staff.approved" else await append(tx, act, kind, said, about)

    everywhere(patch, append, planted)


def letters_go_to_the_number(patch: Patch, database: Database) -> None:
    """A message reaches whoever has the number by now."""
    del database
    patch.setattr(notice_rules, "fate", lambda notice, _: Send(notice.telling.msisdn))


def stops_are_forgotten(patch: Patch, database: Database) -> None:
    """Whoever stops a request is told that it has ended, and it goes on."""
    del database
    end = request_store.end

    async def planted(tx: Any, request_id: str, outcome: Any, *rest: Any) -> None:
        if outcome is not Outcome.STOPPED:
            await end(tx, request_id, outcome, *rest)

    patch.setattr(request_store, "end", planted)


class Planted(NamedTuple):
    """An error, and the law that has to be found broken."""

    plant: Callable[[Patch, Database], None]
    law: str


PLANTED: Final = (
    Planted(nobody_waits, WAITED),
    Planted(young_sims_are_believed, STANDING),
    Planted(locks_are_ignored, STANDING),
    Planted(disputes_are_ignored, STANDING),
    Planted(lost_sims_are_believed, STANDING),
    Planted(one_approval_is_enough, APPROVED),
    Planted(who_asked_approves, APPROVED),
    Planted(the_suspended_act, "who is suspended does nothing"),
    Planted(the_next_holder_is_not_asked, AGREED),
    Planted(any_signature_will_do, BORROWED),
    Planted(reminders_are_miscounted, TAKEN),
    Planted(numbers_are_taken_early, TAKEN),
    Planted(held_numbers_are_recycled, TAKEN),
    Planted(old_sims_are_sold, ONE_LIFE),
    Planted(numbers_do_not_rest, "a number rests before it is sold again"),
    Planted(a_top_up_is_repeated, "a message that comes twice has one effect"),
    Planted(the_purse_goes_along, LEGACY),
    Planted(a_lock_stays, LEGACY),
    Planted(nobody_is_told, "what must be told is told"),
    Planted(approvals_are_not_recorded, "every effect has its leaf, and every leaf its effect"),
    Planted(letters_go_to_the_number, "a message reaches only whom it is for"),
    Planted(stops_are_forgotten, "nothing takes effect that has ended"),
)

ALONE: Final = "SET session_replication_role = replica;"
EDITED: Final = (
    ("UPDATE numbers.tenure SET holder_id = 1 WHERE upper_inf(during)",
     "who holds a number is who was told so"),
    ("""ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_one_holder_at_a_time;
        DROP INDEX numbers.tenure_one_open;
        INSERT INTO numbers.tenure SELECT msisdn, 1, during, opened_as, request_id, leaf_seq + 1,
            purse_id + 900000, prepaid, slot FROM numbers.tenure WHERE upper_inf(during)""",
     "never two holders at an instant"),
    ("""UPDATE numbers.line l SET imsi = b.imsi FROM (
            SELECT DISTINCT ON (msisdn) msisdn, imsi FROM numbers.binding
            WHERE NOT upper_inf(during)) b WHERE b.msisdn = l.msisdn""",
     "an old SIM never serves again"),
    ("UPDATE numbers.sim SET died_at = NULL", "an old SIM never serves again"),
    ("DELETE FROM numbers.consent", AGREED),
    ("UPDATE numbers.consent SET signature = signature || '\\x00'", AGREED),
    ("UPDATE staff.approval SET signature = signature || '\\x00'", APPROVED),
    ("DELETE FROM staff.approval", APPROVED),
    ("UPDATE numbers.request SET outcome = 'expired' WHERE outcome = 'stopped'",
     "a request ended as it was told"),
    ("DELETE FROM numbers.lock", "a lock is set once"),
    ("DELETE FROM numbers.hold", "a hold is there until it is released"),
    ("UPDATE numbers.line SET suspended = NOT suspended", "a line is cut as it was told"),
    ("UPDATE record.opening SET value = '1' WHERE field = 'holder'", "what was said is not unsaid"),
    ("DELETE FROM record.leaf WHERE kind = 'numbers.transferred'",
     "every effect has its leaf, and every leaf its effect"),
    ("DELETE FROM notices.notice WHERE kind = 'transfer.asked'", "what must be told is told"),
    ("UPDATE money.purse SET funds_micros = funds_micros + 1",
     "every unit that came in is somewhere"),
    ("DELETE FROM money.entry WHERE kind = 4", "what was paid in is there, once"),
    ("UPDATE money.purse SET funds_end = funds_end + interval '1 second'",
     "a validity ends as it was told"),
    ("DELETE FROM numbers.recycled", "what was recycled is what was told so"),
)  # fmt: skip
"""What somebody does to the rows behind the back, and the law that has to be found broken."""
