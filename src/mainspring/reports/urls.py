"""The routes of reports."""

from django.urls import path

from mainspring.reports import desk

desk_urls = [
    path("", desk.dashboard, name="dashboard"),
    path("reports/payments", desk.payments, name="payments"),
]
