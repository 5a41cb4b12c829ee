"""What the next holder of a number could find of the former one: nothing."""

from typing import Any

from tenure.postgres.transaction import Transaction
from tests.simulator.years.books import tail
from tests.simulator.years.life import Life

LAW = "nothing of the former holder reaches the next"
LEFT = {
    "another purse's line": """
        SELECT count(*) FROM numbers.line WHERE msisdn = %(number)s AND purse_id <> %(purse)s""",
    "entries": """
        SELECT count(*) FROM money.entry WHERE purse_id = %(purse)s
        AND kind <> 13""",
    "answers": """
        SELECT count(*) FROM topups.answered WHERE purse_id = %(purse)s""",
    "calls": """
        SELECT count(*) FROM charging.answered WHERE purse_id = %(purse)s""",
    "reminders": """
        SELECT count(*) FROM numbers.reminder WHERE purse_id = %(purse)s""",
    "a lock": """
        SELECT count(*) FROM numbers.lock WHERE msisdn = %(number)s AND until IS NULL""",
    "a request": """
        SELECT count(*) FROM numbers.request WHERE msisdn = %(number)s AND ended_at IS NULL""",
    "another's SIM": """
        SELECT count(*) FROM numbers.line l WHERE msisdn = %(number)s AND imsi <> %(imsi)s""",
    "a restriction": """
        SELECT count(*) FROM numbers.line WHERE msisdn = %(number)s AND restricted_until IS NOT NULL
    """,
}
ONLY_AFTER_A_SALE = {
    "money": "SELECT funds_micros + seq FROM money.purse WHERE purse_id = %(purse)s",
    "a hold": "SELECT count(*) FROM numbers.hold WHERE msisdn = %(number)s AND until IS NULL",
    "a bar": """
        SELECT count(*) FROM numbers.line WHERE msisdn = %(number)s
        AND (suspended OR bar_outgoing OR bar_incoming OR lost_at IS NOT NULL)""",
    "a stage bar": "SELECT count(*) FROM numbers.stage_bar WHERE msisdn = %(number)s",
}


async def nothing_is_left(life: Life, number: str, at: int, *, sale: bool = True) -> None:
    """Look at once, at the first instant of the new holder, for everything that could be left."""
    del at
    holder, sim = life.books.holder(number), life.books.sim(number)
    assert holder is not None
    asked = {"number": number, "purse": holder.purse, "imsi": sim.imsi}
    left = await life.driver.once(_left, LEFT | (ONLY_AFTER_A_SALE if sale else {}), asked)
    former = [one for one in life.books.tenures[number] if one is not holder]
    life.books.must(
        LAW, holds=not left and all(one.purse != holder.purse for one in former),
        seen=f"{tail(number)}: {', '.join(left)}",
    )  # fmt: skip


async def _left(tx: Transaction, queries: dict[str, str], asked: dict[str, Any]) -> list[str]:
    left = []
    for what, query in queries.items():
        row = await (await tx.execute(query.encode(), asked)).fetchone()
        if row is not None and row[0]:
            left.append(what)
    return left
