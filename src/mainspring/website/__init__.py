"""The shop's public site: who we are, what we do for how much, booking a repair, asking for a ticket's link."""
