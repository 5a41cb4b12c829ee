"""What is held about measures: who was cut from what, on whose word, and that they were told."""

from typing import Final

from tenure.values.holding import (
    Category,
    End,
    Holding,
    Lead,
    Row,
    Subject,
    Way,
    impersonal,
    purse_until,
)


def _of_line(column: str, category: Category, why: str, end: End = End.DELETE) -> Holding:
    return Holding(
        table="measure",
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="evidence",
        end=end,
    )


def _of_staff(table: str, column: str, why: str, end: End = End.DELETE) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.STAFF,
        category=Category.EVIDENCE,
        why=why,
        keep="evidence",
        end=end,
    )


HOLDINGS: Final = (
    *impersonal(
        "traffic_group",
        "which user groups were restricted, for which ground (GTC-TRAFFIC)",
        "group_id",
        "ground",
        "services",
        "ends_at",
        "chosen",
        "lines",
        "reason",
        "evidence",
        "decided_at",
        "leaf_seq",
        "lifted_at",
    ),
    # The group tells about nobody else and stays; who the login was ends with the member.
    _of_staff("traffic_group", "decided_by", "who decided it", End.UNTIE),
    *impersonal("measure", "finds it, and what it came with", "measure_id", "group_id"),
    *impersonal("measure", "proves that it was told and recorded", "notice_id", "leaf_seq"),
    *impersonal("measure", "proves that its end was told", "lifted_notice_id"),
    _of_line("msisdn", Category.CONTACT, "which number it is about"),
    _of_line("purse_id", Category.SERVICE_ACCOUNT, "whose it was: a next holder is not meant"),
    _of_line("kind", Category.SERVICE_ACCOUNT, "what was done"),
    _of_line("clause", Category.EVIDENCE, "what it is based on"),
    _of_line("ground", Category.EVIDENCE, "what it is based on (GTC-TRAFFIC)"),
    _of_line("services", Category.SERVICE_ACCOUNT, "what could not be used"),
    _of_line("ends_at", Category.SERVICE_ACCOUNT, "until when"),
    _of_line("reason", Category.EVIDENCE, "what the subscriber was told"),
    _of_line("evidence", Category.EVIDENCE, "where the evidence is"),
    _of_line("proof", Category.EVIDENCE, "where systematic obstruction is proven (GTC-ABUSE)"),
    _of_line("decided_at", Category.EVIDENCE, "since when"),
    _of_line("asked", Category.EVIDENCE, "exactly what a second human approved"),
    _of_line("request_hash", Category.EVIDENCE, "exactly what a second human approved"),
    _of_line("lifted_at", Category.SERVICE_ACCOUNT, "when it was lifted"),
    _of_line("lifted_because", Category.EVIDENCE, "why it was lifted"),
    _of_staff("measure", "decided_by", "who decided it"),
    _of_staff("measure", "approved_by", "who approved it"),
    _of_staff("measure", "lifted_by", "who lifted it"),
)

ROWS: Final = (
    Row(
        "traffic_group",
        ("group_id",),
        (Lead(Way.LOGIN, "decided_by"),),
        "coalesce(t.lifted_at, t.ends_at)",
    ),
    Row(
        "measure",
        ("measure_id",),
        # By the purse and not by the number, which may be the next holder's by now.
        (
            Lead(Way.PURSE, "purse_id"),
            Lead(Way.LOGIN, "decided_by"),
            Lead(Way.HUMAN, "approved_by"),
            Lead(Way.LOGIN, "lifted_by"),
        ),
        f"coalesce(t.lifted_at, t.ends_at, {purse_until('t.purse_id')})",
    ),
)
