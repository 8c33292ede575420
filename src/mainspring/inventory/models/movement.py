"""The ledger of the stock."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.core.asked import whole
from mainspring.events.models import Actor

if TYPE_CHECKING:
    from mainspring.inventory.models.product import Product


class AlreadyTakenBack(Exception):
    """This take was put back before; a part returns to the stock once."""

    def __init__(self, movement: "Movement") -> None:
        self.movement = movement
        super().__init__(_("%(product)s was already put back.") % {"product": movement.product})


class MovementQuerySet(models.QuerySet["Movement"]):
    def of_product(self, product: "Product") -> "MovementQuerySet":
        """The product's history, the newest first, with whom and what each undid."""
        return self.filter(product=product).select_related("person", "reverses").order_by("-id")

    def before(self, pk: str) -> "MovementQuerySet":
        """Only lines older than this one; all of them when that is no number."""
        oldest = whole(pk)
        return self if oldest is None else self.filter(pk__lt=oldest)


class Movement(models.Model):
    """A line of the stock ledger. Never changed: a mistake is undone by its reverse."""

    class Kind(models.TextChoices):
        RECEIVED = "received", gettext_lazy("Received")
        TAKEN = "taken", gettext_lazy("Taken")
        RETURNED = "returned", gettext_lazy("Put back")
        COUNTED = "counted", gettext_lazy("Counted")

    product = models.ForeignKey("inventory.Product", models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=Kind)
    quantity = models.DecimalField(max_digits=10, decimal_places=3, help_text="Signed: what the stock gained.")
    on_hand_after = models.DecimalField(max_digits=10, decimal_places=3)
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4)
    reason = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=60, blank=True, help_text="For what it was taken, e.g. ticket:5.")
    label = models.CharField(max_length=60, blank=True, help_text="The same as people read it, e.g. #1042.")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = MovementQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["product", "-id"]), models.Index(fields=["reference"])]
        constraints = [
            models.CheckConstraint(
                name="a_movement_has_the_sign_of_its_kind",
                condition=Q(kind="received", quantity__gt=0)
                | Q(kind="taken", quantity__lt=0)
                | Q(kind="returned", quantity__gt=0)
                | Q(kind="counted"),
            ),
            models.CheckConstraint(
                name="only_a_return_reverses",
                condition=Q(kind="returned", reverses__isnull=False) | (~Q(kind="returned") & Q(reverses=None)),
            ),
            models.CheckConstraint(name="the_ledger_is_never_negative", condition=Q(on_hand_after__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.quantity.normalize():f}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only a new line is ever saved; the database refuses the rest as well."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    @transaction.atomic
    def take_back(self, *, by: Actor | None, reason: str = "") -> "Movement":
        """Put what was taken back on the shelf, once. Raises AlreadyTakenBack the second time."""
        if self.kind != Movement.Kind.TAKEN:
            raise ValueError("Only what was taken can be put back.")
        try:
            with transaction.atomic():
                return self.product.put_back(self, by=by, reason=reason)
        except IntegrityError as error:
            if self.is_taken_back:
                raise AlreadyTakenBack(self) from error
            raise

    @property
    def is_taken_back(self) -> bool:
        return Movement.objects.filter(reverses=self.pk).exists()
