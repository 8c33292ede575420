"""The routes of tickets."""

from django.urls import path

from mainspring.tickets import desk, list_desk, portal, public, statuses
from mainspring.tickets.visits import both_doors

desk_urls = [
    path("settings/statuses/", statuses.statuses, name="statuses"),
    path("settings/statuses/add", statuses.add_status, name="add_status"),
    path("settings/statuses/<int:pk>/edit", statuses.edit_status, name="edit_status"),
    path("settings/statuses/<int:pk>/remove", statuses.remove_status, name="remove_status"),
    path("tickets/", list_desk.tickets, name="tickets"),
    path("tickets/tickets.csv", list_desk.tickets_csv, name="tickets_csv"),
    path("tickets/counts", list_desk.ticket_counts, name="ticket_counts"),
    path("tickets/numbers", list_desk.ticket_numbers, name="ticket_numbers"),
    path("tickets/change", list_desk.change_many, name="change_many"),
    path("tickets/change/<int:pk>/undo", list_desk.undo_change_many, name="undo_change_many"),
    path("tickets/views/", list_desk.ticket_views, name="ticket_views"),
    path("tickets/views/save", list_desk.save_view, name="save_view"),
    path("tickets/views/<int:pk>/edit", list_desk.edit_view, name="edit_view"),
    path("tickets/views/<int:pk>/move", list_desk.move_view, name="move_view"),
    path("tickets/views/<int:pk>/remove", list_desk.remove_view, name="remove_view"),
    path("tickets/views/<int:pk>/first", list_desk.open_view_first, name="open_view_first"),
    path("tickets/new", desk.new, name="new_ticket"),
    path("tickets/new/says", desk.intake_says, name="intake_says"),
    path("tickets/callers", desk.caller_options, name="caller_options"),
    path("tickets/callers/<int:pk>", desk.caller, name="caller"),
    path("tickets/<int:number>/", desk.ticket, name="ticket"),
    path("tickets/<int:number>/timeline", desk.timeline, name="timeline"),
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
    path("tickets/<int:number>/contacts/<int:pk>/edit", desk.edit_seat, name="edit_seat"),
    path("tickets/<int:number>/contacts/<int:pk>/lead", desk.lead_by, name="lead_by"),
    path("tickets/<int:number>/customer/edit", desk.edit_customer, name="edit_customer"),
    path("tickets/<int:number>/attach", desk.attach, name="attach"),
    path("tickets/<int:number>/files/<int:pk>", desk.attachment, name="attachment"),
    path("tickets/<int:number>/files/<int:pk>/small", desk.thumbnail, name="thumbnail"),
    path("tickets/<int:number>/files/<int:pk>/detach", desk.detach, name="detach"),
    path("tickets/<int:number>/link", desk.new_link, name="new_page_link"),
    path("settings/customer-pages", desk.customer_pages, name="customer_pages"),
    path("tickets/<int:number>/files/<int:pk>/put-back", desk.put_back, name="put_back"),
    path("palette", desk.palette, name="palette"),
    path("drafts", desk.keep_draft, name="keep_draft"),
]
doors = [
    both_doors("", public.ticket, "ticket", "GET"),
    both_doors("news", public.news, "news", "GET"),
    both_doors("reply", public.reply, "reply", "POST"),
    both_doors("files", public.upload, "upload", "POST"),
    both_doors("files/<int:pk>", public.file, "file", "GET"),
    both_doors("files/<int:pk>/small", public.thumbnail, "thumbnail", "GET"),
]
public_urls = [
    *(link for link, _portal in doors),
    path("t/<str:token>/fresh", public.fresh_link, name="fresh_link"),
]
portal_urls = [
    path("", portal.home, name="portal"),
    path("tickets/new", portal.new, name="portal_new_ticket"),
    *(signed_in for _link, signed_in in doors),
]
