"""What is held about lines."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, purse_until


def _of_line(column: str, category: Category, why: str, end: End = End.DELETE) -> Holding:
    return Holding(
        table="line",
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep="service",
        end=end,
    )


HOLDINGS: Final = (
    _of_line("msisdn", Category.CONTACT, "the number itself", End.UNTIE),
    _of_line("imsi", Category.IDENTIFICATION, "which SIM the network reaches"),
    _of_line("purse_id", Category.SERVICE_ACCOUNT, "which purse pays", End.UNTIE),
    _of_line("offer", Category.PRODUCT, "which prices apply"),
    _of_line("language", Category.PRODUCT, "notices come in the language that was chosen"),
    _of_line("bar_outgoing", Category.SERVICE_ACCOUNT, "what the line may do"),
    _of_line("bar_incoming", Category.SERVICE_ACCOUNT, "what the line may do"),
    _of_line("suspended", Category.SERVICE_ACCOUNT, "what the line may do"),
    _of_line("lost_at", Category.SERVICE_ACCOUNT, "use after the report is not charged (GTC-LOST)"),
    _of_line("restricted_until", Category.SERVICE_ACCOUNT, "what the line may do, and until when"),
    _of_line("postpaid", Category.PRODUCT, "how the line is paid for"),
    _of_line("since", Category.EVIDENCE, "since when the line is in service"),
)

ROWS: Final = (Row("line", ("msisdn",), (Lead(Way.PURSE, "purse_id"),), purse_until("t.purse_id")),)
