"""What is held about those of us who act."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Subject, impersonal


def _of_staff(table: str, column: str, why: str) -> Holding:
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
    _of_staff("member", "login", "says who acted (INC-STAFF)"),
    _of_staff("member", "human_id", "two logins of one human count as one approver"),
    _of_staff("member", "name", "who the human is"),
    _of_staff("member", "since", "since when they may act"),
    _of_staff("member", "suspended_at", "from when on they may not"),
    _of_staff("role", "login", "whose role it is"),
    _of_staff("role", "role", "what they may do"),
    _of_staff("role", "since", "since when they may"),
    *impersonal("request", "exactly what was asked, as a hash", "request_hash", "kind"),
    _of_staff("request", "requested_by", "who asked; the same human may not approve"),
    _of_staff("request", "requested_at", "when it was asked"),
    *impersonal("approval", "exactly what was approved, as a hash", "request_hash"),
    _of_staff("approval", "requested_by", "who asked; the same human may not approve"),
    _of_staff("approval", "approved_by", "who approved"),
    _of_staff("approval", "approved_at", "when it was approved"),
)
