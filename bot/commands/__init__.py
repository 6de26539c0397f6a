"""The commands: what people type, understood once and carried out once for every front end."""
