"""The forms of the knowledge base."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person
from mainspring.core.text import Translated
from mainspring.knowledge.models import Article, Topic
from mainspring.ui.forms import TranslatedForm

PICTURED = [
    "book", "help-circle", "device-laptop", "device-mobile", "printer", "router", "wifi", "database", "droplet",
    "battery", "mail", "shield", "credit-card", "cash", "calendar", "tool", "users", "bulb",
]  # fmt: skip
LONGEST_TEXT = 30_000


class ArticleForm(TranslatedForm):
    """An article in each language, title and text. One language is enough, but of it both.

    `seen` is when the article was last changed as its writer saw it: who comes second is told, and what he wrote stays
    before him.
    """

    translated = {
        "title": (gettext_lazy("Title (%(language)s)"), 140, False),
        "body": (gettext_lazy("Text (%(language)s)"), LONGEST_TEXT, False),
    }
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ["topic", "audience", "is_pinned"]
        widgets = {"audience": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].empty_label = None  # type: ignore[attr-defined]
        self.initial["seen"] = self._stamp
        for code, _language in settings.LANGUAGES:
            self.fields[f"body_{code}"].widget.attrs["rows"] = 18

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        written = 0
        for code, _language in settings.LANGUAGES:
            title, body = given.get(f"title_{code}"), given.get(f"body_{code}")
            written += bool(title and body)
            if title and not body and f"body_{code}" not in self.errors:
                self.add_error(f"body_{code}", _("The title has no text yet."))
            elif body and not title and f"title_{code}" not in self.errors:
                self.add_error(f"title_{code}", _("Give the text a title."))
        if not (written or self.errors):
            self.add_error(f"title_{settings.LANGUAGES[0][0]}", _("Write it in one language at least."))
        if self.instance.pk and given.get("seen") and given["seen"] != self._stamp:
            self.data = {name: self.data[name] for name in self.data} | {"seen": self._stamp}
            who = self.instance.changed_by.name
            self.add_error(
                None, _("%(who)s changed it meanwhile. Save once more to put yours in its place.") % {"who": who}
            )
        return given

    @property
    def languages(self) -> list[tuple[str, BoundField, BoundField]]:
        """What is written side by side: of each language its code, title and text."""
        return [(code, self[f"title_{code}"], self[f"body_{code}"]) for code, _language in settings.LANGUAGES]

    @property
    def columns(self) -> dict[str, Any]:
        """What was typed, its lines ended as everywhere else, whatever the browser sends."""
        given = super().columns
        del given["seen"]
        body = {code: text.replace("\r\n", "\n") for code, text in given["body"].items()}
        return given | {"body": Translated(body)}

    @property
    def _stamp(self) -> str:
        return self.instance.changed_at.isoformat() if self.instance.pk else ""

    def add(self, *, by: Person) -> Article:
        return Article.add(by=by, **self.columns)

    def amend(self, *, by: Person) -> Article:
        article = Article.objects.get(pk=self.instance.pk)
        article.amend(by=by, **self.columns)
        return article


class TopicForm(TranslatedForm):
    """A topic as readers see it."""

    translated = {"name": (gettext_lazy("Name (%(language)s)"), 60, False)}
    icon = forms.ChoiceField(
        label=gettext_lazy("Picture"), choices=[(name, name) for name in PICTURED], widget=forms.RadioSelect
    )

    class Meta:
        model = Topic
        fields = ["icon", "order"]
        help_texts = {"order": gettext_lazy("Its place in the lists; the lowest comes first.")}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not any(given.get(f"name_{code}") for code, _language in settings.LANGUAGES):
            self.add_error(f"name_{settings.LANGUAGES[0][0]}", _("Name it in one language at least."))
        return given

    @property
    def names(self) -> list[BoundField]:
        return [self[f"name_{code}"] for code, _language in settings.LANGUAGES]

    def keep(self, *, by: Person) -> None:
        if self.instance.pk:
            Topic.objects.get(pk=self.instance.pk).amend(by=by, **self.columns)
        else:
            Topic.add(by=by, **self.columns)
