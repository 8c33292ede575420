"""Settings pages, the demo world, and what is wrong with this installation."""
