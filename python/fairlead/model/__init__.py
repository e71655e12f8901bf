"""The frozen vocabulary: words and numbers, no behaviour beyond validation."""
