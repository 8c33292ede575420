"""The mail of the alarm."""

from django.utils.translation import gettext_lazy as _

from mainspring.outbox.letters import Letter

ALARM = Letter(
    "health_alarm",
    _("Something broke, or is well again"),
    _("{{ shop_name }}: {% if broken %}something is broken{% else %}all is well again{% endif %}"),
    _(
        "Hello {{ name }},\n\n"
        "{% if broken %}This is broken now:\n\n{{ broken }}\n\n{% endif %}"
        "{% if mended %}This is well again:\n\n{{ mended }}\n\n{% endif %}"
        "Seen at {{ when }}.\n\n[Open the health page]({{ link }})"
    ),
    {
        "name": "Ada Levi",
        "broken": "Mail out: The mail server does not answer.",
        "mended": "",
        "when": "Nov 25, 2026, 10:12",
        "link": "https://shop.example/psa/health/",
    },
)
