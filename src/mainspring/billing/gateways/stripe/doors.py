"""The door Stripe calls: signed, kept, then understood."""

import logging
import time

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mainspring.billing.gateways.stripe.gateway import StripeGateway
from mainspring.billing.gateways.stripe.reading import Call, Forged
from mainspring.billing.hearing import keep, understand

log = logging.getLogger(__name__)

MOST_BYTES = 512 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """503 before there is a secret, 400 for what Stripe did not sign; both leave no row. What is kept is answered 200:
    what fails afterwards is tried again from what was kept.
    """
    gateway = StripeGateway()
    if not gateway.webhook_secret:
        return HttpResponse("No webhook secret is set.\n", status=503, content_type="text/plain")
    elif int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse("Too large.\n", status=413, content_type="text/plain")
    try:
        signature = request.headers.get("Stripe-Signature", "")
        call = Call.read(request.body, signature, secret=gateway.webhook_secret, now=time.time())
    except (Forged, ValueError):
        return HttpResponse("Not signed by Stripe.\n", status=400, content_type="text/plain")
    kept = keep(gateway.name, call.event_id, call.body)
    try:
        understand(kept)
    except Exception:
        log.exception("The call %s is kept and will be understood later.", call.event_id)
    return HttpResponse("ok\n", content_type="text/plain")
