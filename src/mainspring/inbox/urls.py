"""The routes of mail in."""

from django.urls import path

from mainspring.inbox import desk, hooks, settings_desk

hook_urls = [path("hooks/mail/<slug:provider>/<slug:way>", hooks.mail_hook, name="mail_hook")]
desk_urls = [
    path("mail/in/", desk.mail_in, name="mail_in"),
    path("mail/in/tickets", desk.ticket_options, name="mail_ticket_options"),
    path("mail/in/<int:pk>/", desk.received_mail, name="received_mail"),
    path("mail/in/<int:pk>/raw", desk.raw_mail, name="raw_mail"),
    path("mail/in/<int:pk>/file", desk.file_into, name="file_mail"),
    path("mail/in/<int:pk>/back", desk.move_mail_back, name="move_mail_back"),
    path("mail/in/<int:pk>/open", desk.open_from_mail, name="open_from_mail"),
    path("mail/in/<int:pk>/again", desk.file_again, name="file_mail_again"),
    path("mail/in/<int:pk>/discard", desk.discard_mail, name="discard_mail"),
    path("mail/in/<int:pk>/keep", desk.keep_mail, name="keep_mail"),
    path("mail/in/<int:pk>/accept", desk.accept_sender, name="accept_sender"),
    path("mail/in/left/<int:pk>/settle", desk.settle_left, name="settle_left_mail"),
    path("settings/mailboxes/", settings_desk.mailboxes, name="mailboxes"),
    path("settings/mailboxes/add", settings_desk.add_mailbox, name="add_mailbox"),
    path("settings/mailboxes/try", settings_desk.try_mailbox, name="try_mailbox"),
    path("settings/mailboxes/<int:pk>/", settings_desk.mailbox, name="mailbox"),
    path("settings/mailboxes/<int:pk>/try", settings_desk.try_mailbox, name="try_known_mailbox"),
    path("settings/mailboxes/<int:pk>/remove", settings_desk.remove_mailbox, name="remove_mailbox"),
]
