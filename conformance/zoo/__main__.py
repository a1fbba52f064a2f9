"""`python -m conformance.zoo`: see `conformance.zoo.zoo`."""

import sys

from conformance.zoo.zoo import main

sys.exit(main())
