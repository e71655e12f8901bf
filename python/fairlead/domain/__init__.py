"""Business questions answered from values: every function here returns a value and does nothing else."""
