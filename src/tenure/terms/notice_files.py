"""[notices] of terms.toml: when, how often and for how long a class of notices is tried."""

from typing import Final

from tenure.terms.documents import Section
from tenure.terms.model import NoticeRules
from tenure.terms.notice_kinds import NoticeClass
from tenure.terms.problems import UnreadableError
from tenure.terms.quantities import Measures, minute_of_day
from tenure.values.instant import DAY_MS, MINUTE_MS, SECOND_MS

MOST_MAX: Final = 1_000
AGAIN_MAX: Final = 20
GIVE_UP_MAX_MS: Final = 366 * DAY_MS
MINUTES: Final = 24 * 60

AT_ONCE: Final = frozenset({NoticeClass.SERVICE, NoticeClass.SECURITY, NoticeClass.ACCESS})
"""What a person just did, or must know now, waits for no hour and no other message."""
MUST: Final = frozenset(
    {NoticeClass.SECURITY, NoticeClass.LIFECYCLE, NoticeClass.ACCESS, NoticeClass.CHANGE}
)
"""What must be told: if nobody knows whether it arrived, it is told again."""


def read_notices(section: Section, measures: Measures) -> dict[NoticeClass, NoticeRules]:
    """A table ``[notices.CLASS]`` for each class."""
    found = {one: _rules(one, section.section(one.value), measures) for one in NoticeClass}
    section.done()
    return found


def _rules(one: NoticeClass, section: Section, measures: Measures) -> NoticeRules:
    most, per_ms = section.whole("most", 0, MOST_MAX, 0), 0
    if section.has("per"):
        per_ms = _milliseconds(section, "per", "7 days", measures)
    rules = NoticeRules(
        quiet=_quiet(section),
        most=most,
        per_ms=per_ms,
        receipt_wait_ms=_milliseconds(section, "receipt_wait", "1 h", measures),
        again_ms=_again(section, measures),
        give_up_ms=_milliseconds(section, "give_up", "7 days", measures),
        second=section.flag("second"),
        twice=section.flag("twice"),
    )
    section.done()
    _check_times(section, rules)
    _check_class(one, section, rules)
    return rules


def _milliseconds(section: Section, key: str, example: str, measures: Measures) -> int:
    def seconds(text: str) -> int:
        return measures.units(text, "seconds")

    return section.measure(key, example, seconds) * SECOND_MS


def _again(section: Section, measures: Measures) -> tuple[int, ...]:
    waits = []
    for text in section.texts("again", r".{1,20}", "10 min"):
        try:
            waits.append(measures.units(text, "seconds") * SECOND_MS)
        except UnreadableError as error:
            section.note("again", f"again: {error.what}", 'write each like "10 min"')
    if len(waits) > AGAIN_MAX:
        section.note("again", f"again has {len(waits)} waits", f"write at most {AGAIN_MAX}")
    return tuple(waits)


def _quiet(section: Section) -> tuple[int, int] | None:
    texts = section.texts("quiet", r"\d\d:\d\d", "21:00")
    if not texts:
        return None
    try:
        minutes = [minute_of_day(text) % MINUTES for text in texts]
    except UnreadableError as error:
        section.note("quiet", f"quiet: {error.what}", 'write quiet = ["21:00", "08:00"]')
        return None
    if len(minutes) != 2 or minutes[0] == minutes[1]:  # noqa: PLR2004 -- from and to
        what = "quiet hours have a beginning and an end"
        section.note("quiet", what, 'write quiet = ["21:00", "08:00"], or [] for none')
        return None
    return minutes[0], minutes[1]


def _check_times(section: Section, rules: NoticeRules) -> None:
    if rules.give_up_ms > GIVE_UP_MAX_MS:
        section.note("give_up", "give_up is longer than a year", "write at most 366 days")
    if (rules.most > 0) != (rules.per_ms > 0):
        remedy = 'write both, such as most = 2 and per = "7 days"; most = 0 alone is any number'
        section.note("most", "most and per belong together", remedy)
    needed_ms = rules.receipt_wait_ms * (len(rules.again_ms) + 1) + sum(rules.again_ms)
    if needed_ms >= rules.give_up_ms:
        what = "give_up comes before the last try could be answered"
        section.note("give_up", what, "give up later, wait less, or try less often")
    if rules.quiet is not None:
        minutes = (rules.quiet[1] - rules.quiet[0]) % MINUTES
        if minutes * MINUTE_MS >= rules.give_up_ms:
            what = "give_up comes while quiet hours last"
            section.note("give_up", what, "give up later, or be quiet for less long")


def _check_class(one: NoticeClass, section: Section, rules: NoticeRules) -> None:
    if one in AT_ONCE and (rules.quiet is not None or rules.most):
        key = "quiet" if rules.quiet is not None else "most"
        section.note(key, f"what is told of {one.value} never waits", "write quiet = [], most = 0")
    if one in MUST and not rules.twice:
        remedy = "write twice = true: better told twice than never"
        section.note("twice", f"what is told of {one.value} must arrive", remedy)
    if one is NoticeClass.MARKETING and (rules.twice or rules.second):
        key = "twice" if rules.twice else "second"
        what = "an offer is never sent twice, nor to where nobody asked for it"
        section.note(key, what, f"write {key} = false")
