"""Whether the register is whole: against a database, and against an operator's pack.

Every fault names the thing, so that who reads it knows where to write.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tenure.promises.privacy.model.register import Live, Register
from tenure.terms.model import Terms
from tenure.terms.processing import CALLED_PARTY, Activity
from tenure.values.holding import Category, Subject
from tenure.values.kept import Form

VIEW: Final = "v"
SENSITIVE: Final = frozenset({Category.SENSITIVE, Category.BIOMETRIC})
REGISTERED: Final = ("customer", "child", "guardian")

KINDS_OF: Final[Mapping[Subject, tuple[str, ...]]] = {
    Subject.NOBODY: (),
    Subject.SUBSCRIBER: REGISTERED,
    Subject.OTHER_PARTY: (CALLED_PARTY,),
    Subject.STAFF: ("employee",),
    Subject.PARTNER: ("partner", "representative"),
    Subject.VISITOR: ("visitor", "website-visitor"),
    Subject.CANDIDATE: ("candidate",),
    Subject.DECLARED: (),
}
"""By which kinds of people.toml somebody is known; who is declared is of any of them."""


def against_database(register: Register, live: Live) -> tuple[str, ...]:
    """What the database has that nobody declared, and the reverse."""
    return tuple(sorted({*columns(register, live), *_views(live), *inside(register, live)}))


def against_itself(register: Register) -> tuple[str, ...]:
    """Tables that lead to nobody, and things that are declared twice."""
    personal = {f"{p}.{one.table}" for p, one in register.held if one.whose is not Subject.NOBODY}
    rows = [f"{promise}.{row.table}" for promise, row in register.rows]
    faults = {f"{name}: say in ROWS how it leads to somebody" for name in personal - set(rows)}
    faults |= {
        f"{name}: tells nothing about anybody, and has a Row" for name in set(rows) - personal
    }
    faults |= {f"{p}.{row.table}: leads to nobody" for p, row in register.rows if not row.leads}
    faults |= {f"{name}: has two Rows" for name in _repeated(rows)}
    faults |= {f"{name}: is kept twice" for name in _repeated(one.name for one in register.kept)}
    return tuple(sorted(faults))


def against_pack(register: Register, terms: Terms) -> tuple[str, ...]:
    """What of it an operator does not say: why, how long, of whom, on which basis."""
    return tuple(sorted({*_reasons(terms), *_periods(terms), *_uses(register, terms)}))


def _repeated(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}


def columns(register: Register, live: Live) -> Iterator[str]:
    """Columns that are there and not declared, declared and not there, or declared twice."""
    declared = [f"{promise}.{one.table}.{one.column}" for promise, one in register.held]
    known = set(declared)
    there = {one.name for one in live.columns if one.kind != VIEW}
    for name in there - known:
        yield f"{name}: say in personal_data whose it is and why"
    for name in known - there:
        yield f"{name}: it is gone; take it out of personal_data"
    for name in _repeated(declared):
        yield f"{name}: is declared twice"
    for index in live.indexes:
        for column in index.columns:
            name = f"{index.schema}.{index.table}.{column}"
            if name not in known:
                yield f"{name}: the index {index.index} copies it, and nobody declares it"


def _views(live: Live) -> Iterator[str]:
    for view in live.views:
        if not view.as_invoker:
            yield f"{view.schema}.{view.view}: a view shows what it reads; WITH (security_invoker)"


def inside(register: Register, live: Live) -> Iterator[str]:
    """Columns of which nobody says what stands in them, though the database does not know."""
    said = {f"{one.table}.{one.column}": one.form for one in register.inside}
    there = {one.name for one in live.columns}
    for name in set(said) - there:
        yield f"{name}: it is gone; take it out of INSIDE"
    for name in _repeated(f"{one.table}.{one.column}" for one in register.inside):
        yield f"{name}: is in INSIDE twice"
    for one in live.columns:
        if one.formed or one.kind == VIEW:
            continue
        form = said.get(one.name, register.everywhere.get(one.column))
        if form is None:
            yield f"{one.name}: say in INSIDE what stands in it: a word, fields, or anything"
        elif one.type_.startswith("json") and form is not Form.FIELDS:
            yield f"{one.name}: say in INSIDE which fields its JSON has"


def _reasons(terms: Terms) -> Iterator[str]:
    processing = terms.privacy.processing
    for kind in terms.people.kinds:
        for purpose in kind.purposes:
            reason = processing.reasons.get(purpose.name)
            if reason is None or reason.basis not in processing.bases:
                yield f"the purpose {purpose.name} of {kind.name}: has no legal basis"
        categories = {one.item.category for one in kind.wanted}
        strong = any(_strong(terms, purpose.name) for purpose in kind.purposes)
        for category in SENSITIVE:
            if category.value in categories and not strong:
                yield f"{category.value} items of {kind.name}: no purpose has a stronger basis"


def _strong(terms: Terms, purpose: str) -> bool:
    processing = terms.privacy.processing
    reason = processing.reasons.get(purpose)
    basis = processing.bases.get(reason.sensitive) if reason is not None else None
    return basis is not None and basis.sensitive


def _periods(terms: Terms) -> Iterator[str]:
    for name, keeping in terms.privacy.retention.keeps.items():
        for kind, period in (("", keeping.period), *keeping.kinds.items()):
            if period.minimum_days > period.maximum_days:
                whose = f" of {kind}" if kind else ""
                yield f"the period {name}{whose}: is gone before it may go"


def _uses(register: Register, terms: Terms) -> Iterator[str]:
    """Everything personal has a period, an activity that knows its people, and a basis."""
    uses = [
        *((f"{p}.{one.table}.{one.column}", one.keep, (one.whose,), one.category)
          for p, one in register.held if one.keep),
        *((one.name, one.keep, one.whose, one.category) for one in register.kept if one.keep),
    ]  # fmt: skip
    for name, keep, whose, category in uses:
        activity = terms.privacy.processing.activities.get(keep)
        if keep not in terms.privacy.retention.keeps:
            yield f"{name}: the period {keep} is not in retention.toml"
        if activity is None:
            yield f"{name}: nothing is said in processing.toml of what is kept as {keep}"
            continue
        for one in whose:
            if KINDS_OF[one] and not set(KINDS_OF[one]) & set(activity.kinds):
                yield f"{name}: the activity {keep} is for nobody who is a {one.value}"
        if category in SENSITIVE and not any(_strong(terms, p) for p in activity.purposes):
            yield f"{name}: is {category.value}, and no purpose of {keep} has a stronger basis"
    for activity in terms.privacy.processing.activities.values():
        yield from _names(activity, terms)


def _names(activity: Activity, terms: Terms) -> Iterator[str]:
    classes = {one.name for one in terms.privacy.disclosing.classes}
    for name in activity.recipients:
        if name not in classes:
            yield f"the activity {activity.keep}: {name} is no class of recipients.toml"
    for name in activity.purposes:
        if name not in terms.privacy.processing.reasons:
            yield f"the activity {activity.keep}: its purpose {name} has no legal basis"
