"""What runs in a process of its own, to be killed: a web server, and somebody who issues invoices."""

import os

from django.db import connections


def serve(database: str, port: int) -> None:
    """The web server on that database, until it is killed."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from mainspring.config.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    connections["default"].settings_dict["NAME"] = database
    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.set_app(application)
    server.serve_forever(poll_interval=0.05)


def issue(database: str, ticket: int, service: int) -> None:
    """Issue a fee's invoice on this ticket again and again, until killed; `<` is said before each, `>` after it."""
    connections["default"].settings_dict["NAME"] = database
    from mainspring.accounts.models import Person
    from mainspring.tickets.models import Ticket
    from mainspring.work.models import Service, add_service

    fee, clerk = Service.objects.select_related("tax").get(pk=service), Person.objects.earliest("id")
    while True:
        on = Ticket.objects.with_people().get(pk=ticket)
        os.write(1, b"<")
        add_service(on, fee, by=clerk)
        os.write(1, b">")
