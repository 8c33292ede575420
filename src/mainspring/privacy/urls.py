"""The routes of privacy: the audit trail, a person's data, what is kept for how long."""

from django.urls import path

from mainspring.privacy import audit_desk, desk, portal

desk_urls = [
    path("audit/", audit_desk.audit, name="audit"),
    path("audit/export", audit_desk.export_audit, name="export_audit"),
    path("settings/audit", audit_desk.audit_settings, name="audit_settings"),
    path("settings/audit/read", audit_desk.read_audit, name="read_audit"),
    path("settings/audit/checkpoint", audit_desk.audit_checkpoint, name="audit_checkpoint"),
    path("settings/retention", desk.retention, name="retention"),
    path("customers/<int:pk>/data", desk.person_data, name="person_data"),
    path("customers/<int:pk>/data/export", desk.export_person, name="export_person"),
    path("customers/<int:pk>/data/export/<int:export>", desk.person_file, name="person_file"),
    path("customers/<int:pk>/data/erase", desk.erase_person, name="erase_person"),
]
portal_urls = [
    path("data", portal.own_data, name="portal_data"),
    path("data/<int:pk>", portal.own_file, name="portal_file_of_data"),
]
