"""The time machine: taking any change back, and showing records and lists as they stood at an earlier time."""
