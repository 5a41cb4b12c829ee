"""What is held about campaigns: who was meant, as the proof that everybody was told."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _of_recipient(column: str, category: Category, why: str) -> Holding:
    return Holding(
        table="recipient",
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="notices",
        end=End.DELETE,
    )


HOLDINGS: Final = (
    *impersonal("campaign", "finds it", "campaign_id", "key"),
    *impersonal(
        "campaign",
        "what was said, for whom it was meant, and until when (GTC-CHANGE, PRV-UPDATE)",
        "kind",
        "audience",
        "facts",
        "prevailing",
        "until_at",
        "opened_at",
        "leaf_seq",
    ),
    *impersonal(
        "campaign",
        "how far it is, so that a process that dies leaves no double and no gap",
        "cursor",
        "runs",
        "run_ended_at",
        "paused_at",
        "cancelled_at",
    ),
    *impersonal("campaign", "exactly what another human approved", "asked", "request_hash"),
    *impersonal("recipient", "which campaign, and the notice that told them", "campaign_id"),
    *impersonal("recipient", "the notice that proves it", "notice_id"),
    _of_recipient("per", Category.CONTACT, "everybody is told once for each number, or once"),
    _of_recipient("person_id", Category.IDENTIFICATION, "a next holder is somebody else"),
    _of_recipient("msisdn", Category.CONTACT, "where they are told"),
    _of_recipient("language", Category.PRODUCT, "in which language (GTC-LANG)"),
)

ROWS: Final = (
    Row(
        "recipient",
        ("campaign_id", "per", "person_id"),
        (Lead(Way.PERSON, "person_id"),),
        "(SELECT least(c.until_at, c.cancelled_at) FROM notices.campaign c"
        " WHERE c.campaign_id = t.campaign_id)",
    ),
)
