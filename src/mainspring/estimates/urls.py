"""The routes of estimates."""

from django.urls import path

from mainspring.estimates import desk, portal, public

desk_urls = [
    path("estimates/", desk.estimates, name="estimates"),
    path("settings/estimates", desk.estimate_settings, name="estimate_settings"),
    path("tickets/<int:number>/estimate", desk.keep_estimate, name="keep_estimate"),
    path("tickets/<int:number>/estimate/lines", desk.add_estimate_line, name="add_estimate_line"),
    path("tickets/<int:number>/estimate/lines/<int:pk>/remove", desk.remove_estimate_line, name="remove_estimate_line"),
    path("tickets/<int:number>/estimate/send", desk.send_estimate, name="send_estimate"),
    path("tickets/<int:number>/estimates/<int:pk>/withdraw", desk.withdraw_estimate, name="withdraw_estimate"),
    path("tickets/<int:number>/estimates/<int:pk>/take-up", desk.take_up_estimate, name="take_up_estimate"),
    path("tickets/<int:number>/estimates/<int:pk>/pdf", desk.estimate_pdf, name="estimate_pdf"),
    path("tickets/<int:number>/estimates/<int:pk>/drawing", desk.estimate_drawing, name="estimate_drawing"),
]
portal_urls = [
    path("estimates/", portal.estimates, name="portal_estimates"),
]
public_urls = [
    path("e/<str:token>", public.public_estimate, name="public_estimate"),
    path("e/<str:token>/pdf", public.estimate_paper, name="estimate_paper"),
    path("e/<str:token>/signature", public.estimate_signature, name="estimate_signature"),
]
