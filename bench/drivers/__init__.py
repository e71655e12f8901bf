"""Engines driven from Python by ``python_bench.py``."""
