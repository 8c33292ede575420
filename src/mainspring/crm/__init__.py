"""Customers: businesses, the people we talk to, and the devices they own.

Knows nothing of tickets or money; whoever does shows it here through the slots.
"""
