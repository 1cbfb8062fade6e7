"""Dragoman reads news and keeps the diplomatic record."""
