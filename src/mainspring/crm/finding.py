"""Contacts, businesses and devices in the search."""

from collections.abc import Iterator

from django.db import transaction

from mainspring.core import search
from mainspring.core.search import Entry, source
from mainspring.crm.events import (
    BUSINESS_ADDED,
    BUSINESS_CHANGED,
    CONTACT_ADDED,
    CONTACT_CHANGED,
    CONTACT_MERGED,
    DEVICE_ADDED,
    DEVICE_CHANGED,
)
from mainspring.crm.models import BUSINESS, CONTACT, DEVICE, Business, Contact, Device, phone_digits
from mainspring.events.models import Event
from mainspring.events.reactions import after_commit, in_transaction


def contact_entry(contact: Contact) -> Entry:
    title = f"{contact.name} {contact.business.name if contact.business else ''}"
    return Entry(CONTACT, contact.pk, title, keys=[contact.phone, contact.phone_digits, contact.email])


def business_entry(business: Business) -> Entry:
    digits = phone_digits(business.phone) if business.phone else ""
    keys = [business.phone, digits, business.email, business.tax_number]
    return Entry(BUSINESS, business.pk, f"{business.name} {business.city}", keys=keys)


def device_entry(device: Device) -> Entry:
    return Entry(DEVICE, device.pk, f"{device.kind} {device.maker} {device.model}", keys=[device.serial])


@source
def customers() -> Iterator[Entry]:
    yield from map(contact_entry, Contact.objects.standing().select_related("business").iterator())
    yield from map(business_entry, Business.objects.iterator())
    yield from map(device_entry, Device.objects.select_related("kind").iterator())


@in_transaction(CONTACT_ADDED, CONTACT_CHANGED)
def find_contact(_event: Event, contact: Contact) -> None:
    search.keep([contact_entry(contact)])


@in_transaction(CONTACT_MERGED)
def find_only_who_was_kept(_event: Event, contact: Contact) -> None:
    search.forget(CONTACT, contact.pk)


@in_transaction(BUSINESS_ADDED, BUSINESS_CHANGED)
def find_business(_event: Event, business: Business) -> None:
    search.keep([business_entry(business)])


@in_transaction(DEVICE_ADDED, DEVICE_CHANGED)
def find_device(_event: Event, device: Device) -> None:
    search.keep([device_entry(device)])


@after_commit(BUSINESS_CHANGED)
def find_contacts_by_their_business(event: Event) -> None:
    if "name" in event.data["changes"]:
        theirs = (
            Contact.objects.standing().filter(business=int(event.subject.partition(":")[2])).select_related("business")
        )
        with transaction.atomic():
            search.keep(map(contact_entry, theirs))
