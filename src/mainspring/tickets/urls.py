"""The routes of tickets."""

from django.urls import path

from mainspring.tickets import desk, public

desk_urls = [
    path("tickets/", desk.tickets, name="tickets"),
    path("tickets/new", desk.new, name="new_ticket"),
    path("tickets/callers", desk.caller_options, name="caller_options"),
    path("tickets/callers/<int:pk>", desk.caller, name="caller"),
    path("tickets/<int:number>/", desk.ticket, name="ticket"),
    path("tickets/<int:number>/note", desk.note, name="note"),
    path("tickets/<int:number>/note/<int:pk>/take-back", desk.take_back_note, name="take_back_note"),
    path("tickets/<int:number>/status", desk.change_status, name="change_status"),
    path("tickets/<int:number>/assign", desk.assign, name="assign"),
    path("tickets/<int:number>/priority", desk.change_priority, name="change_priority"),
    path("tickets/<int:number>/due", desk.change_due, name="change_due"),
    path("tickets/<int:number>/amend", desk.amend, name="amend_ticket"),
    path("tickets/<int:number>/resolve", desk.resolve, name="resolve"),
    path("tickets/<int:number>/close", desk.close, name="close"),
    path("tickets/<int:number>/reopen", desk.reopen, name="reopen"),
    path("tickets/<int:number>/decline", desk.decline_repair, name="decline_repair"),
    path("tickets/<int:number>/resume", desk.resume_repair, name="resume_repair"),
    path("tickets/<int:number>/contacts/join", desk.join_contact, name="join_contact"),
    path("tickets/<int:number>/contacts/<int:pk>/part", desk.part_with_contact, name="part_with_contact"),
    path("tickets/<int:number>/passcode", desk.show_passcode, name="show_passcode"),
    path("tickets/<int:number>/attach", desk.attach, name="attach"),
    path("tickets/<int:number>/files/<int:pk>", desk.attachment, name="attachment"),
    path("tickets/<int:number>/files/<int:pk>/small", desk.thumbnail, name="thumbnail"),
    path("tickets/<int:number>/files/<int:pk>/detach", desk.detach, name="detach"),
    path("palette", desk.palette, name="palette"),
    path("drafts", desk.keep_draft, name="keep_draft"),
]
public_urls = [
    path("", desk.home, name="home"),
    path("t/<str:token>", public.public_ticket, name="public_ticket"),
]
