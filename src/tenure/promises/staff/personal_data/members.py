"""What is held about those of us who act: who they are, and what they may do."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Subject, impersonal


def of_staff(table: str, column: str, why: str) -> Holding:
    """A column about somebody of ours, kept as evidence."""
    return Holding(
        table=table,
        column=column,
        whose=Subject.STAFF,
        category=Category.EVIDENCE,
        why=why,
        keep="staff",
        end=End.DELETE,
    )


HOLDINGS: Final = (
    of_staff("human", "human_id", "two logins of one human count as one approver (INC-STAFF)"),
    of_staff("human", "name", "who the human is"),
    of_staff("human", "document_kind", "a human is enrolled once, by a document"),
    of_staff("human", "document_number", "a human is enrolled once, by a document"),
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
