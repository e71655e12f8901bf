"""What a live connection has to be told, and how much of it may wait."""
