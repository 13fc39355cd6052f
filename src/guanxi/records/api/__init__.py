"""The JSON API of every record type, generated from its declaration; its description is OpenAPI 3.1."""
