"""The template engine of all pages: Jinja2 with our words, numbers and components."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import jinja2
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from markupsafe import Markup

from mainspring.ui import words
from mainspring.ui.faces import face, hue
from mainspring.ui.forms import widget

SPRITE = "built/icons.svg"


def environment(**options: Any) -> jinja2.Environment:
    """The Jinja2 environment that `settings.TEMPLATES` names. What is undefined fails, here and in production."""
    options |= {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = jinja2.Environment(**options, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        url=url, static=static, icon=icon, widget=widget, face=face, hue=hue, sample=words.sample, ui=Components(made)
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
    )
    return made


class Components:
    """The macros of `ui/components.html`, for every template without an import: `ui.button(_("Save"))`."""

    def __init__(self, made: jinja2.Environment) -> None:
        self._environment = made

    @cached_property
    def _kept(self) -> Any:
        return self._environment.get_template("ui/components.html").module

    @property
    def _module(self) -> Any:
        return (
            self._environment.get_template("ui/components.html").module if self._environment.auto_reload else self._kept
        )

    def __getattr__(self, name: str) -> Callable[..., Markup]:
        found: Callable[..., Markup] = getattr(self._module, name)
        return found


def url(route: str, *args: object, **kwargs: object) -> str:
    """The path of a route: `{{ url("tickets:ticket", 1042) }}`."""
    return reverse(route, args=args or None, kwargs=kwargs or None)


def static(path: str) -> str:
    """The address of a static file, with its fingerprint once the files were collected."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return settings.STATIC_URL + path


def icon(name: str, *, label: str = "", classes: str = "") -> Markup:
    """A Tabler icon out of the sprite. Decoration beside a word; a lone icon carries its word in `label`."""
    kind = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon{}" {}><use href="{}#{}"/></svg>').format(
        f" {classes}" if classes else "", kind, static(SPRITE), name
    )
