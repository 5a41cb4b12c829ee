"""A number's whole tenure in words, as far as whoever asks may know it."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tenure.gateways.web.translate import events
from tenure.gateways.web.translate.lines import Wording, date
from tenure.gateways.web.translate.proofs import proof, second
from tenure.gateways.web.translate.requests import row as request_row
from tenure.gateways.web.wire.stories import Row, Story, Told
from tenure.promises.access.model import Measure
from tenure.promises.money.model import Purse
from tenure.promises.notices.model import Dropped, Notice, NoticeKind
from tenure.promises.numbers.model import (
    Alarm,
    Binding,
    History,
    Hold,
    Line,
    Locked,
    OpenedAs,
    Progress,
    Task,
    Tenure,
)
from tenure.promises.record.model import Receipt
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, Instant

SOMEBODY_ELSE: Final = "somebody else"
YOU: Final = "you"
CAME: Final[Mapping[OpenedAs, str]] = {
    OpenedAs.FIRST_SALE: "bought it",
    OpenedAs.TRANSFER: "got it by a transfer, with the consent of both",
    OpenedAs.INHERITANCE: "inherited it",
    OpenedAs.LEGAL_ORDER: "got it by a legal order",
    OpenedAs.RESTORATION: "got it back",
    OpenedAs.IMPORT: "held it before the record began",
}
NOTICE: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.LIFECYCLE_REMINDER: "Reminded that the number will be taken back without a top-up.",
    NoticeKind.LIFECYCLE_RECYCLED: "Told that the number was taken back.",
    NoticeKind.TRANSFER_ASKED: "Told that somebody asked for a transfer.",
    NoticeKind.TRANSFER_CONSENTED: "Told that a party agreed to a transfer.",
    NoticeKind.TRANSFER_APPROVED: "Told that one of ours approved a transfer.",
    NoticeKind.TRANSFER_STOPPED: "Told that a transfer was stopped.",
    NoticeKind.TRANSFER_REFUSED: "Told that a transfer was refused.",
    NoticeKind.TRANSFER_EFFECTED: "Told that the number went to another holder.",
    NoticeKind.TRANSFER_ATTEMPTED: "Warned: somebody tried to have the number transferred.",
    NoticeKind.SIM_ASKED: "Told that somebody asked for another SIM.",
    NoticeKind.SIM_REPLACED: "Told that the SIM was replaced.",
    NoticeKind.SIM_OLD: "Told, on the old SIM, that it is about to be replaced.",
    NoticeKind.LOCK_SET: "Told that the number is locked.",
    NoticeKind.LOCK_LIFTING: "Told that the lock will be lifted.",
    NoticeKind.LOCK_LIFTED: "Told that the lock was lifted.",
    NoticeKind.ACCESS_RESTRICTED: "Told of a restriction.",
    NoticeKind.ACCESS_SUSPENDED: "Told of a suspension.",
    NoticeKind.ACCESS_TERMINATED: "Told that the contract was terminated.",
    NoticeKind.ACCESS_ENDED: "Told that a restriction or suspension has ended.",
    NoticeKind.ACCESS_TRAFFIC: "Told that traffic is managed.",
    NoticeKind.SECURITY_ATTEMPT: "Warned: somebody tried something about the number.",
    NoticeKind.SECURITY_PROOF: "Told: the holder has another passkey or guardian.",
    NoticeKind.SECURITY_PROFILE: "Told that the registered details were changed.",
    NoticeKind.SECURITY_BREACH: "Told that data of theirs reached others.",
    NoticeKind.RIGHTS_RECEIVED: "Told that a request about their data was received.",
    NoticeKind.RIGHTS_PROOF: "Asked to show who they are, for a request about their data.",
    NoticeKind.RIGHTS_EXTENDED: "Told that a request about their data takes longer.",
    NoticeKind.RIGHTS_ANSWERED: "Told the answer to a request about their data.",
    NoticeKind.PRIVACY_LIFTING: "Told that data which rested will be used again.",
    NoticeKind.STAFF_BREAK_GLASS: "Told that somebody of ours looked without a case.",
    NoticeKind.SELFCARE_REPLY: "Answered.",
    NoticeKind.PERSON_LANGUAGE: "Told that the language was changed.",
    NoticeKind.PERSON_ADULT: "Told that the holder is of age.",
    NoticeKind.CONSENT_GIVEN: "Told that consent was given, and how it is withdrawn.",
    NoticeKind.CONSENT_WITHDRAWN: "Told that consent was withdrawn.",
    NoticeKind.TOPUP_RECEIVED: "Told that a top-up was received.",
    NoticeKind.PAYMENT_RECEIVED: "Told that a payment was received.",
    NoticeKind.USAGE_MOST: "Told that most of an allowance is used.",
    NoticeKind.USAGE_ALL: "Told that all of an allowance is used.",
    NoticeKind.USAGE_LOW: "Told that the balance is low.",
    NoticeKind.EXPIRY_SOON: "Told that the validity ends soon.",
    NoticeKind.EXPIRY_ENDED: "Told that the validity has ended.",
    NoticeKind.TARIFF_CHANGE: "Told that prices change.",
    NoticeKind.PRIVACY_CHANGE: "Told that the privacy notice changes.",
    NoticeKind.TERMS_CHANGE: "Told that the terms change.",
    NoticeKind.MARKETING_OFFER: "Sent an offer, with the holder's consent.",
}
DROPPED: Final[Mapping[Dropped, str]] = {
    Dropped.CHANGED_HANDS: "not sent: the number had another holder by then",
    Dropped.OUT_OF_SERVICE: "not sent: the number was out of service",
    Dropped.NO_OTHER_CHANNEL: "not sent: there was no other number to reach them on",
    Dropped.NO_CONSENT: "not sent: there was no consent to such offers",
    Dropped.TOO_MANY: "not sent: it would have been one too many of its class",
    Dropped.NO_LONGER_TRUE: "not sent: it was not true any more when it could leave",
    Dropped.TOO_LATE: "not sent: its time was over before it could leave",
    Dropped.UNCERTAIN: "nobody knows whether it arrived; such notices are not sent twice",
    Dropped.UNDELIVERED: "tried on every way that the terms know, and not delivered",
}
TABLES_DIFFER: Final = (
    "The tables and the record say different things about this number"
    " ({wrong}), found on {when}. The record counts; nothing is changed until somebody has looked."
)
NETWORK_WAITS: Final = (
    "The network did not do what it was told on {when} ({why}). It acts on what is proven, and on"
    " nothing else."
)


class Facts(msgspec.Struct, frozen=True):
    """What was loaded of a number's tenure."""

    history: History
    line: Line | None
    purse: Purse | None
    holder: str
    """The name of who holds it, for whoever may know; or ``YOU``."""
    own: bool
    """It is shown to its holder."""
    receipts: Mapping[int, Receipt]
    bodies: Mapping[int, str]
    """Leaves about the number that may be shown, by their number."""
    lock: Locked | None
    holds: tuple[Hold, ...]
    requests: tuple[Progress, ...]
    measures: tuple[Measure, ...]
    notices: tuple[Notice, ...]
    troubles: tuple[Task, ...]
    alarms: tuple[Alarm, ...]

    def __repr__(self) -> str:
        return "Facts()"


