"""What is held about who looked at what, and why."""

from typing import Final

from tenure.promises.staff.personal_data.members import HUMAN, of_staff
from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _of_subscriber(table: str, column: str, why: str) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=Category.EVIDENCE,
        why=why,
        keep="staff",
        end=End.DELETE,
    )


HOLDINGS: Final = (
    *impersonal("case", "a number of the case", "case_id", "kind"),
    _of_subscriber("case", "salt", "without it nobody can tell which number it was about"),
    _of_subscriber("case", "about", "which number may be looked at, as a salted hash"),
    of_staff("case", "login", "who opened it"),
    of_staff("case", "human_id", "who opened it"),
    _of_subscriber("case", "reason", "why there is a case"),
    of_staff("case", "opened_at", "since when it allows looks"),
    of_staff("case", "closed_at", "until when"),
    *impersonal("glass", "a number of the event", "glass_id"),
    of_staff("glass", "login", "who broke it"),
    of_staff("glass", "human_id", "who broke it"),
    of_staff("glass", "reason", "why they said they did"),
    of_staff("glass", "since", "when that was"),
    of_staff("glass", "until_at", "until when they could look"),
    *impersonal("alert", "a number of the event", "glass_id"),
    of_staff("alert", "human_id", "who is told"),
    of_staff("alert", "seen_at", "when they heard of it"),
    *impersonal("look", "a number of the row", "look_id"),
    of_staff("look", "login", "who looked"),
    of_staff("look", "human_id", "who looked"),
    of_staff("look", "at", "when"),
    of_staff("look", "purpose", "what for"),
    *impersonal("look", "the case or the broken glass that allowed it", "case_id", "glass_id"),
    _of_subscriber("look", "about", "which number, as a salted hash"),
    *impersonal("look", "until when the glass was broken", "until_at"),
    *impersonal("look", "what was shown, by its name", "shown"),
    *impersonal("look", "where the record has it", "leaf_seq"),
    _of_subscriber("look", "told_at", "when the subscriber was told of a look without a case"),
)

ROWS: Final = (
    Row("case", ("case_id",), (*HUMAN, Lead(Way.CASE, "case_id")), "t.closed_at"),
    Row("glass", ("glass_id",), HUMAN, "t.until_at"),
    Row("alert", ("glass_id", "human_id"), HUMAN, "t.seen_at"),
    Row("look", ("look_id",), (*HUMAN, Lead(Way.LEAF, "leaf_seq")), "t.at"),
)
