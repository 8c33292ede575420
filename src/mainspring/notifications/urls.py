"""The routes of the mail pages."""

from django.urls import path

from mainspring.notifications import desk, wording_desk

desk_urls = [
    path("mail/", desk.mail_out, name="mail_out"),
    path("mail/<int:pk>/", desk.mail, name="mail"),
    path("mail/<int:pk>/frame", desk.mail_frame, name="mail_frame"),
    path("mail/<int:pk>/files/<int:part>", desk.mail_part, name="mail_part"),
    path("mail/<int:pk>/again", desk.send_again, name="send_again"),
    path("mail/<int:pk>/cancel", desk.cancel_mail, name="cancel_mail"),
    path("settings/mail/", desk.mail_settings, name="mail_settings"),
    path("settings/mail/test", desk.send_test_mail, name="send_test_mail"),
    path("settings/mail/words/", wording_desk.wordings, name="wordings"),
    path("settings/mail/words/<slug:kind>/<str:language>/", wording_desk.wording, name="wording"),
    path("settings/mail/words/<slug:kind>/<str:language>/reset", wording_desk.reset_wording, name="reset_wording"),
    path("settings/mail/words/<slug:kind>/<str:language>/try", wording_desk.preview_wording, name="preview_wording"),
    path("settings/mail/words/<slug:kind>/<str:language>/frame", wording_desk.wording_frame, name="wording_frame"),
]
