"""The routes of surveys."""

from mainspring.surveys import public
from mainspring.tickets.visits import both_doors

link_rate, portal_rate = both_doors("rate", public.rate, "rate", "POST")
public_urls = [link_rate]
portal_urls = [portal_rate]
