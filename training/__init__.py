"""How the networks were learned: readers of the public sets, the torch network, fitting, and export to ONNX."""
