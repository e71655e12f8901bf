"""Real servers for the tests: started where their programs are, on free ports of this machine, ended with the tests."""
