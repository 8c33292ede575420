"""The routes of the backups."""

from django.urls import path

from mainspring.backups import desk

desk_urls = [
    path("settings/backups/", desk.backups, name="backups"),
    path("settings/backups/news", desk.backup_news, name="backup_news"),
    path("settings/backups/make", desk.make_backup, name="make_backup"),
    path("settings/backups/plan", desk.backup_plan, name="backup_plan"),
    path("settings/backups/try", desk.try_backup_place, name="try_backup_place"),
    path("settings/backups/<int:pk>/", desk.backup, name="backup"),
    path("settings/backups/<int:pk>/prove", desk.prove_backup, name="prove_backup"),
]
