"""Orders as people say them: requests of the API to commands of the exchange, and its reports to what people see."""
