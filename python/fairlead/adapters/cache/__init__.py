"""Caches: in the process, and Redis in ``fairlead.adapters.cache.redis_cache``, which needs its own library."""

from fairlead.adapters.cache.memory import MemoryCache

__all__ = ["MemoryCache"]
