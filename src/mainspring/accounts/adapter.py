"""How allauth works in this house: nobody signs himself up, and its mails go through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from mainspring.accounts.letters import PASSWORD_RESET
from mainspring.outbox.models import OutgoingMail


class Adapter(DefaultAccountAdapter):
    """Staff are invited; the reset mail is a letter like any other."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        address = context.get("password_reset_url")
        if address:
            person = context["user"]
            written = PASSWORD_RESET.write(person.language, {"name": person.name, "link": address})
            OutgoingMail.objects.post(
                key=f"password-reset:{person.pk}:{get_random_string(12)}",
                to=email,
                subject=written.subject,
                text=written.text,
                html=written.html,
                kind=PASSWORD_RESET.kind,
            )

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what happened."""
