"""A page is drawn in one place, and shows what it is given as it is."""

from datetime import UTC, datetime

import jinja2
import pytest
from django.template import engines
from django.utils import timezone, translation
from markupsafe import Markup

from mainspring.ui.here import drawing, here

NOON = datetime(2020, 6, 1, 12, 0, tzinfo=UTC)


def drawn(source: str, **context: object) -> str:
    return str(engines["jinja2"].from_string(source).render(context))


def test_while_a_template_is_drawn_it_stays_in_one_place() -> None:
    with timezone.override("Asia/Jerusalem"), drawing():
        place = here()
        with translation.override("he"), timezone.override("UTC"):
            assert here() is place
    assert here() is not place


def test_a_letter_drawn_amid_a_page_is_in_the_language_of_its_reader() -> None:
    def letter() -> Markup:
        with translation.override("he"), timezone.override("America/New_York"):
            return Markup(drawn("{{ direction() }} {{ when|clock }}", when=NOON))

    with timezone.override("Asia/Jerusalem"):
        page = drawn("{{ when|clock }} {{ letter() }} {{ direction() }} {{ when|clock }}", letter=letter, when=NOON)
    assert ">8:00<" in page
    assert page.count(">3:00") == 2 and page.index("rtl") < page.index("ltr")


def test_text_is_escaped_and_markup_is_not() -> None:
    assert drawn("{{ it }}{{ it|upper }}", it="<b>") == "&lt;b&gt;&lt;B&gt;"
    assert drawn("{{ it }}", it=Markup("<b>")) == "<b>"
    assert drawn("{{ it }}{% set more %}{{ it }}{% endset %}{{ more }}", it=3) == "33"
    with pytest.raises(jinja2.UndefinedError):
        drawn("{{ nothing }}")
