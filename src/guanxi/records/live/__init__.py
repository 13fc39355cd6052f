"""What changed among the records that somebody is looking at."""
