"""The routes of webhooks."""

from django.urls import path

from mainspring.webhooks import desk

desk_urls = [
    path("settings/webhooks/", desk.webhooks, name="webhooks"),
    path("settings/webhooks/add", desk.add_webhook, name="add_webhook"),
    path("settings/webhooks/<int:pk>/", desk.webhook, name="webhook"),
    path("settings/webhooks/<int:pk>/test", desk.test_webhook, name="test_webhook"),
    path("settings/webhooks/<int:pk>/secret", desk.change_webhook_secret, name="change_webhook_secret"),
    path("settings/webhooks/<int:pk>/remove", desk.remove_webhook, name="remove_webhook"),
    path("settings/webhooks/<int:pk>/deliveries/<int:delivery>/", desk.webhook_delivery, name="webhook_delivery"),
    path("settings/webhooks/<int:pk>/deliveries/<int:delivery>/replay", desk.replay_delivery, name="replay_delivery"),
]
