"""The routes of the settings."""

from django.urls import path

from mainspring.setup import desk

desk_urls = [
    path("settings/", desk.index, name="settings"),
    path("settings/shop", desk.shop, name="shop_settings"),
    path("settings/shop/logo/remove", desk.remove_logo, name="remove_logo"),
    path("settings/automation", desk.automation, name="automation_settings"),
    path("settings/taxes/", desk.taxes, name="taxes"),
    path("settings/taxes/add", desk.add_tax, name="add_tax"),
    path("settings/taxes/<int:pk>/edit", desk.edit_tax, name="edit_tax"),
]
shared_urls = [path("logo", desk.logo, name="logo")]
