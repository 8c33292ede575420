"""Settling: what was paid with credit and is refunded is credit again; a form that was sent acts once."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from mainspring.billing.conservation import differences
from mainspring.billing.models import Payment, SentForm
from mainspring.billing.settling import credit_of, refund, settle, use_credit
from mainspring.billing.tasks import FORMS_KEPT, forget_sent_forms
from scene import build_scene
from world import World


@pytest.mark.django_db
def test_credit_that_is_refunded_is_credit_again(world: World) -> None:
    scene = build_scene(world)
    invoice = scene.own.invoice
    owed = invoice.total - Decimal(5)
    settle(invoice, owed + 7, method="cash", by=world.fay)
    assert credit_of(invoice) == 7
    refund(invoice.payments.filter(method="cash").latest("pk"), Decimal(3), by=world.bill)
    assert credit_of(invoice) == 7
    used = use_credit(invoice, Decimal(3), by=world.bill)
    assert (used.method, credit_of(invoice)) == (Payment.Method.CREDIT, 4)
    refund(used, Decimal(3), by=world.bill)
    assert credit_of(invoice) == 7
    assert differences() == []


@pytest.mark.django_db
def test_a_form_that_was_sent_is_known_for_a_month(world: World) -> None:
    invoice, keys = build_scene(world).own.invoice, [str(uuid4()), str(uuid4())]
    assert all(SentForm.is_new(key, invoice) for key in keys)
    SentForm.objects.filter(key=keys[0]).update(at=timezone.now() - FORMS_KEPT - timedelta(minutes=1))
    forget_sent_forms.func()
    assert [SentForm.is_new(key, invoice) for key in keys] == [True, False]
