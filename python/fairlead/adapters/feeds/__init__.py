"""Read market data, one package per source; they do not know each other."""
