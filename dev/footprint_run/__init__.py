"""What an order costs the machine, and what many orders a month need."""
