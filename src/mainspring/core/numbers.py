"""Number series, taken inside the transaction that uses the number."""

from django.db import connection, models, transaction

TAKE = (
    "INSERT INTO core_numberseries (name, next) VALUES (%s, %s) "
    "ON CONFLICT (name) DO UPDATE SET next = core_numberseries.next + 1 RETURNING next - 1"
)
"""One statement on both engines: whoever comes at the same time waits at the row, and goes on from what he finds."""


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
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [name, first + 1])
            return int(cursor.fetchall()[0][0])
