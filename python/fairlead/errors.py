"""The exceptions of the package; a business "no" is an event and none of these."""


class FairleadError(Exception):
    """The root of every exception the package raises on purpose."""
