"""The language of SMTP, as facts: addresses, grammar, codes, replies, transcripts, states."""
