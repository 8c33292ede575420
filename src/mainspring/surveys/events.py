"""What surveys record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

TICKET_RATED = EventKind("ticket.rated", _("{who} gave {stars} of 5"), icon="star")
