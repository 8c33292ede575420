"""The demo shop's public site."""

from mainspring.core.text import Translated
from mainspring.events.models import Actor
from mainspring.website.models import Site
from mainspring.work.models import Service

WEEK = ("sunday", "monday", "tuesday", "wednesday", "thursday")


def build(*, by: Actor) -> None:
    """Filled in both languages, with every service of the catalogue and the hours of the week."""
    Site.change(
        by=by,
        services=list(Service.objects.in_use()),
        headline=Translated(en="Broken? We repair it while you wait.", he="התקלקל? אנחנו מתקנים בזמן שאתם מחכים."),
        intro=Translated(
            en="Phones, laptops, printers and office networks. Ten dollars find the fault; the repair deducts them.",
            he="טלפונים, מחשבים ניידים, מדפסות ורשתות משרדיות. עשרה דולר לאבחון, והם יורדים ממחיר התיקון.",
        ),
        about=Translated(
            en="Three technicians and a bench full of light, in the middle of the city since 2009.\n\n"
            "We tell you what is wrong and what it costs before we start; your ticket's page shows how far it is.",
            he="שלושה טכנאים ושולחן עבודה מואר, בלב העיר מאז 2009.\n\n"
            "אנחנו אומרים מה התקלה וכמה זה עולה לפני שמתחילים, "
            "ובדף הקריאה שלכם רואים איפה זה עומד.",
        ),
        hours={day: ["09:00", "18:00"] for day in WEEK} | {"friday": ["09:00", "13:00"]},
    )
