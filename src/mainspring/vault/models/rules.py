"""How careful the vault is: set by the shop."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from mainspring.events.amended import Amended
from mainspring.vault.events import VAULT_RULES_CHANGED


class VaultRules(Amended):
    """What a look asks for, and what happens after a job. One row."""

    changed_event = VAULT_RULES_CHANGED

    asks_reason = models.BooleanField(
        _("a look asks for a reason"), default=True, help_text=_("On a ticket, the ticket itself is offered as one.")
    )
    asks_proof = models.BooleanField(
        _("a look asks who you are"),
        default=True,
        help_text=_("By password, code or passkey, unless you did within the last ten minutes."),
    )
    asks_factor = models.BooleanField(
        _("by a second factor, not by the password alone"),
        default=False,
        help_text=_("Who has neither app nor passkey sees no secret until he has set one up."),
    )
    hide_after = models.PositiveSmallIntegerField(
        _("seconds until a secret hides itself"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(600)],
    )
    reminds = models.BooleanField(
        _("remind of changing them after the job"),
        default=True,
        help_text=_("What was looked at for a ticket is on the list of what to change, once the ticket is closed."),
    )
    wipe_days = models.PositiveSmallIntegerField(
        _("days after which the credentials of a closed ticket are wiped"),
        default=0,
        validators=[MaxValueValidator(3650)],
        help_text=_("0 keeps them. Those of customers, businesses and devices stay in any case."),
    )

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_set_of_vault_rules", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(_("the rules of the vault"))

    @classmethod
    def get(cls) -> "VaultRules":
        return cls.objects.filter(pk=1).first() or cls(pk=1)
