"""`python -m conformance.zoo`: see `conformance.zoo.command`."""

import sys

from conformance.zoo.command import main

sys.exit(main())
