"""The staff's doors to the words of the mails: per kind and language, with a live preview."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.inbox import permissions
from mainspring.notifications.framing import framed
from mainspring.outbox.letters import LETTERS, SHOP, Letter
from mainspring.outbox.models import MailTemplate
from mainspring.tickets.models import Draft
from mainspring.ui.forms import Form
from mainspring.ui.pages import form_page, fragment, page, see_other, toast


class WordingForm(Form):
    """Subject and body of a mail, checked against what its kind may say."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=400)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, *args: object, letter: Letter, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.letter = letter

    def clean_subject(self) -> str:
        subject = str(self.cleaned_data["subject"])
        self.letter.check(subject, "")
        return subject

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        self.letter.check("", body)
        return body


@staff(permissions.SETTINGS)
def wordings(request: StaffRequest) -> HttpResponse:
    """Every kind of mail with its languages; marked where the shop's own words are used."""
    own = {template.kind: template for template in MailTemplate.objects.all()}
    rows = [(letter, _own_languages(own.get(letter.kind))) for letter in LETTERS.values()]
    return page(request, "notifications/wordings.html", rows=rows, languages=_languages())


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def wording(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    letter = _letter(kind, language)
    subject, body = letter.words(language)
    form = WordingForm(request.POST or None, letter=letter, initial={"subject": subject, "body": body})

    def keep() -> None:
        words = (form.cleaned_data["subject"], form.cleaned_data["body"])
        subject, body = words if words != tuple(map(str.strip, letter.built_in(language))) else ("", "")
        MailTemplate.put(kind, language, by=request.user, subject=subject, body=body)
        _preview_of(request, kind, language).delete()

    return form_page(
        request,
        "notifications/wording.html",
        form,
        keep=keep,
        to=reverse("wordings"),
        said=_("Saved. The next mail of this kind says so."),
        letter=letter,
        language=language,
        languages=_languages(),
        is_own=(subject, body) != letter.built_in(language),
        names=[(name, letter.example.get(name)) for name in letter.example],
        shop_names=SHOP,
    )


@staff(permissions.SETTINGS, methods=("POST",))
def reset_wording(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """Back to the built-in words."""
    _letter(kind, language)
    MailTemplate.put(kind, language, subject="", body="", by=request.user)
    toast(request, _("The built-in words are back."))
    return see_other(request, reverse("wording", args=[kind, language]))


@staff(permissions.SETTINGS, methods=("POST",))
def preview_wording(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """What is typed so far: what is wrong with it, or its subject and the frame that shows it."""
    letter = _letter(kind, language)
    subject, body = request.POST.get("subject", "")[:400], request.POST.get("body", "")[:20_000]
    wrong = ""
    try:
        letter.check(subject, body)
    except ValidationError as error:
        wrong = error.messages[0]
    Draft.keep({"subject": subject, "body": body}, place=_place(kind, language), of=request.user)
    shown = letter.write(language, letter.example, subject=subject, body=body).subject
    return fragment(request, "notifications/preview.html", letter=letter, language=language, wrong=wrong, subject=shown)


@staff(permissions.SETTINGS)
def wording_frame(request: StaffRequest, kind: str, language: str) -> HttpResponse:
    """The letter with its example values: as it is typed, else as it is kept."""
    letter = _letter(kind, language)
    typed = _preview_of(request, kind, language).first()
    words = typed.content if typed else {}
    written = letter.write(language, letter.example, subject=words.get("subject"), body=words.get("body"))
    return framed(written.html, {picture.content_id: picture for picture in written.pictures})


def _letter(kind: str, language: str) -> Letter:
    if kind not in LETTERS or language not in dict(settings.LANGUAGES):
        raise Http404
    return LETTERS[kind]


def _languages() -> list[tuple[str, str]]:
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


def _own_languages(template: MailTemplate | None) -> set[str]:
    if template is None:
        return set()
    return {
        code for code in (*template.subject, *template.body) if template.subject.get(code) or template.body.get(code)
    }


def _place(kind: str, language: str) -> str:
    return f"preview:{kind}:{language}"


def _preview_of(request: StaffRequest, kind: str, language: str) -> "QuerySet[Draft]":
    return Draft.objects.filter(person=request.user, place=_place(kind, language))
