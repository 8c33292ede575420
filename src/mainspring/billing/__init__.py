"""What is owed, invoiced, paid and refunded, and why it adds up."""
