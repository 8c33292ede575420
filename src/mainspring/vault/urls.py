"""The routes of the vault."""

from django.urls import path

from mainspring.vault import desk, public

desk_urls = [
    path("vault/due", desk.due, name="credentials_due"),
    path("vault/new/<slug:at>/<int:number>", desk.add_credential, name="add_credential"),
    path("vault/ask/<slug:at>/<int:number>", desk.ask_for_credential, name="ask_for_credential"),
    path("vault/asked/<int:pk>/end", desk.end_asking, name="end_asking"),
    path("vault/shares/<int:pk>/end", desk.end_share, name="end_share"),
    path("vault/<int:pk>/", desk.credential, name="credential"),
    path("vault/<int:pk>/edit", desk.edit_credential, name="edit_credential"),
    path("vault/<int:pk>/reveal", desk.reveal, name="reveal_credential"),
    path("vault/<int:pk>/share", desk.share_credential, name="share_credential"),
    path("vault/<int:pk>/remove", desk.remove_credential, name="remove_credential"),
    path("vault/<int:pk>/put-back", desk.put_back_credential, name="put_back_credential"),
    path("vault/<int:pk>/settle", desk.settle_credential, name="settle_credential"),
    path("settings/vault", desk.rules, name="vault_rules"),
    path("settings/vault/rotate", desk.rotate, name="rotate_vault"),
]
public_urls = [
    path("s/<slug:handle>", public.open_share, name="open_share"),
    path("h/<slug:token>", public.hand_in, name="hand_in"),
]
