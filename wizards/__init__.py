from . import account_payment_register
from . import issue_ignore
from . import order_import
from . import product_publish
from . import product_exclude
from . import settlement_import
from . import setup_trial
