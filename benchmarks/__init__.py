"""What Guanxi costs and how fast it is, on this machine, beside a floor and a peer."""
