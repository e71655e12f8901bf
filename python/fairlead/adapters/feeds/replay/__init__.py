"""Read recordings of real markets, one file per format, into the replay's neutral vocabulary."""
