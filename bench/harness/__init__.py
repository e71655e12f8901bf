"""Runs engines side by side on the same workloads and reports ratios."""
