"""Articles in, sentences with their words out: splitting, the network, decoding. Only this room runs the network."""
