"""The routes of billing."""

from django.urls import path

from mainspring.billing import desk, public

desk_urls = [
    path("invoices/", desk.invoices, name="invoices"),
    path("invoices/<str:code>/", desk.invoice, name="invoice"),
    path("invoices/<str:code>/pdf", desk.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:code>/pay", desk.take_payment, name="take_payment"),
    path("invoices/<str:code>/credit", desk.pay_with_credit, name="pay_with_credit"),
    path("invoices/<str:code>/cancel", desk.cancel_invoice, name="cancel_invoice"),
    path("invoices/<str:code>/payments/<int:pk>/refund", desk.refund_payment, name="refund_payment"),
    path("tickets/<int:number>/discount", desk.set_discount, name="set_discount"),
]
public_urls = [
    path("pay/<str:token>", public.pay, name="pay"),
    path("pay/<str:token>/pdf", public.paper, name="paper"),
    path("pay/test/<str:key>/<str:tag>", public.checkout, name="test_checkout"),
]
