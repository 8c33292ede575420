"""The WSGI door: for WSGI servers when scaled out."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")
application = get_wsgi_application()
