"""The signed link of a ticket's page for its customer."""

from mainspring.core.links import link
from mainspring.core.tokens import sign


def ticket_token(ticket_id: int) -> str:
    return f"{ticket_id}.{sign('ticket-page', str(ticket_id))}"


def ticket_link(ticket_id: int) -> str:
    """The address of the customer's page of this ticket."""
    return link("public_ticket", ticket_token(ticket_id))
