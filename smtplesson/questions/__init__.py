"""What is asked: questions, the bank that holds them, families that make them, exports."""
