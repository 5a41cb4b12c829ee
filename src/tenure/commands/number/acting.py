"""What somebody of ours does with a number: allowed first, then done, in one transaction."""

from collections.abc import Awaitable, Callable
from typing import Concatenate, Final, ParamSpec, TypeVar

from tenure.commands import connect
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.values.refused import Refused

NAME: Final = "number"

Asked = ParamSpec("Asked")
AnswerT = TypeVar("AnswerT")


class _No:
    """An answer that no operation gives: whoever asked may not."""

    def __init__(self, why: Refused[StaffRefusal]) -> None:
        self.why = why


async def by_staff(
    pool: Pool,
    allowed: tuple[Act, Task],
    operation: Callable[Concatenate[Transaction, Asked], Awaitable[AnswerT]],
    *args: Asked.args,
    **kwargs: Asked.kwargs,
) -> AnswerT:
    """Do it, if whoever acts may do this task now; else say why not and exit with 1."""
    act, task = allowed

    async def work(tx: Transaction) -> AnswerT | _No:
        member = await staff.allowed(tx, act.by, task, act.at)
        if isinstance(member, Refused):
            return _No(member)
        return await operation(tx, *args, **kwargs)

    answer = await perform(pool, work)
    if isinstance(answer, _No):
        connect.refused(NAME, answer.why, as_json=False)
    return answer
