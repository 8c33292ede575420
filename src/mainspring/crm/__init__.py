"""Who the customers are and what they own: businesses, contacts, devices."""
