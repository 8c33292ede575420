"""The staff's doors to the webhooks: list, add, change, try, and what was sent."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.ui.pages import page, see_other, toast
from mainspring.webhooks import permissions
from mainspring.webhooks.forms import HookForm
from mainspring.webhooks.models import Delivery, Hook
from mainspring.webhooks.sending import replay, test

SHOWN = 50


@staff(permissions.MANAGE)
def webhooks(request: StaffRequest) -> HttpResponse:
    return page(request, "webhooks/list.html", hooks=list(Hook.objects.standing().order_by("id")))


@staff(permissions.MANAGE, methods=("GET", "POST"))
def add_webhook(request: StaffRequest) -> HttpResponse:
    form = HookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        hook, secret = Hook.objects.add(url=given["url"], kinds=given["kinds"], by=request.user)
        if not given["is_on"]:
            hook.change(by=request.user, is_on=False)
        return page(request, "webhooks/secret.html", hook=hook, secret=secret)
    return page(request, "webhooks/add.html", form=form, status=422 if form.errors else 200)


@staff(permissions.MANAGE, methods=("GET", "POST"))
def webhook(request: StaffRequest, pk: int) -> HttpResponse:
    hook = _hook(pk)
    form = HookForm(request.POST or None, hook=hook)
    if request.method == "POST" and form.is_valid():
        hook.change(by=request.user, **{**form.cleaned_data, "kinds": sorted(form.cleaned_data["kinds"])})
        toast(request, _("Saved."))
        return see_other(request, reverse("webhook", args=[pk]))
    deliveries = list(hook.deliveries.select_related("event").order_by("-id")[:SHOWN])
    status = 422 if form.errors else 200
    return page(request, "webhooks/webhook.html", form=form, hook=hook, deliveries=deliveries, status=status)


@staff(permissions.MANAGE, methods=("POST",))
def test_webhook(request: StaffRequest, pk: int) -> HttpResponse:
    delivery = test(_hook(pk), by=request.user)
    toast(request, _("A test is on its way; how it went shows here in a moment."))
    return see_other(request, reverse("webhook_delivery", args=[pk, delivery.pk]))


@staff(permissions.MANAGE, methods=("POST",))
def change_webhook_secret(request: StaffRequest, pk: int) -> HttpResponse:
    """A new secret, shown this once. The one before signs beside it for a day."""
    hook = _hook(pk)
    return page(request, "webhooks/secret.html", hook=hook, secret=hook.change_secret(by=request.user), is_changed=True)


@staff(permissions.MANAGE, methods=("POST",))
def remove_webhook(request: StaffRequest, pk: int) -> HttpResponse:
    hook = _hook(pk)
    hook.remove(by=request.user)
    toast(request, _("%(host)s is told of nothing any more.") % {"host": hook.host})
    return see_other(request, reverse("webhooks"))


@staff(permissions.MANAGE)
def webhook_delivery(request: StaffRequest, pk: int, delivery: int) -> HttpResponse:
    """What was sent, and how each try went."""
    found = _delivery(pk, delivery)
    return page(
        request, "webhooks/delivery.html", hook=found.hook, delivery=found, tries=list(found.log.order_by("-id"))
    )


@staff(permissions.MANAGE, methods=("POST",))
def replay_delivery(request: StaffRequest, pk: int, delivery: int) -> HttpResponse:
    replay(_delivery(pk, delivery), by=request.user)
    toast(request, _("It is sent once more."))
    return see_other(request, reverse("webhook_delivery", args=[pk, delivery]))


def _hook(pk: int) -> Hook:
    return get_object_or_404(Hook.objects.standing(), pk=pk)


def _delivery(pk: int, delivery: int) -> Any:
    return get_object_or_404(Delivery.objects.select_related("hook", "event"), hook=_hook(pk), pk=delivery)
