"""What is drawn once is drawn again for whoever reads it otherwise."""

from datetime import UTC, datetime

from django.template import engines
from django.utils import translation
from markupsafe import Markup

from mainspring.ui.engine import url
from mainspring.ui.kept import kept


def test_the_same_words_are_drawn_once_a_language() -> None:
    drawn = []

    @kept
    def draw(word: object, *, mark: object = None) -> Markup:
        drawn.append(word)
        return Markup("<b>{}</b>").format(word)

    assert draw("a") == draw("a") == "<b>a</b>" and drawn == ["a"]
    with translation.override("he"):
        draw("a")
    draw("a", mark="x")
    assert drawn == ["a"] * 3


def test_a_text_is_not_taken_for_the_same_text_as_markup() -> None:
    template = engines["jinja2"].from_string("{{ ui.button(label, value=value) }}")

    def button(label: str, value: object = None) -> str:
        return str(template.render({"label": label, "value": value}))

    assert "<i>go</i>" in button(Markup("<i>go</i>")) and "&lt;i&gt;go&lt;/i&gt;" in button("<i>go</i>")
    assert 'value="1"' in button("go", value=1) and " value>" in button("go", value=True)


def test_what_can_change_is_drawn_each_time() -> None:
    drawn = []

    @kept
    def draw(thing: object) -> Markup:
        drawn.append(thing)
        return Markup("")

    moment = datetime(2020, 6, 1, tzinfo=UTC)
    things: list[object] = [[1], moment, {}]
    for thing in things:
        draw(thing)
        draw(thing)
    assert drawn == [[1], [1], moment, moment, {}, {}]


def test_the_path_of_a_numbered_route() -> None:
    assert url("ticket", 1042) == "/psa/tickets/1042/" and url("ticket", 7) == "/psa/tickets/7/"
    assert url("ticket", "1042") == "/psa/tickets/1042/"
