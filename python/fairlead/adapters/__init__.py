"""Speak to the outside world: one package per foreign protocol."""