def story(facts: Facts, witnesses: Sequence[str], said: Wording, at: Instant) -> Story:
    """The whole tenure of a number."""
    return Story(
        holders=tuple(_holder(one, facts, said) for one in facts.history.tenures),
        sims=tuple(_sim(one, facts, said) for one in _bindings(facts)),
        coming=tuple(_coming(facts, said.terms, said, at)),
        keeps=(*_locks(facts.lock, said), *(_hold(one, said) for one in facts.holds)),
        requests=tuple(request_row(one, said) for one in facts.requests),
        measures=tuple(_measure(one, said, at) for one in facts.measures),
        told=tuple(_told(one, said) for one in facts.notices),
        events=tuple(_events(facts, witnesses, said)),
        alarms=(
            *(_differs(one, said) for one in facts.alarms),
            *(_waits(one, said) for one in facts.troubles),
        ),
    )


def _holder(tenure: Tenure, facts: Facts, said: Wording) -> Row:
    since = second(tenure.since, said)
    came = CAME[tenure.opened_as]
    if tenure.until is None:
        return Row(facts.holder, f"since {since}", came)
    return Row(SOMEBODY_ELSE, f"until {second(tenure.until, said)}", f"since {since}: {came}")


def present(facts: Facts) -> Tenure | None:
    """Who holds it now."""
    newest = facts.history.tenures
    return newest[0] if newest and newest[0].until is None else None


def _bindings(facts: Facts) -> Sequence[Binding]:
    """The SIMs that may be shown: to a holder, those of their own time."""
    tenure = present(facts)
    if not facts.own or tenure is None:
        return facts.history.bindings
    return [one for one in facts.history.bindings if one.until is None or one.until > tenure.since]


