"""Routes of the frame."""

from django.urls import URLPattern, path

from mainspring.ui import desk

desk_urls: list[URLPattern] = [
    path("patterns", desk.pattern_page, name="patterns"),
    path("patterns/options", desk.pattern_options, name="pattern_options"),
    path("patterns/<slug:surface>", desk.pattern_page, name="patterns_of"),
]
shared_urls: list[URLPattern] = [
    path("switch", desk.switch, name="switch"),
    path("brand.css", desk.brand, name="brand"),
]
