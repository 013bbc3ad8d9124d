"""Windows servers and the Configuration Manager sites that run on them."""
