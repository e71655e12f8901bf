"""What services need from the outside, in the words of the inside; adapters give it."""
