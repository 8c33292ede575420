"""The routes of billing."""

from django.urls import path

from mainspring.billing import desk, listing_desk, portal, public, settings_desk
from mainspring.billing.gateways.stripe.doors import webhook as stripe_webhook

desk_urls = [
    path("invoices/", listing_desk.invoices, name="invoices"),
    path("invoices.csv", listing_desk.invoices_csv, name="invoices_csv"),
    path("invoices/<str:code>/", desk.invoice, name="invoice"),
    path("invoices/<str:code>/pdf", desk.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:code>/pay", desk.take_payment, name="take_payment"),
    path("invoices/<str:code>/credit", desk.pay_with_credit, name="pay_with_credit"),
    path("invoices/<str:code>/cancel", desk.cancel_invoice, name="cancel_invoice"),
    path("invoices/<str:code>/payments/<int:pk>/refund", desk.refund_payment, name="refund_payment"),
    path("invoices/<str:code>/credit-note", desk.credit_part, name="credit_part"),
    path("invoices/<str:code>/held/<int:pk>/book", desk.book_held, name="book_held"),
    path("invoices/<str:code>/held/<int:pk>/refund", desk.refund_held, name="refund_held"),
    path("invoices/<str:code>/held/<int:pk>/settle", desk.settle_held, name="settle_held"),
    path("settings/payments", settings_desk.payments, name="payment_settings"),
    path("settings/payments/stripe/try", settings_desk.try_stripe, name="try_stripe"),
    path("settings/invoice/preview", settings_desk.preview, name="invoice_preview"),
    path("tickets/<int:number>/discount", desk.set_discount, name="set_discount"),
]
public_urls = [
    path("pay/<str:token>", public.pay, name="pay"),
    path("pay/<str:token>/pdf", public.paper, name="paper"),
    path("pay/test/<str:key>/<str:tag>", public.checkout, name="test_checkout"),
]
hook_urls = [path("hooks/stripe", stripe_webhook, name="stripe_webhook")]
portal_urls = [
    path("invoices/", portal.invoices, name="portal_invoices"),
    path("invoices/pay", portal.pay_several, name="portal_pay"),
    path("invoices/payments/<str:key>", portal.payment, name="portal_payment"),
    path("invoices/<str:code>/pdf", portal.invoice_pdf, name="portal_invoice_pdf"),
    path("statement", portal.statement, name="portal_statement"),
    path("statement.pdf", portal.statement_pdf, name="portal_statement_pdf"),
]
