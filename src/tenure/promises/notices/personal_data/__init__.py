"""What is held about notices: whom we told what, and when, as the proof that we did."""

from typing import Final

from tenure.promises.notices.personal_data import campaigns, deliveries
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
    shown_as,
)


def _of_notice(column: str, category: Category, why: str, end: End = End.DELETE) -> Holding:
    return Holding(
        table="notice",
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="notices",
        end=end,
    )


_HELD: Final = (
    *impersonal("notice", "which notice it is, and how it goes", "notice_id", "channel"),
    _of_notice("msisdn", Category.CONTACT, "the number that it is about"),
    _of_notice("person_id", Category.IDENTIFICATION, "a former holder's news is no one else's"),
    _of_notice("language", Category.PRODUCT, "notices come in the language that was chosen"),
    _of_notice("kind", Category.EVIDENCE, "what was told"),
    _of_notice("facts", Category.EVIDENCE, "what the words named"),
    _of_notice("at", Category.EVIDENCE, "since when it was to be told"),
    _of_notice("sent_at", Category.EVIDENCE, "proves that it was sent, and when"),
    _of_notice("dropped_at", Category.EVIDENCE, "says since when nothing more is tried"),
    _of_notice("dropped", Category.EVIDENCE, "says why nothing more is tried"),
    *deliveries.HOLDINGS,
    *campaigns.HOLDINGS,
)

# By which way somebody was told.
HOLDINGS: Final = shown_as(
    _HELD,
    {
        Export.KNOW: (
            "notice.channel",
            "delivery.medium",
        ),
    },
)

ROWS: Final = (
    Row(
        "notice",
        ("notice_id",),
        (
            Lead(Way.PERSON, "person_id"),
            Lead(Way.NUMBER, "msisdn", "t.at", where="t.person_id IS NULL"),
        ),
        # What never left and was never given up is nobody's news after a month.
        "coalesce(t.dropped_at, t.sent_at, t.at + interval '30 days')",
    ),
    *deliveries.ROWS,
    *campaigns.ROWS,
)
