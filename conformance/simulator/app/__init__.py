"""The application: routes, pages and the server."""
