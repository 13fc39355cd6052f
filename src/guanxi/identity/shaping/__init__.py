"""The pages on which administrators shape records."""
