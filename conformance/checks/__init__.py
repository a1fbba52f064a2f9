"""The suite: what is sent (`<family>/exchanges.py`) and what must hold (`<family>/test_<topic>.py`)."""
