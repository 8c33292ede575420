"""Number series, taken inside the transaction that uses the number."""

from django.db import models, transaction


class NumberSeries(models.Model):
    """The next number of each series. Gapless: a number taken in a transaction that rolls back is free again."""

    name = models.CharField(max_length=60, unique=True)
    next = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="series_number_is_positive", condition=models.Q(next__gt=0))]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def take(cls, name: str, *, first: int = 1) -> int:
        """The next number of the series. The row stays locked until the caller's transaction ends.

        Raises TransactionManagementError outside a transaction: a number without its document would be a gap.
        """
        if not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError("A number is taken inside the transaction that uses it.")
        NumberSeries.objects.bulk_create([NumberSeries(name=name, next=first)], ignore_conflicts=True)
        series = cls.objects.select_for_update().get(name=name)
        taken = series.next
        series.next = taken + 1
        series.save(update_fields=["next"])
        return taken
