"""`python -m conformance.explain`: see `conformance.explain.command`."""

import sys

from conformance.explain.command import main

sys.exit(main())
