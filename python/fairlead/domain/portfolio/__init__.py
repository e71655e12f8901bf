"""What somebody holds and what it earned."""
