"""By the operations behind the page and the command line, as an employee who is signed in."""

from tenure.commands.connect import act_of
from tenure.commands.prove.cast import EMPLOYEE
from tenure.commands.prove.scene import Scene, must
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Sell


async def without_consents(scene: Scene) -> None:
    """Ask, which anybody of ours in a shop may, and let it take effect at once."""
    await scene.begin()
    made = must(await scene.ask())
    scene.meets(await scene.effect(made), "effect")


async def sold_again(scene: Scene) -> None:
    """May 2021: an active number goes to a new customer, as if it were free."""
    terms = scene.stage.cast.pack.terms
    sell = Sell(
        msisdn=scene.owner.msisdn,
        iccid=scene.owner.spare.iccid,
        holder_id=scene.owner.buyer,
        purse_id=scene.purse_id(),
        offer=next(offer.name for offer in terms.offers if not offer.postpaid),
        language=terms.languages[0],
    )
    await scene.begin()
    done = await scene.operation(numbers.holding.activate, sell, act_of(EMPLOYEE, scene.now))
    scene.meets(done, "sale")
