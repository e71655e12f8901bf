"""Rules of identity: who somebody is, what they may do, and for how long a proof of it counts."""
