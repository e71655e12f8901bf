"""What a backup of a venue is: its parts, their digests, and what they must come to. Pure."""
