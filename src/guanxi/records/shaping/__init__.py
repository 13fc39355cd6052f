"""Record types, fields, layouts and rules that administrators make while the program runs."""
