"""Plain text to blocks, by its layout: indentation, symbols, fences, bars and tabs, bullets and numbers, speakers, wrapping."""

from pipeline.text.plain.layout import lay_out, read

__all__ = ["lay_out", "read"]
