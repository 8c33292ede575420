"""The template engine of all pages: Jinja2 with our words, numbers and components."""

from collections.abc import Callable, Collection
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

import jinja2
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mainspring.core.links import link
from mainspring.ui import words
from mainspring.ui.faces import face
from mainspring.ui.forms import choices, kind, widget
from mainspring.ui.here import drawing, here
from mainspring.ui.kept import kept
from mainspring.ui.slots import Piece

SPRITE = "built/icons.svg"
KEPT = frozenset(
    {
        "entry",
        "key",
        "button",
        "link",
        "icon_button",
        "search",
        "check",
        "badge",
        "status",
        "priority",
        "person",
        "item",
        "tab",
    }
)
"""Components that are drawn once for the same words. Not those of forms: what people type is not kept."""
NOTHING = Markup("")
SOME_NUMBER = "918273645"


def environment(**options: Any) -> jinja2.Environment:
    """The Jinja2 environment that `settings.TEMPLATES` names. What is undefined fails, here and in production."""
    options |= {"autoescape": True, "undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Pages(**options, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        _=texts(made),
        url=url,
        link=link,
        static=static,
        icon=icon,
        icon_of=icon,
        mark=mark,
        again=again,
        draw=partial(draw, made),
        widget=widget,
        field_kind=kind,
        choices=choices,
        face=face,
        direction=words.direction,
        ui=Macros(made, "ui/components.html", KEPT),
        pieces=lru_cache(partial(Macros, made)),
    )
    made.filters.update(
        money=words.money,
        number=words.number,
        day=words.day,
        moment=words.moment,
        ago=words.ago,
        clock=words.clock,
        hours=words.hours,
        size=words.size,
        ltr=words.ltr,
        paragraphs=words.paragraphs,
        attrs=attrs,
        plain=plain,
    )
    return made


class Page(jinja2.Template):
    """A template, drawn in one place from its first word to its last."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        with drawing():
            return super().render(*args, **kwargs)


class Names(Context):
    """The names of a template. What it calls are functions and macros; few want to be given the names as well."""

    def call(self, called: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *given, **named)
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        return called(*given, **named)


class Writer(CodeGenerator):
    """How templates become Python: what is markup already is written as it is, without a look at what it could be."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Pages(jinja2.Environment):
    """What makes Python of templates, and draws by it."""

    template_class = Page
    context_class = Names
    code_generator_class = Writer

    @staticmethod
    def written(value: object) -> str:
        """What a page shows of a value."""
        return value if type(value) is Markup else escape(value)


class Macros:
    """The macros of a template, for every other without an import: `ui.button(_("Save"))`.

    Those that `keeps` names, or all of them, draw the same words and figures once.
    """

    def __init__(self, made: jinja2.Environment, template: str, keeps: Collection[str] | None = None) -> None:
        self._environment, self._template, self._keeps = made, template, keeps

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        found: Callable[..., Markup] = getattr(self._environment.get_template(self._template).module, name)
        if not self._environment.auto_reload:
            self.__dict__[name] = found = kept(found) if self._keeps is None or name in self._keeps else found
        return found


def texts(made: jinja2.Environment) -> Callable[..., Markup]:
    """`_("From %(name)s", name=one.name)`: Jinja's own, which escapes what is named. What names nothing is kept."""
    of_jinja: Any = made.globals["gettext"]
    translated: Callable[..., Markup] = partial(of_jinja, made.from_string("").new_context())
    whole = kept(translated)

    def said(text: str, **named: object) -> Markup:
        return translated(text, **named) if named else whole(text)

    return said


def url(route: str, *args: object, **kwargs: object) -> str:
    """The path of a route: `{{ url("tickets:ticket", 1042) }}`; what several surfaces have is this one's."""
    if len(args) == 1 and type(args[0]) is int and args[0] >= 0 and not kwargs:
        return _numbered(here().routes, route).replace(SOME_NUMBER, str(args[0]))
    else:
        return _path(here().routes, route, *args, **kwargs)


@lru_cache(1024)
def _numbered(routes: str | None, route: str) -> str:
    """The path of a route for SOME_NUMBER: a list has the same for each of its rows."""
    return reverse(route, urlconf=routes, args=[int(SOME_NUMBER)])


@lru_cache(8192, typed=True)
def _path(routes: str | None, route: str, *args: object, **kwargs: object) -> str:
    return reverse(route, urlconf=routes, args=args or None, kwargs=kwargs or None)


def static(path: str) -> str:
    """The address of a static file, with its fingerprint once the files were collected."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return settings.STATIC_URL + path


@lru_cache(2048)
def icon(name: str, *, label: str = "", classes: str = "") -> Markup:
    """A Tabler icon out of the sprite. Decoration beside a word; a lone icon carries its word in `label`."""
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon{}" {}><use href="{}#{}"/></svg>').format(
        f" {classes}" if classes else "", said, static(SPRITE), name
    )


def mark() -> Markup:
    """Our own mark: the spring."""
    return Markup('<svg class="mark-sign" viewBox="0 0 32 32" aria-hidden="true"><use href="{}#mark"/></svg>').format(
        static(SPRITE)
    )


def again(request: HttpRequest, **changes: object) -> str:
    """The query of this page with some of it changed; None takes a parameter out: `?sort=-number&status=open`."""
    query = dict(request.GET.lists())
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = [str(value)]
    return f"?{urlencode(query, doseq=True)}"


def draw(made: jinja2.Environment, piece: Piece, **more: object) -> Markup:
    """A piece that another module put into a slot."""
    return Markup(made.get_template(piece.template).render(**more, **piece.context))  # noqa: S704


def plain(value: object) -> str:
    """The bare text of something, for an attribute: translations and amounts come as markup, and are not escaped."""
    return value.striptags() if isinstance(value, Markup) else str(value)


def attrs(named: dict[str, Any]) -> Markup:
    """Attributes out of a macro's further arguments. `_` reads as `-`; True is a bare one, None and False are none."""
    if not named:
        return NOTHING
    shown = {name.replace("_", "-"): value for name, value in named.items() if value is not None and value is not False}
    return Markup("").join(
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, plain(value))
        for name, value in shown.items()
    )
