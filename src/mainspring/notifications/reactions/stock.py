"""What the staff hears of the stock."""

from mainspring.accounts.models import Person, Role
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit
from mainspring.inventory.events import STOCK_RAN_LOW
from mainspring.inventory.models import Product
from mainspring.notifications import letters
from mainspring.notifications.reactions.tickets import tell_person


@after_commit(STOCK_RAN_LOW)
def warn_of_low_stock(event: Event) -> None:
    """To the managers and the owner, each once."""
    product = Product.objects.get(pk=int(event.subject.partition(":")[2]))
    values = {
        "product": product.name,
        "on_hand": f"{product.on_hand.normalize():f}",
        "reorder_level": f"{(product.reorder_level or product.on_hand).normalize():f}",
    }
    for person in Person.objects.working().filter(role__in=(Role.OWNER, Role.MANAGER)):
        tell_person(person, letters.LOW_STOCK, values, serial=f"event:{event.pk}")
