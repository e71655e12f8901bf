"""Money that comes in and goes out: what a request must say, and which states it can have."""
