"""What is held about differences between record and tables."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal

_WHY: Final = "which difference was found when, and that the holder was told"

HOLDINGS: Final = (
    *impersonal("alarm", _WHY, "alarm_id", "wrong", "found_at", "leaf_seq", "ended_at"),
    Holding(
        table="alarm",
        column="msisdn",
        whose=Subject.SUBSCRIBER,
        category=Category.EVIDENCE,
        why="whose number it was tried on",
        keep="evidence",
        end=End.DELETE,
    ),
)

ROWS: Final = (
    Row("alarm", ("alarm_id",), (Lead(Way.NUMBER, "msisdn", "t.found_at"),), "t.ended_at"),
)
