"""What top-ups hold about people: which purse used which card, and what it was answered."""

from typing import Final

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


def _of_subscriber(table: str, column: str, why: str, end: End = End.DELETE) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=Category.SERVICE_ACCOUNT,
        why=why,
        keep="books",
        end=end,
    )


_HELD: Final = (
    *impersonal("batch", "what was issued together", "batch_id", "amount_micros", "active_days"),
    *impersonal("batch", "what was issued together", "vouchers", "issued_at", "expires_at"),
    *impersonal("batch", "finds the key of its PINs; tells nothing of it", "key_id"),
    Holding(
        table="batch",
        column="issued_by",
        whose=Subject.STAFF,
        category=Category.EVIDENCE,
        why="who made the money",
        keep="staff",
        end=End.UNTIE,
    ),
    *impersonal("voucher", "the card, which anybody may hold", "serial", "batch_id", "pin_hash"),
    *impersonal("voucher", "what the card is worth", "amount_micros", "active_days", "expires_at"),
    *impersonal("voucher", "a blocked card adds nothing", "blocked_at"),
    _of_subscriber("voucher", "used_at", "a card is used once", End.UNTIE),
    _of_subscriber("voucher", "used_purse_id", "a card is used once, by one purse", End.UNTIE),
    _of_subscriber("voucher", "used_seq", "which entry used the card", End.UNTIE),
    _of_subscriber("answered", "purse_id", "a repeated request has one effect"),
    _of_subscriber("answered", "key", "a repeated request has one effect"),
    _of_subscriber("answered", "at", "when it was answered"),
    _of_subscriber("answered", "digest", "the same key with another content is refused"),
    _of_subscriber("answered", "answer", "a repeated request gets the same answer"),
    _of_subscriber("wrong_pins", "purse_id", "locks out who guesses PINs"),
    _of_subscriber("wrong_pins", "in_a_row", "locks out who guesses PINs"),
    _of_subscriber("wrong_pins", "last_at", "ends the lock"),
)

# Which voucher it was.
HOLDINGS: Final = shown_as(
    _HELD,
    {
        Export.KNOW: (
            "voucher.serial",
            "voucher.amount_micros",
        ),
    },
)

ROWS: Final = (
    Row("batch", ("batch_id",), (Lead(Way.LOGIN, "issued_by"),), "t.issued_at"),
    Row("voucher", ("serial",), (Lead(Way.PURSE, "used_purse_id"),), "t.used_at"),
    Row("answered", ("purse_id", "key"), (Lead(Way.PURSE, "purse_id"),), "t.at"),
    Row("wrong_pins", ("purse_id",), (Lead(Way.PURSE, "purse_id"),), "t.last_at"),
)
