"""What is done on a ticket: services, time, timers, parts used."""
