"""A reply, a bounce or an address taken apart."""
