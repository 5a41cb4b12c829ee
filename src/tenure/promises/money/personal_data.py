"""Every column of money: whose it is, why it is held, for how long, and how it ends."""

from tenure.values.holding import (
    Category,
    End,
    Export,
    Holding,
    Lead,
    Row,
    Subject,
    Way,
    impersonal,
    purse_until,
    shown_as,
)


def _account(table: str, why: str, *columns: str) -> tuple[Holding, ...]:
    """Columns that tell about a subscriber only through whoever holds the line of the purse."""
    return tuple(
        Holding(
            table=table,
            column=column,
            whose=Subject.SUBSCRIBER,
            category=Category.SERVICE_ACCOUNT,
            why=why,
            keep="accounts",
            end=End.UNTIE,
        )
        for column in columns
    )


_HELD = (
    *impersonal("purse", "its identity and counters", "purse_id", "seq", "version"),
    *_account(
        "purse",
        "what the subscriber has and until when",
        "funds_micros",
        "funds_end",
        "owed_micros",
        "credit_limit_micros",
        "grants",
    ),
    Holding(
        table="purse",
        column="sessions",
        whose=Subject.SUBSCRIBER,
        category=Category.SERVICE_ACCOUNT,
        why="live sessions, so that nothing is charged twice or held for ever",
        keep="sessions",
        end=End.EMPTY,
    ),
    *impersonal(
        "entry",
        "the books of the operator",
        "purse_id",
        "seq",
        "kind",
        "account",
        "tax_micros",
        "overrun_micros",
        "contra_micros",
    ),
    *_account(
        "entry",
        "every movement can be explained",
        "at",
        "funds_micros",
        "grants_micros",
        "owed_micros",
        "funds_after_micros",
        "reference",
        "explanation",
    ),
    Holding(
        table="entry",
        column="party",
        whose=Subject.OTHER_PARTY,
        category=Category.SERVICE_ACCOUNT,
        why="the itemised bill names whom a call or message went to",
        keep="usage",
        end=End.DELETE,
    ),
    *impersonal(
        "usage_ended",
        "what a month came to when its details ended",
        "month",
        "run",
        "stage",
        "at",
        "purses_min",
        "few",
        "least_days",
        "ended",
        "held",
        "legs_before",
        "legs_after",
        "totals_sha256",
        "leaf_seq",
    ),
    *impersonal(
        "usage_total",
        "sums of ended usage, each with a crowd behind it",
        "month",
        "run",
        "day",
        "account",
        "route",
        "entries",
        "purses",
        "purses_min",
        "funds_micros",
        "grants_micros",
        "owed_micros",
        "tax_micros",
        "overrun_micros",
        "contra_micros",
    ),
    *impersonal("usage_account", "the same by account", "month", "run", "account", "gone", "told"),
)

# What makes an entry readable to whom it is about.
HOLDINGS = shown_as(
    _HELD,
    {
        Export.KNOW: (
            "entry.seq",
            "entry.kind",
            "entry.tax_micros",
        ),
    },
)

ROWS = (
    Row("purse", ("purse_id",), (Lead(Way.PURSE, "purse_id"),), purse_until("t.purse_id")),
    # Whoever was called is somebody else: an entry is about who holds the purse alone.
    Row(
        "entry",
        ("purse_id", "seq", "at"),
        (Lead(Way.PURSE, "purse_id"),),
        "t.at",
        leaves="tstzrange(t.at, t.at, '[]')",
    ),
)
