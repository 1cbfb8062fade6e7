"""Articles in, sentences with their words out: splitting, the network, decoding. The only room that runs the network."""
