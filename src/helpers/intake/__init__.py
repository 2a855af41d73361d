"""Bringing evidence in: extraction sheet, figures that were read off, import, removal."""
