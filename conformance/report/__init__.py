"""Reports: the matrix, the evidence pages and the Allure results. Pure functions of a run's log and its recordings."""
