"""Order the steps of each use case; hold no rule of business and speak no foreign protocol."""
