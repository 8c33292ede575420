"""The routes of accounts: signing in, the people, the audit trail."""

from allauth.account import views as allauth
from django.urls import path

from mainspring.accounts import desk

desk_urls = [
    path("sign-in/", allauth.login, name="account_login"),
    path("sign-out/", allauth.logout, name="account_logout"),
    path("sign-out/", allauth.logout, name="sign_out"),
    path("sign-up/", allauth.signup, name="account_signup"),
    path("password/", allauth.password_reset, name="account_reset_password"),
    path("password/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path("password/<str:uidb36>-<str:key>/", allauth.password_reset_from_key, name="account_reset_password_from_key"),
    path("password/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("people/", desk.people, name="people"),
    path("people/new", desk.invite, name="invite_person"),
    path("people/<int:pk>/", desk.person, name="person"),
    path("people/<int:pk>/leave", desk.leave, name="person_leave"),
    path("audit/", desk.audit, name="audit"),
]
