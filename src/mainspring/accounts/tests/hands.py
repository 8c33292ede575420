"""What tests of signing in do with a client: come in, look into the mail, hold a phone with an app."""

import re

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from mainspring.accounts.factors import PERIOD, Factors, new_app_secret
from mainspring.accounts.models import Person
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from world import PASSWORD


def sign_in(client: Client, person: Person, password: str = PASSWORD) -> int:
    return client.post("/psa/sign-in/", {"login": person.email, "password": password}).status_code


def is_in(client: Client) -> bool:
    return client.get("/psa/").status_code == 200


def mails(kind: str) -> list[OutgoingMail]:
    """What was mailed of this kind, once the background has done its work."""
    Worker().run_all()
    return list(OutgoingMail.objects.filter(kind=kind).order_by("id"))


def way_in(mail: OutgoingMail) -> str:
    """The path of the mail's link."""
    found = re.search(r"http://localhost:8000(/psa/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def code_in(mail: OutgoingMail) -> str:
    found = re.search(r"^(\d{6})$", mail.text, re.MULTILINE)
    assert found, mail.text
    return found[1]


def set_password(client: Client, way: str, password: str) -> str:
    form = client.get(way, follow=True)
    address = form.redirect_chain[-1][0] if form.redirect_chain else way
    done = client.post(address, {"password1": password, "password2": password}, follow=True)
    return done.content.decode()


class Phone:
    """An authenticator app on a phone whose clock one can turn."""

    def __init__(self, at: float) -> None:
        self.secret = new_app_secret()
        self.at = at

    @classmethod
    def of(cls, person: Person, at: float) -> "Phone":
        """The app of somebody who set it up long ago, so that the code of now is still good."""
        phone = cls(at)
        factors = Factors(person)
        assert factors.add_app(phone.secret, phone.shows(), by=person)
        row = Factors(person).app
        assert row is not None
        row.data["counter"] = 0
        row.save()
        return phone

    def shows(self, *, periods: int = 0) -> str:
        return format_hotp_value(hotp_value(self.secret, int(self.at) // PERIOD + periods))
