"""The Allure report."""
