"""What billing lets people do."""

from django.utils.translation import gettext_lazy as _

from mainspring.accounts.roles import EVERYONE, Permission, Role

MONEY = frozenset({Role.MANAGER, Role.BILLING})

VIEW = Permission("billing.view", _("see invoices and payments"), EVERYONE)
TAKE_PAYMENT = Permission("billing.take_payment", _("take payments"), MONEY | {Role.FRONT_DESK})
DISCOUNT = Permission("billing.discount", _("give discounts"), MONEY | {Role.FRONT_DESK})
REFUND = Permission("billing.refund", _("refund payments"), MONEY)
SETTINGS = Permission("billing.settings", _("change how customers pay"), frozenset({Role.MANAGER}))
CANCEL = Permission("billing.cancel", _("cancel invoices"), MONEY)
"""An issued invoice is cancelled by a credit note; nothing is ever edited."""
