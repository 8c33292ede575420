"""What happened, who reacts, and the durable tasks that reactions run as."""
