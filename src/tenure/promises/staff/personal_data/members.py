"""What is held about those of us who act: who they are, and what they may do."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def of_staff(table: str, column: str, why: str, end: End = End.DELETE) -> Holding:
    """A column about somebody of ours, kept as evidence."""
    return Holding(
        table=table,
        column=column,
        whose=Subject.STAFF,
        category=Category.EVIDENCE,
        why=why,
        keep="staff",
        end=end,
    )


HOLDINGS: Final = (
    of_staff("human", "human_id", "two logins of one human count as one approver (INC-STAFF)"),
    of_staff("human", "name", "who the human is", End.EMPTY),
    of_staff("human", "document_kind", "a human is enrolled once, by a document", End.EMPTY),
    of_staff("human", "document_number", "a human is enrolled once, by a document", End.EMPTY),
    of_staff("human", "since", "since when they are one of ours"),
    of_staff("human", "suspended_at", "from when on they may do nothing"),
    of_staff("member", "login", "says who acted (INC-STAFF)"),
    of_staff("member", "human_id", "two logins of one human count as one approver"),
    of_staff("member", "since", "since when they may act"),
    of_staff("role", "login", "whose role it is"),
    of_staff("role", "role", "what they may do"),
    of_staff("role", "since", "since when they may"),
    *impersonal("attempt", "a number of the row", "attempt_id"),
    of_staff("attempt", "login", "who was refused something"),
    of_staff("attempt", "what", "what they wanted"),
    of_staff("attempt", "refusal", "why they could not have it"),
    of_staff("attempt", "at", "when that was"),
)


_HUMAN_UNTIL: Final = "(SELECT w.suspended_at FROM staff.human w WHERE w.human_id = {})"
_LOGIN_UNTIL: Final = (
    "(SELECT w.suspended_at FROM staff.member m JOIN staff.human w USING (human_id)"
    " WHERE m.login = {})"
)


def human_until(human_id: str) -> str:
    """When the human left whom an expression over ``t`` names: SQL, NULL while they are ours."""
    return _HUMAN_UNTIL.format(human_id)


def login_until(login: str) -> str:
    """As ``human_until``, for a login."""
    return _LOGIN_UNTIL.format(login)


HUMAN: Final = (Lead(Way.HUMAN, "human_id"),)
LOGIN: Final = (Lead(Way.LOGIN, "login"),)

ROWS: Final = (
    Row("human", ("human_id",), HUMAN, "t.suspended_at"),
    Row("member", ("login",), HUMAN, human_until("t.human_id")),
    Row("role", ("login", "role"), LOGIN, login_until("t.login")),
    Row("attempt", ("attempt_id",), LOGIN, "t.at"),
)
