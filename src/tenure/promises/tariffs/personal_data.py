"""What tariffs hold of a person: which of ours published and approved a price, and nothing else."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal

HOLDINGS: Final = (
    *impersonal(
        "version",
        "which prices were published, for which offers, and from when they hold (GTC-CHANGE)",
        "operator",
        "version",
        "digest",
        "effective_from",
        "founding",
        "notice_ms",
        "published_at",
        "offers",
        "asked",
        "request_hash",
        "campaign_id",
        "confirmed_at",
        "in_force_from",
        "withdrawn_at",
        "withdrawn_because",
    ),
    *impersonal("version", "proves it", "leaf_seq", "confirmed_leaf_seq"),
    *(
        Holding(
            table="version",
            column=column,
            whose=Subject.STAFF,
            category=Category.EVIDENCE,
            why=why,
            keep="staff",
            end=End.UNTIE,
        )
        for column, why in (
            ("published_by", "who published it"),
            ("approved_by", "who else agreed to it (INC-STAFF)"),
        )
    ),
)
"""Numbers dialled are looked at to find a route, and neither kept nor shown."""

ROWS: Final = (
    Row(
        "version",
        ("operator", "version"),
        (Lead(Way.LOGIN, "published_by"), Lead(Way.HUMAN, "approved_by")),
        "t.published_at",
    ),
)
