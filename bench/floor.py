"""The bare Django page: what a request costs at the least. Served by uvicorn as `floor:application`."""

import os

from django.conf import settings
from django.http import HttpRequest, HttpResponse

if not settings.configured:
    settings.configure(
        SECRET_KEY=os.environ.get("SECRET_KEY", "bench"),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    )

import django

django.setup()
from django.core.asgi import get_asgi_application
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, world!", content_type="text/plain")


urlpatterns = [path("", hello)]
application = get_asgi_application()
