"""An independent model that hears every ask and its answer, and says which laws were broken.

It never asks the rules of charging, money or top-ups: it has its own prices (``prices``) and its
own purses (``ledger``), and compares what was answered and what lies in the database with them.
"""

from typing import NamedTuple

from tenure.promises.charging.model import Answer, Ask, Granted, GroupAsk, Refusal, Request
from tenure.promises.tariffs.model import Direction, Service
from tenure.terms.model import Terms
from tests.simulator.ledger import LATE_MS, Account, Drawn, Metered, Talk
from tests.simulator.prices import NoPriceError, Prices, Tally

IN_SESSION = (Request.INITIAL, Request.UPDATE, Request.TERMINATE)
WITHOUT_EFFECT = (Request.BALANCE_CHECK, Request.PRICE_ENQUIRY)
BEFORE_METERING = frozenset(
    {
        Refusal.LOST_OR_STOLEN,
        Refusal.SUSPENDED,
        Refusal.RESTRICTED,
        Refusal.BARRED,
        Refusal.STAGE_BLOCKED,
        Refusal.RATING_FAILED,
        Refusal.UNKNOWN_RATING_GROUP,
    }
)


class Violation(NamedTuple):
    """A law that was broken, for which purse, and how it was seen."""

    law: str
    purse_id: int
    seen: str


