"""What came in: by month for the chart, and payment by payment for who looks into a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from babel.dates import format_date
from django.db.models import QuerySet
from django.db.models.query_utils import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from mainspring.billing.models import Payment
from mainspring.core.asked import row_key, whole
from mainspring.core.money import ZERO, SumOfMoney, sum_money

MONTHS = 12
PAGE = 50


@dataclass(frozen=True)
class Month:
    """A month and what came in during it, refunds taken off; what was paid out of a customer's credit came before."""

    first: date
    sum: Decimal = ZERO

    @classmethod
    def of(cls, text: str) -> "Month | None":
        """A month as the address has it, `2026-11`; None for anything else."""
        year, month = (whole(part) or 0 for part in text.partition("-")[::2])
        return cls(date(year, month, 1)) if 2000 <= year < 3000 and 1 <= month <= 12 else None

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def name(self) -> str:
        return self._shown("LLLL y")

    @property
    def short_name(self) -> str:
        return self._shown("LLL")

    def _shown(self, pattern: str) -> str:
        return format_date(self.first, pattern, locale=(get_language() or "en").replace("-", "_"))

    @property
    def url(self) -> str:
        return f"{reverse('payments')}?month={self}"

    def moved(self, by: int) -> "Month":
        """So many months later."""
        months = self.first.year * 12 + self.first.month - 1 + by
        return Month(date(months // 12, months % 12 + 1, 1))

    @property
    def start(self) -> datetime:
        """Its first moment in the reader's zone."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def times(self) -> Q:
        return Q(at__gte=self.start, at__lt=self.moved(1).start)


def received(currency: str) -> "QuerySet[Payment]":
    """Money that came and went, in this currency."""
    return Payment.objects.filter(invoice__currency=currency).exclude(method=Payment.Method.CREDIT)


def last_months(currency: str) -> list[Month]:
    """The last twelve months, this one last; one statement."""
    this = Month(timezone.localdate().replace(day=1))
    months = [this.moved(by) for by in range(1 - MONTHS, 1)]
    lot = received(currency).filter(at__gte=months[0].start)
    sums = lot.aggregate(**{f"month_{at}": SumOfMoney("amount", filter=one.times) for at, one in enumerate(months)})
    return [Month(one.first, sums[f"month_{at}"] or ZERO) for at, one in enumerate(months)]


@dataclass(frozen=True)
class PaymentList:
    """The payments of a month, the newest first; `before` is the id of the last on the page before."""

    currency: str
    month: Month
    before: int

    @classmethod
    def read(cls, asked: QueryDict, currency: str) -> "PaymentList":
        month = Month.of(asked.get("month", "")) or Month(timezone.localdate().replace(day=1))
        return cls(currency, month, row_key(asked.get("before")))

    def all(self) -> "QuerySet[Payment]":
        return received(self.currency).filter(self.month.times)

    def sum(self) -> Decimal:
        return sum_money(self.all(), "amount", self.currency)

    def page(self) -> tuple[Sequence[Payment], str]:
        """Fifty payments at most, and the query string of what follows."""
        wanted = self.all().select_related("invoice").order_by("-id")
        found = list((wanted.filter(pk__lt=self.before) if self.before else wanted)[: PAGE + 1])
        return found[:PAGE], f"?month={self.month}&before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
