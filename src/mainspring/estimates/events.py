"""What estimates record."""

from django.utils.translation import gettext_lazy as _

from mainspring.core.money import show_recorded_money
from mainspring.events.kinds import EventKind

TOTAL = {"total": show_recorded_money}

ESTIMATE_SENT = EventKind(
    "estimate.sent", _("{who} sent the estimate {code} over up to {total}"), icon="file-text", shows=TOTAL
)
ESTIMATE_REMINDED = EventKind("estimate.reminded", _("{who} reminded the customer of the estimate {code}"), icon="bell")
ESTIMATE_APPROVED = EventKind(
    "estimate.approved",
    _("{who} approved the estimate {code} over {total}, signed by {name}"),
    icon="circle-check",
    shows=TOTAL,
)
ESTIMATE_DECLINED = EventKind("estimate.declined", _("{who} declined the estimate {code}: {reason}"), icon="hand-stop")
ESTIMATE_WITHDRAWN = EventKind("estimate.withdrawn", _("{who} withdrew the estimate {code}"), icon="file-x")
ESTIMATE_EXPIRED = EventKind("estimate.expired", _("The estimate {code} expired without an answer"), icon="clock-off")
ESTIMATE_TERMS_CHANGED = EventKind("estimate.terms_changed", _("{who} changed the terms of estimates"), icon="settings")
