"""Dialogues played, pictured and changed."""
