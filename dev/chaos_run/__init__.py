"""The real stack under a storm by chance, and what must be true when it is over."""
