"""What is held about deliveries: that words reached somebody, as the proof that they were told."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal


def _of_delivery(column: str, category: Category, why: str) -> Holding:
    return Holding(
        table="delivery",
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="notices",
        end=End.DELETE,
    )


HOLDINGS: Final = (
    *impersonal(
        "due",
        "which notice is looked at next, by whom, and when; it goes with the notice's end",
        "notice_id",
        "urgency",
        "medium",
        "due_at",
        "tries",
    ),
    *impersonal("delivery", "which attempt of which notice it is", "delivery_id", "notice_id"),
    *impersonal(
        "delivery",
        "who carried it, and what they call it: their answer is found by it",
        "medium",
        "via",
        "receipts",
        "reference",
    ),
    _of_delivery("sent_to", Category.CONTACT, "proves where it was sent"),
    _of_delivery(
        "person_id", Category.IDENTIFICATION, "nobody gets more offers than the terms say"
    ),
    _of_delivery("handing_at", Category.EVIDENCE, "proves when it left"),
    _of_delivery("handed_at", Category.EVIDENCE, "proves that it was taken"),
    _of_delivery("ended_at", Category.EVIDENCE, "proves when it arrived, or did not"),
    _of_delivery("ended", Category.EVIDENCE, "proves whether it arrived"),
    _of_delivery("reason", Category.EVIDENCE, "says why it did not arrive"),
)

ROWS: Final = (
    # Where it was sent is a number of the same person, or an address: the notice knows whose.
    Row("delivery", ("delivery_id",), (Lead(Way.NOTICE, "notice_id"),), "t.handing_at"),
)
