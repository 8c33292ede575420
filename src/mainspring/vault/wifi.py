"""The QR code that joins a Wi-Fi."""

import segno
from django.views.decorators.debug import sensitive_variables
from segno.helpers import make_wifi_data


@sensitive_variables()
def wifi_picture(name: str, password: str) -> str:
    """The code as a picture in a `data:` address; phones offer to join when they see it."""
    told = make_wifi_data(ssid=name, password=password or None, security="WPA" if password else None)
    return segno.make(told, error="m", micro=False).svg_data_uri(scale=6, border=4, dark="#000", light="#fff")
