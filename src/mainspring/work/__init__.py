"""What is done on a ticket: services, time, timers, parts used.

Records every charge that comes to a ticket, changes or goes; stops the timers of a ticket that is done. Knows no
invoice: whoever bills says through the slot `locks` which charges may no longer be changed.
"""
