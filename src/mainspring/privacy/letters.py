"""The mail of privacy."""

from django.utils.translation import gettext_lazy as _

from mainspring.crm.letters import EXAMPLE
from mainspring.outbox.letters import Letter

DATA_READY = Letter(
    "data_ready",
    _("All data of a person are ready, to who asked for them"),
    _("The data you asked for are ready"),
    _(
        "Hello {{ name }},\n\nthe file with all data of a person, which you asked for, is made. It can be fetched "
        "for a week, by you alone:\n\n[Fetch the file]({{ link }})"
    ),
    EXAMPLE,
)
