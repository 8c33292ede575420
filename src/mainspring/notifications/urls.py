"""The routes of the mail pages."""

from django.urls import path

from mainspring.notifications import desk

desk_urls = [
    path("mail/", desk.mail_out, name="mail_out"),
    path("mail/in/", desk.mail_in, name="mail_in"),
    path("mail/<int:pk>/", desk.mail, name="mail"),
    path("mail/<int:pk>/again", desk.send_again, name="send_again"),
]
