"""The vault: credentials of customers and their devices, locked so that whoever steals the database reads nothing.

It records each look before it is granted, reacts to the end of a job by saying what should be changed now, and shows
itself on the pages of tickets, businesses, contacts and devices. None of them knows it.
"""
