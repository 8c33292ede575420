"""The routes of the health."""

from django.urls import path

from mainspring.health import desk, public

desk_urls = [
    path("health/", desk.health, name="health"),
    path("health/alarm", desk.alarm, name="alarm"),
    path("health/tasks/<int:pk>/replay", desk.replay_task, name="replay_task"),
]
shared_urls = [path("health", public.status, name="health_status")]
