"""The routes of accounts: signing in, one's own page, the people."""

from django.urls import path, re_path

from mainspring.accounts import desk, entry, entry_desk, own, portal, tokens_desk

entry_urls = [
    path("sign-in/", entry.login, name="account_login"),
    path("sign-in/second-step", entry.second_step, name="mfa_authenticate"),
    path("sign-in/passkey", entry.passkey, name="mfa_login_webauthn"),
    path("sign-in/mail", entry.ask_mail, name="ask_mail"),
    path("sign-in/mail/code", entry.mailed_code, name="mailed_code"),
    path("sign-in/mail/<str:token>", entry.mailed_link, name="mailed_link"),
    path("sign-in/with/<slug:slug>", entry.ask_house, name="ask_house"),
    path("sign-in/with/github/back", entry.github_answers, name="github_callback"),
    path("sign-in/with/<slug:provider_id>/back", entry.house_answers, name="openid_connect_callback"),
    path("sign-in/cancelled", entry.cancelled, name="socialaccount_login_cancelled"),
    path("sign-out/", entry.logout, name="account_logout"),
    path("sign-up/", entry.signup, name="account_signup"),
    path("password/", entry.ask_reset, name="account_reset_password"),
    path("password/sent/", entry.reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", entry.set_password, name="account_reset_password_from_key"
    ),
    path("password/done/", entry.set_done, name="account_reset_password_from_key_done"),
    path("inactive/", entry.inactive, name="account_inactive"),
    path("me/security", own.security, name="security"),
    path("me/password", own.change_password, name="change_password"),
    path("me/address", own.ask_address, name="ask_address"),
    path("me/address/<str:token>", own.prove_address, name="prove_address"),
    path("me/second-factor", own.second_factor, name="second_factor"),
    path("me/app", own.add_app, name="add_app"),
    path("me/app/remove", own.remove_app, name="remove_app"),
    path("me/passkeys/add", own.add_passkey, name="add_passkey"),
    path("me/passkeys/<int:pk>/remove", own.remove_passkey, name="remove_passkey"),
    path("me/codes", own.make_codes, name="make_codes"),
    path("me/sessions/end", own.end_sittings, name="end_sittings"),
    path("me/sessions/<int:pk>/end", own.end_sitting, name="end_sitting"),
    path("me/links/<slug:slug>/add", own.link_house, name="link_house"),
    path("me/links/<int:pk>/remove", own.unlink_house, name="unlink_house"),
    path("me/prove", own.prove, name="prove"),
]
"""The one way to enter, for every surface that people sign in to: its pages take the frame of the surface."""

desk_urls = [
    *entry_urls,
    path("people/", desk.people, name="people"),
    path("people/new", desk.invite, name="invite_person"),
    path("people/<int:pk>/", desk.person, name="person"),
    path("people/<int:pk>/leave", desk.leave, name="person_leave"),
    path("people/factors", entry_desk.factors, name="people_factors"),
    path("people/<int:pk>/factors/reset", entry_desk.reset_factors, name="reset_factors"),
    path("settings/sign-in", entry_desk.rules, name="entry_rules"),
    path("settings/sign-in/providers/add", entry_desk.add_provider, name="add_provider"),
    path("settings/sign-in/providers/<int:pk>", entry_desk.provider, name="provider"),
    path("settings/sign-in/providers/<int:pk>/remove", entry_desk.remove_provider, name="remove_provider"),
    path("settings/sign-in/providers/<int:pk>/try", entry_desk.try_provider, name="try_provider"),
    path("me/", desk.me, name="me"),
    path("me/tokens/", tokens_desk.access_tokens, name="access_tokens"),
    path("me/tokens/<int:pk>/revoke", tokens_desk.revoke_access_token, name="revoke_access_token"),
    path("people/tokens/", tokens_desk.all_access_tokens, name="all_access_tokens"),
]
portal_urls = [
    path("profile/tokens/", portal.access_tokens, name="portal_tokens"),
    path("profile/tokens/<int:pk>/revoke", portal.revoke_access_token, name="portal_revoke_token"),
]
