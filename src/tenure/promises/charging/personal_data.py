"""Every column of charging: whose it is, why it is held, for how long, and how it ends."""

from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal

HOLDINGS = (
    *impersonal("answered", "the identity of a request", "key", "purse_id", "digest"),
    *(
        Holding(
            table="answered",
            column=column,
            whose=Subject.SUBSCRIBER,
            category=Category.SERVICE_ACCOUNT,
            why="a repeat gets the first answer, and a refund restores what was drawn",
            keep="accounts",
            end=End.DELETE,
        )
        for column in ("answer", "drawn", "at")
    ),
    *impersonal("told", "of which purse, and what of it", "purse_id", "mark"),
    *(
        Holding(
            table="told",
            column=column,
            whose=Subject.SUBSCRIBER,
            category=Category.EVIDENCE,
            why="what goes down is told once",
            keep="accounts",
            end=End.DELETE,
        )
        for column in ("kind", "at")
    ),
)

ROWS = (
    Row("answered", ("key",), (Lead(Way.PURSE, "purse_id"),), "t.at"),
    Row("told", ("purse_id", "kind", "mark"), (Lead(Way.PURSE, "purse_id"),), "t.at"),
)
