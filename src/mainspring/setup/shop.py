"""Opening the shop: the company's row, its first owner, its usual tax."""

from decimal import Decimal
from zoneinfo import available_timezones

from babel.numbers import is_currency
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from mainspring.accounts.models import Person, Role
from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.crm.models import DeviceKind

DEVICE_KINDS = [
    ("Phone", "device-mobile"),
    ("Laptop", "device-laptop"),
    ("Desktop", "device-desktop"),
    ("Tablet", "device-tablet"),
    ("Printer", "printer"),
    ("Router", "router"),
    ("Other", "tool"),
]


def founded() -> bool:
    """Whether there is a shop with somebody who may sign in."""
    return Shop.objects.exists() and Person.objects.working().exists()


@transaction.atomic
def open_shop(
    *,
    company: str,
    owner_name: str,
    owner_email: str,
    password: str,
    currency: str,
    time_zone: str,
    country: str = "US",
    language: str = "en",
    tax: Decimal = Decimal(0),
    prices_include_tax: bool = False,
) -> Person:
    """An empty shop and its owner. Raises ValidationError, in plain words, for what can't be."""
    validate_email(owner_email)
    validate_password(password)
    if not is_currency(currency):
        raise ValidationError(_("%(currency)s is not a currency; three letters like USD.") % {"currency": currency})
    elif time_zone not in available_timezones():
        raise ValidationError(_("There is no time zone %(zone)s; one like Europe/Berlin.") % {"zone": time_zone})
    elif not 0 <= tax <= 100:
        raise ValidationError(_("A tax is between 0 and 100 per cent."))
    Shop.objects.create(
        pk=1,
        name=company,
        email=owner_email,
        currency=currency,
        time_zone=time_zone,
        country=country.upper(),
        language=language,
        prices_include_tax=prices_include_tax,
    )
    TaxRate.objects.create(name=Translated(en=f"{tax.normalize():f} %"), percent=tax, is_default=True)
    if tax:
        TaxRate.objects.create(name=Translated(en="No tax", he="ללא מס"), percent=Decimal(0))
    for order, (name, icon) in enumerate(DEVICE_KINDS):
        DeviceKind.objects.get_or_create(name=name, defaults={"icon": icon, "order": order})
    return Person.objects.invite(
        email=owner_email,
        name=owner_name,
        role=Role.OWNER,
        by=None,
        password=password,
        language=language,
        time_zone=time_zone,
    )
