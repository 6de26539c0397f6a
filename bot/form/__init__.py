"""What people write, understood once for every front end: times, addresses, names and the form."""
