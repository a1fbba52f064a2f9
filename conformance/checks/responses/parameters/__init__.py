"""The parameters of the Responses API: accepted, used, and repeated as the response understood them."""
