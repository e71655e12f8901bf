"""What a trade cost: benchmarks of prices, and how an order did against them."""
