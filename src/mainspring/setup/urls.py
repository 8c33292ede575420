"""The routes of the settings."""

from django.urls import path

from mainspring.setup import desk

desk_urls = [
    path("settings/", desk.index, name="settings"),
    path("settings/shop", desk.shop, name="shop_settings"),
    path("settings/automation", desk.automation, name="automation_settings"),
]
