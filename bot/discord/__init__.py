"""Discord: what people type, press and fill in there becomes commands; answers become embeds."""
