"""The routes of the customer files."""

from django.urls import path

from mainspring.accounts import entry
from mainspring.crm import colleagues, desk, kinds, portal

desk_urls = [
    path("customers/", desk.contacts, name="contacts"),
    path("customers/new", desk.add_contact, name="add_contact"),
    path("customers/<int:pk>/", desk.contact, name="contact"),
    path("customers/<int:pk>/edit", desk.edit_contact, name="edit_contact"),
    path("customers/options", desk.contact_options, name="contact_options"),
    path("customers/<int:pk>/merge", desk.merge_contact, name="merge_contact"),
    path("customers/<int:pk>/mail/resume", desk.resume_mail, name="resume_mail"),
    path("customers/<int:pk>/invite", desk.invite_contact, name="invite_contact"),
    path("customers/<int:pk>/access/end", desk.end_access, name="end_access"),
    path("customers/businesses/<int:pk>/sights", desk.set_sights, name="set_sights"),
    path("customers/<int:pk>/devices/new", desk.add_device, name="add_device"),
    path("customers/businesses/", desk.businesses, name="businesses"),
    path("customers/businesses/new", desk.add_business, name="add_business"),
    path("customers/businesses/options", desk.business_options, name="business_options"),
    path("customers/businesses/<int:pk>/", desk.business, name="business"),
    path("customers/businesses/<int:pk>/edit", desk.edit_business, name="edit_business"),
    path("customers/devices/", desk.devices, name="devices"),
    path("customers/devices/<int:pk>/", desk.device, name="device"),
    path("customers/devices/<int:pk>/edit", desk.edit_device, name="edit_device"),
    path("settings/devices/", kinds.device_kinds, name="device_kinds"),
    path("settings/devices/add", kinds.add_device_kind, name="add_device_kind"),
    path("settings/devices/<int:pk>/edit", kinds.edit_device_kind, name="edit_device_kind"),
    path("settings/devices/<int:pk>/remove", kinds.remove_device_kind, name="remove_device_kind"),
]
portal_urls = [
    path("sign-in/", entry.login, name="portal_sign_in"),
    path("sign-out/", portal.sign_out, name="portal_sign_out"),
    path("sign-up/", portal.sign_up, name="portal_sign_up"),
    path("sign-up/sent", portal.sign_up_sent, name="portal_sign_up_sent"),
    path("join/<str:token>", portal.join, name="portal_join"),
    path("people/", colleagues.colleagues, name="portal_colleagues"),
    path("people/businesses/<int:pk>", colleagues.set_sights, name="portal_set_sights"),
    path("people/<int:pk>/invite", colleagues.invite, name="portal_invite"),
    path("profile", portal.profile, name="portal_profile"),
    path("devices", portal.devices, name="portal_devices"),
]
