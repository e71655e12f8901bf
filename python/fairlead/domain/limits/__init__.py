"""How often something may be done: token buckets, and which of them a request takes from. Pure."""
