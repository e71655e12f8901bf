"""The HTTP interface: routes parse, call a service and render. It is given its services and knows no adapter."""
