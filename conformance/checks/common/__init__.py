"""What the checks of several families read and send."""