def _sim(binding: Binding, facts: Facts, said: Wording) -> Row:
    tenure = present(facts)
    whose = tenure is not None and (binding.until is None or binding.until > tenure.since)
    name = f"SIM …{binding.iccid[-4:]}" if whose else "a SIM of somebody else"
    since = f"since {second(binding.since, said)}"
    if binding.until is None:
        return Row(name, since, "in use")
    return Row(name, f"until {second(binding.until, said)}", f"{since}; dead for good")


def _coming(facts: Facts, terms: Terms, said: Wording, at: Instant) -> list[Row]:
    """GTC-LIFE, INC-90: what time does to the number, with its dates."""
    if facts.line is None or facts.purse is None or facts.line.postpaid:
        return []
    end, life = facts.purse.funds_end, terms.lifecycle
    both_at = Instant(end + life.outgoing_blocked_days * DAY_MS)
    due_at = Instant(both_at + life.both_blocked_days * DAY_MS)
    rows = [
        _stage("Outgoing use stops", end, at, said),
        _stage("Incoming use stops too", both_at, at, said),
        _stage("It may be taken back", due_at, at, said),
    ]
    days = terms.keeping.recycling.reminder_days
    ahead = [Instant(end + day * DAY_MS) for day in days if at < end + day * DAY_MS]
    if ahead:
        dates = ", ".join(date(one, said.zone) for one in ahead)
        rows.append(Row("Reminders until then", dates, "only if nobody tops up meanwhile"))
    sent = sum(
        one.sent_at is not None and one.telling.kind is NoticeKind.LIFECYCLE_REMINDER
        for one in facts.notices
        if one.telling.at >= end
    )
    fewest = terms.keeping.recycling.reminders_min
    rows.append(Row("Reminders sent", f"{sent} of {fewest} without which nothing is taken back"))
    return rows


def _stage(name: str, begins: Instant, at: Instant, said: Wording) -> Row:
    past = "since then" if at >= begins else "unless it is topped up before"
    return Row(name, second(begins, said), past)


def _locks(lock: Locked | None, said: Wording) -> list[Row]:
    if lock is None:
        return []
    lifts = "" if lock.lifts_at is None else f"its lock lifts on {second(lock.lifts_at, said)}"
    return [Row("Locked by its holder", f"since {second(lock.since, said)}", lifts)]


def _hold(hold: Hold, said: Wording) -> Row:
    words = hold.kind.value.replace("-", " ").capitalize()
    until = "" if hold.until is None else f"until {second(hold.until, said)}"
    return Row(words, f"since {second(hold.since, said)}", until)


def _measure(measure: Measure, said: Wording, at: Instant) -> Row:
    services = sorted(one.name.lower() for one in measure.services)
    what = f"{measure.kind.value.capitalize()} of {', '.join(services)}" if services else ""
    begins = f"since {second(measure.decided_at, said)}"
    note = f"Clause {measure.clause.value}: {measure.reason}"
    ends = measure.lifted_at or measure.ends_at
    if ends is not None:
        word = "ended" if ends <= at else "until"
        begins = f"{begins}, {word} {second(ends, said)}"
    return Row(what or measure.kind.value.capitalize(), begins, note)


def _told(notice: Notice, said: Wording) -> Told:
    words = NOTICE.get(notice.telling.kind, notice.telling.kind.value)
    became = "waits to be sent"
    if notice.sent_at is not None:
        became = f"sent on {second(notice.sent_at, said)}"
    elif notice.dropped is not None:
        became = DROPPED[notice.dropped]
    return Told(second(notice.telling.at, said), words, became)


def _events(facts: Facts, witnesses: Sequence[str], said: Wording) -> list[Told]:
    told = []
    for leaf, body in facts.bodies.items():
        event = events.read(body)
        sentence, detail = events.words(event)
        shown = proof(leaf, facts.receipts.get(leaf), witnesses, said)
        told.append((event.at, leaf, Told(second(event.at, said), sentence, detail, shown)))
    return [one for *_, one in sorted(told, key=lambda each: each[:2], reverse=True)]


def _differs(alarm: Alarm, said: Wording) -> str:
    when = second(alarm.found_at, said)
    return TABLES_DIFFER.format(wrong=alarm.difference.wrong.value, when=when)


def _waits(task: Task, said: Wording) -> str:
    return NETWORK_WAITS.format(when=second(task.asked_at, said), why=task.problem)
