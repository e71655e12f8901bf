"""What others hear of the exchange, and how each of them hears it once. Pure."""
