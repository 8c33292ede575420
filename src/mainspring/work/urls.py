"""The routes of work."""

from django.urls import path

from mainspring.work import catalogue, desk

desk_urls = [
    path("tickets/<int:number>/services/add", desk.add, name="add_service"),
    path("tickets/<int:number>/services/<int:pk>/change", desk.change, name="change_service"),
    path("tickets/<int:number>/services/<int:pk>/remove", desk.remove, name="remove_service"),
    path("tickets/<int:number>/services/<int:pk>/restore", desk.restore, name="restore_service"),
    path("tickets/<int:number>/timer/start", desk.start, name="start_timer"),
    path("tickets/<int:number>/parts/use", desk.use, name="use_part"),
    path("tickets/<int:number>/parts/<int:pk>/change", desk.change_part, name="change_part"),
    path("tickets/<int:number>/parts/<int:pk>/take-back", desk.take_back, name="take_back_part"),
    path("tickets/<int:number>/parts/<int:pk>/use-again", desk.use_again, name="use_part_again"),
    path("tickets/<int:number>/timer/", desk.timer_here, name="timer_here"),
    path("timers/<int:pk>/", desk.timer, name="timer"),
    path("timers/<int:pk>/pause", desk.pause, name="pause_timer"),
    path("timers/<int:pk>/resume", desk.resume, name="resume_timer"),
    path("timers/<int:pk>/stop", desk.stop, name="stop_timer"),
    path("timers/<int:pk>/discard", desk.discard, name="discard_timer"),
    path("services/", catalogue.services, name="services"),
    path("services/options", desk.service_options, name="service_options"),
    path("services/time", desk.time_says, name="time_says"),
    path("services/diagnostics", desk.diagnostic_choice, name="diagnostic_choice"),
    path("services/add", catalogue.add, name="add_to_catalogue"),
    path("services/<int:pk>/edit", catalogue.edit, name="edit_service"),
    path("services/categories/", catalogue.categories, name="service_categories"),
    path("services/categories/add", catalogue.add_category, name="add_service_category"),
    path("services/categories/<int:pk>/edit", catalogue.edit_category, name="edit_service_category"),
    path("services/rules/set", catalogue.set_rule, name="set_diagnostic_rule"),
    path("services/rules/<int:pk>/remove", catalogue.remove_rule, name="remove_diagnostic_rule"),
]
