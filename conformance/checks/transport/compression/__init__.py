"""Content codings: responses to requests that accept gzip, and a request whose body is compressed."""
