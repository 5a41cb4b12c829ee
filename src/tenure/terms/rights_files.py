"""rights.toml: each right with its hours, its reach, and what proves who asks."""

from typing import Final

from tenure.terms.documents import Folder, Section
from tenure.terms.rights import Ground, ProofWay, Right, RightRule, Rights, Scope
from tenure.terms.wordings import words
from tenure.values.instant import HOUR_MS

FILE: Final = "rights.toml"
HOURS_MAX: Final = 24 * 90
WAIT_HOURS_MAX: Final = 24 * 365
WORDS_MAX: Final = 300
ALL_PERCENT: Final = 100
OUTCOMES: Final = ("done", "partial", "refused", "referred", "withdrawn")
"""What a case can end as; each has words."""
WIDER: Final = (Scope.REGISTRATION, Scope.HELD, Scope.EVERYTHING)
"""From the narrowest reach to the widest."""
SCOPES: Final = {
    Right.KNOW: (Scope.HELD, Scope.EVERYTHING),
    Right.COPY: WIDER,
    Right.CORRECT: (Scope.NAMED,),
    Right.WITHDRAW: (Scope.NAMED,),
    Right.RESTRICT: (Scope.HELD,),
    Right.STOP_MARKETING: (Scope.MARKETING,),
    Right.DELETE: (Scope.MESSAGING, Scope.HELD),
    Right.DISCLOSED: (Scope.DISCLOSURES,),
}
UNPROVEN: Final = frozenset({Right.WITHDRAW, Right.STOP_MARKETING})
"""A no needs nothing: whoever says it."""


def read_rights(folder: Folder, languages: tuple[str, ...]) -> Rights:
    """Every right, outcome and ground, each in words of every language."""
    top = folder.toml(FILE)
    clock = top.section("clock")
    pauses = clock.flag("pauses")
    wait_hours = clock.whole("proof_wait_hours", 1, WAIT_HOURS_MAX, 336)
    percent = _percent(clock)
    clock.done()
    rules = tuple(_rule(one, languages) for one in top.sections("right"))
    answers, grounds = top.section("answer"), top.section("ground")
    told = {name: words(answers, name, languages, WORDS_MAX) for name in OUTCOMES}
    why = {one: words(grounds, one.value, languages, WORDS_MAX) for one in Ground}
    for section in (answers, grounds, top):
        section.done()
    _check(folder, rules)
    return Rights(rules, pauses, wait_hours * HOUR_MS, percent, told, why)


def _percent(clock: Section) -> tuple[int, ...]:
    found = tuple(
        int(one.removesuffix("%"))
        for one in clock.texts("reminders", r"\d{1,2} %", "50 %")
        if one.removesuffix("%").strip().isdecimal()
    )
    if not found or any(not 0 < one < ALL_PERCENT for one in found) or sorted(found) != [*found]:
        what = "reminders come before the time is over, the earliest first"
        clock.note("reminders", what, 'write reminders = ["50 %", "75 %", "90 %"]')
    return found


def _rule(section: Section, languages: tuple[str, ...]) -> RightRule:
    name = section.choice("name", tuple(one.value for one in Right))
    right = Right(name) if name in set(Right) else Right.KNOW
    scopes = tuple(one.value for one in SCOPES[right])
    reaches = section.choice("reaches", scopes)
    answer_hours = section.whole("answer_hours", 1, HOURS_MAX, 72)
    extension_hours = section.whole("extension_hours", 0, HOURS_MAX, 0)
    found = RightRule(
        right=right,
        title=words(section, "title", languages, WORDS_MAX),
        answer_ms=answer_hours * HOUR_MS,
        extension_max_ms=extension_hours * HOUR_MS,
        scope=Scope(reaches) if reaches in scopes else SCOPES[right][0],
        proofs=_proofs(section, right),
        in_writing=section.flag("in_writing"),
    )
    section.done()
    return found


def _proofs(section: Section, right: Right) -> tuple[ProofWay, ...]:
    known = {one.value for one in ProofWay}
    typed = section.texts("proofs", r"[a-z][a-z-]{0,19}", "passkey")
    for one in typed:
        if one not in known:
            what = f'"{one}" does not show who somebody is'
            section.note("proofs", what, f"choose among {', '.join(sorted(known))}")
    if not typed and right not in UNPROVEN:
        what = f"{right.value} would be answered to anybody"
        section.note("proofs", what, 'write proofs = ["passkey", "presence"]')
    if typed and right in UNPROVEN:
        section.note("proofs", "a no needs no proof", "write proofs = []")
    return tuple(ProofWay(one) for one in typed if one in known)


def _check(folder: Folder, rules: tuple[RightRule, ...]) -> None:
    """Every right once, and "know" at least as wide as "copy"."""
    found = [one.right for one in rules]
    for right in Right:
        if found.count(right) != 1:
            what = f"the right {right.value} is there {found.count(right)} times"
            folder.note(FILE, 0, what, "write one [[right]] of each", "PRV-RIGHTS")
    scopes = {one.right: one.scope for one in rules}
    know, copy = scopes.get(Right.KNOW), scopes.get(Right.COPY)
    if know in WIDER and copy in WIDER and WIDER.index(know) < WIDER.index(copy):
        what = "a copy would hold more than what they may know"
        folder.note(FILE, 0, what, "let know reach as far as copy", "PRV-RIGHTS")