class Auditor:
    """Hears what happens in the order in which it takes effect."""

    def __init__(self, prices: Prices, terms: Terms) -> None:
        self.prices = prices
        self.terms = terms
        self.accounts: dict[int, Account] = {}
        self.by_identity: dict[str, int] = {}
        self.violations: list[Violation] = []
        self.heard_answers = 0
        self.reads_may_lag = False
        """A batch was repeated after its commit was lost: what only reads saw its whole effect."""
        self.acknowledged: dict[int, int] = {}
        """Money that answers said was charged, by purse; refunds count against it."""
        self._answered: dict[tuple[str, ...], tuple[Ask, Answer]] = {}
        self._debits: dict[str, tuple[int, Drawn]] = {}

    def accuse(self, law: str, purse_id: int, seen: str) -> None:
        """Note a broken law."""
        self.violations.append(Violation(law, purse_id, seen))

    def expect(self, law: str, purse_id: int, found: object, expected: object, what: str) -> None:
        """Note a broken law when what was found is not what was expected."""
        if found != expected:
            self.accuse(law, purse_id, f"{what}: {found}, expected {expected}")

    def heard(self, ask: Ask, answer: Answer) -> None:
        """An answer reached its asker."""
        self.heard_answers += 1
        purse_id = self.by_identity.get(ask.msisdn or ask.imsi)
        if purse_id is None:
            self.expect("a stranger is refused", 0, answer.refusal, Refusal.UNKNOWN_SUBSCRIBER, "")
            return
        try:
            self._judge(self.accounts[purse_id], ask, answer)
        except NoPriceError as missing:
            self.accuse("what has no price is refused", purse_id, f"{ask.key}: {missing}")

    def _judge(self, account: Account, ask: Ask, answer: Answer) -> None:
        if ask.request in WITHOUT_EFFECT:
            self._looked(account, ask, answer)
        elif not self._is_repeat(account, ask, answer) and answer.refusal is None:
            self._took_effect(account, ask, answer)
        elif answer.refusal is Refusal.CREDIT_EXHAUSTED and ask.request is Request.DEBIT:
            self._refused_debit(account, ask)

    def _is_repeat(self, account: Account, ask: Ask, answer: Answer) -> bool:
        """One identity has one content, one answer and one effect."""
        identity = _identity(ask, account.purse_id)
        if identity not in self._answered:
            if answer.refusal is None:
                self._answered[identity] = (ask, answer)
            return False
        first, said = self._answered[identity]
        if answer.refusal is not None:
            return True  # refused: without effect, whatever the reason
        if self._content(first) != self._content(ask):
            self.accuse("another content under the same key is refused", account.purse_id, ask.key)
        elif not answer.repeated:
            self.accuse("a repeat has no second effect", account.purse_id, ask.key)
        elif _bare(said) != _bare(answer):
            self.accuse("a repeat gets the recorded answer", account.purse_id, ask.key)
        return True

    def _content(self, ask: Ask) -> tuple[object, ...]:
        """What is asked and for whom: a person by number or by SIM is the same person."""
        who = self.by_identity[ask.msisdn or ask.imsi]
        what = (ask.request, ask.service, ask.direction, ask.other_party, ask.visited_plmn)
        return (who, *what, ask.groups, ask.used_at, ask.description, ask.refunds)

    def _took_effect(self, account: Account, ask: Ask, answer: Answer) -> None:
        match ask.request:
            case Request.DEBIT:
                cost = self._debited(account, ask)
                balance = max(account.payable(ask.at) - account.held(ask.at)[0], 0)
                self.expect(
                    "an answer tells the balance", account.purse_id, answer.balance_micros,
                    balance, f"after debit {ask.key}",
                )  # fmt: skip
            case Request.REFUND:
                cost = self._refunded(account, ask)
            case _:
                cost = self._talked(account, ask, answer)
        self.expect("charged is the price", account.purse_id, answer.cost_micros, cost, ask.key)
        sign = -1 if ask.request is Request.REFUND else 1
        so_far = self.acknowledged.get(account.purse_id, 0)
        self.acknowledged[account.purse_id] = so_far + sign * answer.cost_micros

    def _looked(self, account: Account, ask: Ask, answer: Answer) -> None:
        if self.reads_may_lag:
            return
        if ask.request is Request.BALANCE_CHECK:
            available = max(account.payable(ask.at) - account.held(ask.at)[0], 0)
            self.expect(
                "available is valid money less live holds", account.purse_id,
                answer.balance_micros, available, f"balance at {ask.at}",
            )  # fmt: skip
        elif answer.refusal is None and not account.buckets:
            cost = 0
            for group in ask.groups:
                tally = self._tally(account, ask, group, ask.at)
                cost += tally.add(group.requested or 0, ask.at, [])
            self.expect(
                "an enquiry tells the price", account.purse_id, answer.cost_micros, cost, ""
            )

    def _tally(self, account: Account, ask: Ask, group: GroupAsk, since: int) -> Tally:
        return Tally(self.prices, self.prices.where(account.offer, ask, group.rating_group), since)

    # One-off requests.

    def _debited(self, account: Account, ask: Ask) -> int:
        began = int(ask.at if ask.used_at is None else ask.used_at)
        whole = Drawn()
        for group in ask.groups:
            tally = self._tally(account, ask, group, began)
            units = group.used.units if group.used else group.requested or 0
            drawn = account.charge(tally, units, began, None, ask.at)
            if group.used is None:
                # A message to the subscriber arrives whether or not it can be paid.
                arrives = ask.direction == Direction.IN and tally.where.service in {"sms", "mms"}
                if drawn.money < tally.charged and not arrives:
                    self.accuse("what is not paid is not served", account.purse_id, ask.key)
                if account.blocked(ask.direction, tally.where, self.terms, ask.at):
                    self.accuse("who is blocked is not served", account.purse_id, ask.key)
            elif account.lost_at is not None and began >= account.lost_at:
                self.accuse("nothing is charged after a loss", account.purse_id, ask.key)
            whole.funds += drawn.funds
            whole.owed += drawn.owed
            whole.buckets += drawn.buckets
        self._debits[ask.key] = (account.purse_id, whole)
        return whole.money

    def _refused_debit(self, account: Account, ask: Ask) -> None:
        """Who could pay for all of it must not be refused for want of money."""
        if any(account.covering(self._tally(account, ask, g, ask.at), ask.at) for g in ask.groups):
            return
        began = int(ask.at if ask.used_at is None else ask.used_at)
        due = 0
        for group in ask.groups:
            due += self._tally(account, ask, group, began).add(group.requested or 0, began, [])
        available = min(account.payable(began), account.payable(ask.at))
        if 0 < due <= available - account.held(ask.at)[0]:
            self.accuse("who can pay is served", account.purse_id, f"{ask.key} costs {due}")

    def _refunded(self, account: Account, ask: Ask) -> int:
        purse_id, drawn = self._debits.pop(ask.refunds, (0, Drawn()))
        if purse_id != account.purse_id:
            self.accuse("a debit is refunded once, to its payer", account.purse_id, ask.refunds)
            return 0
        return account.give_back(drawn)

    # Sessions.

    def _talked(self, account: Account, ask: Ask, answer: Answer) -> int:
        if ask.request is Request.INITIAL:
            talk = account.talks[ask.key] = Talk(ask)
        elif ask.key in account.talks:
            talk = account.talks[ask.key]
        else:
            self.accuse("a session that is not open is refused", account.purse_id, ask.key)
            return 0
        talk.heard_at = int(ask.at)
        self._forget(account.forget_silent(ask))
        results = {(each.rating_group, each.service_id): each for each in answer.groups}
        since = max([talk.opened_at, *(m.held_at for m in talk.groups.values())])
        cost = 0
        for group in ask.groups:
            result = results[group.rating_group, group.service_id]
            cost += self._reported(account, talk, ask, group, result, since)
        for group in ask.groups:
            result = results[group.rating_group, group.service_id]
            if ask.request is not Request.TERMINATE:
                self._granted(account, talk, ask, group, result)
        if ask.request is Request.TERMINATE:
            del account.talks[ask.key]
            self._forget(account.end(ask))
        return cost

    def _forget(self, keys: list[str]) -> None:
        """Sessions that ended long ago, or fell silent, are remembered by nobody."""
        gone = [name for name in self._answered if name[0] == "session" and name[2] in keys]
        for name in gone:
            del self._answered[name]

    def _reported(
        self, account: Account, talk: Talk, ask: Ask, group: GroupAsk, result: Granted, since: int
    ) -> int:
        """Charge what was used since the last report; the hold of its grant ends."""
        name = (group.rating_group, group.service_id)
        metered = talk.groups.get(name)
        if metered is None:
            if result.refusal in BEFORE_METERING:
                return 0
            started = talk.opened_at if ask.service is Service.VOICE else int(ask.at)
            metered = talk.groups[name] = Metered(self._tally(account, ask, group, started), ask.at)
        metered.release()
        used = group.used.units if group.used else 0
        if not used:
            metered.hold_until = ask.at
            return 0
        if account.lost_at is not None and account.lost_at < ask.at:
            gone = max(account.lost_at - since, 0)
            used = used * gone // (ask.at - since) if gone else 0
        priced_at = metered.held_at if metered.granted else int(ask.at)
        paid = 0
        if used:
            paid = account.charge(metered.tally, used, priced_at, metered, ask.at).money
        metered.hold_until = metered.held_at = ask.at
        metered.granted = False
        return paid

    def _granted(
        self, account: Account, talk: Talk, ask: Ask, group: GroupAsk, result: Granted
    ) -> None:
        """What is granted is held, and what is held is there."""
        metered = talk.groups.get((group.rating_group, group.service_id))
        if metered is None or group.requested is None:
            return
        if result.refusal is not None or not result.units:
            if result.refusal is Refusal.CREDIT_EXHAUSTED:
                self._refused_grant(account, ask, group, metered)
                metered.granted = False
            elif result.refusal is Refusal.RATING_FAILED:
                metered.granted = False
            return
        if account.blocked(ask.direction, metered.tally.where, self.terms, ask.at):
            self.accuse("who is blocked is not served", account.purse_id, ask.key)
        until = ask.at + result.validity_seconds * 1000 + LATE_MS
        free = account.payable(ask.at) - account.held(ask.at, metered)[0]
        hold = account.hold(metered, result.units, ask.at, until)
        if hold > max(free, 0):
            self.accuse(
                "no more is promised than can be paid", account.purse_id,
                f"{ask.key} #{ask.number}: {result.units} units hold {hold} of {free}",
            )  # fmt: skip

    def _refused_grant(self, account: Account, ask: Ask, group: GroupAsk, metered: Metered) -> None:
        if account.covering(metered.tally, ask.at):
            return
        further = metered.tally.copy()
        try:
            further.add(1, ask.at, [])
        except NoPriceError:
            return
        first = further.exact - metered.tally.charged
        free = account.payable(ask.at) - account.held(ask.at, metered)[0]
        if 0 < first <= free or (first <= 0 < account.payable(ask.at)):
            self.accuse(
                "who can pay is served", account.purse_id, f"{ask.key} {group.rating_group}"
            )

    # What is done to a line or a purse besides charging.

    def topped_up(self, purse_id: int, amount: int, at: int) -> None:
        """A top-up was acknowledged."""
        self.accounts[purse_id].top_up(amount, self.terms, at)

    def bought(self, purse_id: int, bundle: str, at: int) -> None:
        """A purchase was acknowledged."""
        account = self.accounts[purse_id]
        if account.payable(at) < account.buy(bundle, self.terms, at):
            pass  # judged below: a purse that cannot pay shows a debt or negative funds
        if account.funds < 0 or account.owed > account.limit:
            self.accuse("never below zero", purse_id, f"bought {bundle}")


def _identity(ask: Ask, purse_id: int) -> tuple[str, ...]:
    if ask.request in IN_SESSION:
        return ("session", str(purse_id), ask.key, str(ask.number))
    if ask.request is Request.REFUND:
        return ("refund", ask.refunds)
    return ("debit", ask.key)


def _bare(answer: Answer) -> tuple[object, ...]:
    return (answer.refusal, answer.groups, answer.cost_micros, answer.balance_micros)
