"""The routes of the public site."""

from django.urls import path

from mainspring.website import desk, public

desk_urls = [
    path("settings/site", desk.site_settings, name="site_settings"),
    path("settings/site/photos", desk.add_photo, name="add_site_photo"),
    path("settings/site/photos/<int:pk>/remove", desk.remove_photo, name="remove_site_photo"),
]
site_urls = [
    path("", public.home, name="home"),
    path("book", public.book, name="site_book"),
    path("book/sent", public.booked, name="site_booked"),
    path("check", public.check, name="site_check"),
    path("check/sent", public.checked, name="site_checked"),
    path("photos/<int:pk>", public.photo, name="site_photo"),
    path("robots.txt", public.robots, name="site_robots"),
    path("sitemap.xml", public.sitemap, name="site_map"),
]
