"""What a customer opens by a link: a credential that is shown to him once, a box into which he hands one in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from mainspring.core.keyring import NoKey
from mainspring.core.limits import Limit
from mainspring.core.sealing import Broken
from mainspring.events.origin import client_address
from mainspring.ui.pages import public_page, refuse
from mainspring.vault.contents import Contents
from mainspring.vault.forms import ContentsForm
from mainspring.vault.models import HandIn, Kind, Share
from mainspring.vault.models.share import Over, WrongCode
from mainspring.vault.wifi import wifi_picture

KNOCKS = Limit("vault-link", 60, 60)
"""How often one network address may come with a link of ours in a minute, right or wrong."""
HIDDEN_AFTER = 600
"""Seconds until what a customer opened hides itself."""


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def open_share(request: HttpRequest, handle: str) -> HttpResponse:
    """GET shows a button and uses nothing up, whoever follows the link first; POST with the code opens it, once."""
    if not KNOCKS.allows(client_address(request)):
        return refuse(request, status=429)
    share = get_object_or_404(Share.objects.select_related("credential"), handle=handle)
    if request.method != "POST":
        return _knocked(request, share)
    try:
        contents = share.open(request.POST.get("code", "")[:100])
    except Over:
        return _knocked(request, share)
    except WrongCode as error:
        says = ngettext(
            "That isn't the code. %(count)d try is left.",
            "That isn't the code. %(count)d tries are left.",
            error.left,
        )
        return _knocked(request, share, says % {"count": error.left})
    except (NoKey, Broken):
        return refuse(
            request, _("It can't be opened at the moment. Nothing is lost; ask us for a new link."), status=503
        )
    picture = ""
    if share.credential.kind == Kind.WIFI and contents.user:
        picture = wifi_picture(contents.user, contents.secret)
    told: dict[str, Any] = {"share": share, "contents": contents, "picture": picture, "hide_after": HIDDEN_AFTER}
    return public_page(request, "vault/public_shared.html", **told)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def hand_in(request: HttpRequest, token: str) -> HttpResponse:
    """The customer writes into the vault, once, and reads nothing."""
    if not KNOCKS.allows(client_address(request)):
        return refuse(request, status=429)
    asked = get_object_or_404(HandIn.objects.of_token(token))
    form = ContentsForm(request.POST or None, kind=asked.kind)
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and not any(form.typed.values()):
        form.add_error("secret", _("There is nothing in it yet."))
    elif is_valid:
        try:
            asked.answer(Contents(**form.typed))
        except Over:
            asked.refresh_from_db()
        except NoKey:
            return refuse(request, _("Our vault is shut at the moment. Nothing was kept; try later."), status=503)
        else:
            return public_page(request, "vault/public_thanks.html", asked=asked)
    status = 410 if not asked.opens else 422 if form.errors else 200
    return public_page(request, "vault/public_hand_in.html", asked=asked, form=form, status=status)


def _knocked(request: HttpRequest, share: Share, wrong: str = "") -> HttpResponse:
    """The page in front of it, with the button while it can be opened."""
    share.refresh_from_db()
    status = 410 if not share.opens else 422 if wrong else 200
    return public_page(request, "vault/public_share.html", share=share, wrong=wrong, status=status)
