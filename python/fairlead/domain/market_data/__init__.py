"""What is told of a market: candles, statistics of a day, measures of a book. Pure."""
