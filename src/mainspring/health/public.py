"""`/health` for machines: which topics are fine, and nothing that a stranger could use."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from mainspring.core.health import Level, worst_of
from mainspring.health.watching import snapshot

WORDS = {Level.FINE: "fine", Level.WARNING: "warning", Level.BROKEN: "broken"}


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """How each topic stands, in words: no names, addresses, versions or errors. From one look for a few seconds.

    It answers 200 while it can answer, so that no load balancer takes a page away over a missed backup; with
    `?strict=1` it answers 503 while something is broken, for whoever only watches the status. `?format=metrics` says
    the same as Prometheus reads it, for the rules of Alertmanager.
    """
    worst = worst_of(snapshot.take())
    level = max((one.level for one in worst.values()), default=Level.FINE)
    code = 503 if level == Level.BROKEN and request.GET.get("strict") else 200
    response: HttpResponse
    if request.GET.get("format") == "metrics":
        lines = [f'mainspring_health{{topic="{key}"}} {int(one.level)}' for key, one in worst.items()]
        head = "# HELP mainspring_health 0 fine, 1 warning, 2 broken.\n# TYPE mainspring_health gauge\n"
        response = HttpResponse(head + "\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
    else:
        topics = {key: WORDS[one.level] for key, one in worst.items()}
        response = JsonResponse({"status": WORDS[level], "topics": topics}, status=code)
    response.headers["Cache-Control"] = "no-store"
    return response
