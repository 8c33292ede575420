"""Frames of the surfaces, the template engine, components and built assets."""
