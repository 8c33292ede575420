"""The shop's own wording of a mail."""

from django.db import models, transaction

from mainspring.core.text import TranslatedField
from mainspring.events.models import Actor, record
from mainspring.outbox.events import TEMPLATE_CHANGED


class MailTemplate(models.Model):
    """The shop's own words for a kind of mail, a language each; where there are none the built-in ones are used."""

    kind = models.CharField(max_length=40, unique=True)
    subject = TranslatedField(default=dict, blank=True)
    body = TranslatedField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.kind

    @classmethod
    @transaction.atomic
    def put(cls, kind: str, language: str, *, subject: str, body: str, by: Actor) -> "MailTemplate":
        """Keep the shop's words for one language; empty ones bring the built-in back."""
        template = MailTemplate.objects.filter(kind=kind).first() or MailTemplate(kind=kind)
        before = [template.subject.get(language, ""), template.body.get(language, "")]
        if before != [subject, body]:
            template, _made = MailTemplate.objects.get_or_create(kind=kind)
            template.subject = {**template.subject, language: subject}
            template.body = {**template.body, language: body}
            template.save()
            changes = {language: [before, [subject, body]]}
            record(TEMPLATE_CHANGED, template, by=by, data={"name": kind, "changes": changes})
        return template
